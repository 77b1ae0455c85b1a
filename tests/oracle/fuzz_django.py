"""Differential fuzzing of --django-exact: random nasty style sheets and scripts, collected by real Django and by us.

    target/oracle/venv-6.1/bin/python tests/oracle/fuzz_django.py --version 6.1 --seed 1 --cases 1000 [--js-modules]

Left out on purpose, since Django's own outcome depends on the order of the directory (or on the passes it allows
itself): references from one adjustable file to another on the same level that are rewritten twice, and chains that need
more passes than Django has (it is given 30 here). Where both refuse, the texts are compared only if one file is at
fault.
"""

import argparse
import random
import shutil
import sys
import tempfile
from pathlib import Path

from harness import Django, build, differences, exact_arguments, refused

FILES = ["css/a.png", "img/c.png", "css/x y.png", "css/é.png", "css/deep/d.png", "css/a#b.png", "css/q?r.png",
         "css/p%20q.png", "css/b;c.png", "css/plus+.png", "css/noext", "top.png", "css/.hid.png", "css/a.b.c.eot"]
SPACES = ["", " ", "\t", "\n", "  ", "\r\n", "\x0c", "\x0b", "\u00a0", "\u0085", "\x1c", "\u3000"]


class Generator:
    def __init__(self, seed, js_modules):
        self.random = random.Random(seed)
        self.js_modules = js_modules

    def pick(self, *choices):
        return self.random.choice(choices)

    def space(self):
        return self.random.choice(SPACES) if self.random.random() < 0.3 else self.pick("", "", " ")

    def cased(self, word):
        if self.random.random() < 0.8:
            return word
        odd = {"i": "iIİı", "s": "sSſ", "k": "kK"}
        return "".join(self.random.choice(odd.get(c, c + c.upper())) for c in word)

    def url(self):
        base = self.pick(
            "a.png", "./a.png", "../img/c.png", "x y.png", "x%20y.png", "é.png", "%C3%A9.png", "deep/d.png", "deep", "deep/",
            "a%23b.png", "a#b.png", "q%3Fr.png", "p%2520q.png", "p%20q.png", "b;c.png", "plus+.png", "noext", "../top.png",
            "/static/img/c.png", "/static/css/a.png", "/static/", "/static", "/other/a.png", "//host/a.png", "", ".", "..",
            "./", "../", "a.b.c.eot", ".//a.png", "x/../a.png", "..\\img\\c.png", "b.css", "b.css?v=1", "b.css ", "../css/b.css",
            "data:image/png;base64,AA==", "DATA:x", "http://h/x.png", "HTTP://h/x", "about:blank", "moz-extension://x/y",
            "A:b", "a.png:x", "%2e/a.png", "%2E%2E/img/c.png", "a.png%", "a.png%zz", "%FF", "?", "#", "?#", "?x", "#a.png",
            "nope.png", "\\61.png", "a\\.png", "a.png\\9", ";", "a.png;x", "a.png;x?y", "&amp;", "'", "%22", "%27", "a'b.png",
            "///x", "/static//css/a.png", "static/a.png", "/static/../x", "/static/css/../css/a.png", "a.png/", "[x]", "A://[x",
            "//[x", "a\tb.png", "a.pn\rg",
        ) if self.random.random() < 0.75 else self.pick(*FILES).removeprefix("css/")
        if self.random.random() < 0.25:
            base += self.pick("?v=1", "?#iefix", "#frag", "?a=b#c", "?a#", "#", "?", "?%22%20%26", "#a/b", "?#", "?x=/y/z")
        return base

    def css_piece(self):
        url, s, quote = self.url(), self.space, self.pick("", '"', "'")
        return self.pick(
            lambda: f"{self.cased('url')}({quote}{s()}{url}{s()}{quote})",
            lambda: f"{self.cased('url')}({s()}{quote}{url}{quote}{s()})",
            lambda: f"{self.cased('url')}({quote}{url}{self.pick('', quote, '\"')})",
            lambda: f"{self.cased('@import')}{s()}{self.pick('\"', chr(39))}{s()}{url}{self.pick('\"', chr(39))}{s()};",
            lambda: f"@import {self.cased('url')}({quote}{url}{quote}){self.pick('', ' screen', 'layer(x)')};",
            lambda: f"\n/*#{self.pick(' ', chr(9), '  ', '')}{self.pick('sourceMappingURL', 'sourcemappingurl')}={s()}{url}{s()}*/{self.pick('', chr(10), chr(13) + chr(10), ' ')}",
            lambda: f"/* {self.css_fragment()} */",
            lambda: f"content:{self.pick('\"', chr(39))}{self.css_fragment()}{self.pick('\"', chr(39))};",
            lambda: self.pick("/*", "*/", '"', "'", "\\", "\n", "{", "}", "a{b:c}", "\\\"", "\\'", "é", ";", "url(", ")", "\\\n"),
        )()

    def css_fragment(self):
        return self.pick(f"url({self.url()})", f"@import '{self.url()}'", "don't", 'say "x"', "*", "/")

    def css(self):
        return "".join(self.css_piece() + self.pick("", " ", "\n") for _ in range(self.random.randint(0, 5)))

    def specifier(self):
        return self.pick("./c.js", "../top.js", "./deep/e.js", "/static/js/c.js", "./nope.js", "react", "./c.js?v=1", "./c", "../js/c.js",
                         "./m.js#x", ".", "./", "./deep/../c.js", "/other.js", "..", "./c%2ejs")

    def js_piece(self):
        q, s = self.pick('"', "'"), self.space
        word = self.cased
        specifier = self.specifier()
        names = self.pick("{a}", " {a, b} ", " x ", " * as z ", "*as z", "* as\u0561x ", " {\na\n} ", " a, {b} ", "{a as from}", " from ", "{ hotExport }",
                          " /* c */ x ", " * as zfrom", "* as a\u0301 ")
        pieces = [
            lambda: f"\n//# {self.pick('sourceMappingURL', 'sourceMappingURL', 'sourcemappingurl')}={self.pick('m.map', 'm.map', 'nope.map', 'm.map ', 'http://x/y', '')}{self.pick('', chr(10), chr(13) + chr(10))}",
            lambda: self.pick("`", '"', "'", "/*", "*/", "//", "\n", ";", "\\", "x=/`/;", "${", "}", "{", "f()", "é"),
        ]
        if self.js_modules:
            pieces += [
                lambda: f"{word('import')}{names}{s()}{word('from')}{s()}{q}{specifier}{self.pick(q, '\"')}{self.pick(';', '', ' ;', chr(10))}",
                lambda: f"{word('export')}{names}{s()}{word('from')}{s()}{q}{specifier}{q}{self.pick(';', '', ' ;', chr(10))}",
                lambda: f"{word('import')}{s()}{q}{specifier}{q}{self.pick(';', '', ' ;', chr(10))}",
                lambda: f"{word('import')}({q}{specifier}{q})",
                lambda: f"// {word('import')}{names} things{self.pick(';', '')}\n",
                lambda: f"export const x = 1{self.pick(';', chr(10))}",
            ] * 2
        return self.random.choice(pieces)()

    def js(self):
        return "".join(self.js_piece() + self.pick("", " ", "\n") for _ in range(self.random.randint(0, 6)))

    def tree(self):
        files = {name: name for name in FILES if self.random.random() < 0.9}
        files["css/b.css"] = self.pick(".b{}", ".b{c:url(a.png)}", ".b{c:url(a.png)}")
        files["js/m.map"] = "{}"
        if self.random.random() < 0.8 and not self.js_modules:
            files["css/m.css"] = self.css()
        else:
            files["js/deep/e.js"] = self.pick("e", "e\n//# sourceMappingURL=../m.map")
            files["js/c.js"] = self.pick("c", "import './deep/e.js';")
            files["top.js"] = self.pick("top", "import './js/c.js';")
            files["js/m.js"] = self.js()
        return files


def write(files, root):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def outcome(django, version, files, scratch, js_modules):
    for name in ("source", "django", "ours"):
        shutil.rmtree(scratch / name, ignore_errors=True)
    source, theirs, ours = (scratch / name for name in ("source", "django", "ours"))
    write(files, source)
    answer = django.collect(source, theirs, js_modules=js_modules, max_passes=30)
    result = build(source, "-o", ours, *exact_arguments(version, js_modules))
    if not answer["ok"]:
        return refused(answer, result, ours)
    if result.returncode != 0:
        return [f"Django accepts it, we say: {result.stderr}"]
    return differences(theirs, ours, version)


def shrink(files, fails):
    """Deletes files and parts of them as long as the case still fails."""
    changed = True
    while changed:
        changed = False
        for name in list(files):
            smaller = {key: text for key, text in files.items() if key != name}
            if smaller and fails(smaller):
                files, changed = smaller, True
                continue
            text, size = files[name], max(len(files[name]) // 2, 1)
            while size and text:
                at = 0
                while at < len(text):
                    shorter = text[:at] + text[at + size :]
                    if fails({**files, name: shorter}):
                        text, changed = shorter, True
                    else:
                        at += size
                size //= 2
            files = {**files, name: text}
    return files


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--version", default="6.1")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--js-modules", action="store_true")
    arguments = parser.parse_args()
    django = Django(arguments.version)
    failed = refusals = 0
    shm = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shm if shm.is_dir() else None) as scratch:
        scratch = Path(scratch)
        for case in range(arguments.cases):
            files = Generator(f"{arguments.seed}-{case}", arguments.js_modules).tree()

            def run(files):
                return outcome(django, arguments.version, files, scratch, arguments.js_modules)

            found = run(files)
            if found:
                failed += 1
                small = shrink(files, run)
                print(f"case {case}: {small!r}\n  " + "\n  ".join(map(str, run(small)[:4])), flush=True)
                if failed >= 10:
                    break
    print(f"{case + 1} cases, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
