"""Random small source roots, made to be hard on Django's regular expressions.

A case is {logical path: [token, …]}: tokens rather than text, so that a failing case can be made smaller by leaving
tokens out. What is random is all from one `random.Random`, so a seed names a case.
"""

import posixpath
from urllib.parse import quote

# U+0130 U+0131 U+017F U+212A: what re.IGNORECASE folds to ASCII letters (İ ı ſ K). The others are white space to
# Python's \s and str.strip() but not to CSS: no-break space, next line, file separator, em space.
FOLDING = ["\u0130", "\u0131", "\u017f", "\u212a"]
SPACES = [" ", "  ", "\t", "\n", "\r\n", "\f", "\u00a0", "\u0085", "\u001c", "\u2003"]
PLAIN_SPACES = ["", "", "", "", " "]

DIRECTORIES = ["", "", "css/", "css/", "img/", "js/", "css/deep/er/", "a b/", "\u00fc/"]
NAMES = [
    "a", "b", "c", "m", "x y", "x#y", "x?y", "x;y", "x%y", "x+y", "x%20y", "x&y", "x(1)", "x'y", 'x"y', "x.min",
    "\u00e9", "\u017f", "x\u00a0y", "x,y", "x=y", "x@y", "x[1]", "x$y", "noext.", "url(", "-x", "~x", "x{y}", "x\u2028y",
]
ASSETS = [".png", ".svg", ".eot", ".woff2", ".map", ".css.map", ".js.map", "", ".PNG", ".json"]
FRAGMENTS = ["", "", "", "", "#f", "?#iefix", "?v=1", "?v=1#f", "#", "?", "?#", "#/a/b", "?a=/b/", "?a=%22%20%26", "#a?b",
             "?a#b?#c"]
ELSEWHERE = [
    "data:image/png;base64,AAAA", "data:image/svg+xml,<svg fill=url(nope.png)></svg>", "data:,url(nope.png)",
    "http://h.test/x.png", "https://h.test/x.png?y#z", "//h.test/x.png", "about:blank", "#frag", "", "/other/x.png", "/",
    "/staticfoo.png", "mailto:x", "javascript:void(0)", "blob:x/y", "#", "x:", "f\u0131le:x", "?q", "?#",
]
RAISING = [
    "DATA:,x", "HTTP://h.test/x.png", "moz-extension://x/y.png", "nope.png", "../../../up.png", "ht-tp:x", "x\\ y.png",
    "a%00.png", "%2F%2F[x", "\\61.png", "/static/nope.png", "h2:x", " ", "%", "[", "..%2F..%2Fup.png", "\u212a:x", "%2F",
]
CSS_NOISE = [
    ".a{color:red}\n", "\n", "\r\n", "/* c */", "/*\n*/", "/**/", "'str'", '"str"', "'un", '"un', "\\'", '\\"', "\\", "/*", "*/",
    "@charset \"utf-8\";\n", "@media print{", "}", "{", ";", "//", "/* don't */", '/* 5" */', "'/*'", '"*/"', "url(", ")",
    "url()", "url('')", "@import", "@import ''", "content:'\\\n'", "\\27 ", "\u00a0", "%s", "%(url)s", "%", "\\1", "\\g<1>",
    "'a\\\\'", "src: url", "\U0001f600", "\u2028", "<!--", "-->", "/*! x */", "sourceMappingURL=", "\x00", "\x0b", "\ufeff",
]
JS_NOISE = [
    "f()\n", ";", "\n", "\r\n", "/* c */", "// c\n", "//", "/*", "*/", "'s'", '"s"', "`t`", "`t${1}`", "`a${`b`}c`", "'", '"', "`",
    "\\", "\\'", "x=/'/;\n", "x=/`/;\n", 'x=/"/\n', "x=/[/*]/\n", "'src/**/*.js'", "import", "export", "from", "import.meta.url",
    "// you can import things;\n", "/* these export names */\n", "const important={from:1}\n", "export const a=1\n",
    "export default ", "import x from 'react'\n", "import 'lodash';\n", "import('vue')\n", "{", "}", "\u00a0", "\u2028", "\x00", "%",
    "%(import)s", "\\1", "export function f(){}\n", "'http://x'", "\U0001f600", "<!-- x\n", "\x0b",
]


class Grammar:
    def __init__(self, rng, js_modules=False):
        self.rng = rng
        self.js_modules = js_modules
        # One raising reference ends the whole run: most cases have none at all, so that replacement is what is tested.
        self.raising = rng.choice([0, 0, 0, 0, 0.02, 0.2])
        # Cycles are a failure too.
        self.cyclic = rng.random() < 0.12
        self.strange = rng.choice([0, 0.1, 0.5])

    def pick(self, choices):
        return self.rng.choice(choices)

    def chance(self, probability):
        return self.rng.random() < probability

    def case(self):
        styles = [self.path([".css"]) for _ in range(self.rng.randint(1, 4))]
        scripts = [self.path([".js"]) for _ in range(self.rng.randint(0, 4 if self.js_modules else 2))]
        assets = [self.path(ASSETS) for _ in range(self.rng.randint(1, 5))]
        files = {path: [f"bytes of {number}"] for number, path in enumerate(assets)}
        # References mostly go to what is earlier in this list: cycles must be rare.
        for known, path in enumerate(styles + scripts, len(assets)):
            self.targets = (assets + styles + scripts)[: None if self.cyclic else known]
            files[path] = self.css(path) if path in styles else self.js(path)
        if self.chance(0.03):
            files[self.pick(styles)].append(b"\xe9")
        return without_clashes(files)

    def path(self, extensions):
        name = self.pick(NAMES if self.chance(self.strange) else NAMES[:4])
        return self.pick(DIRECTORIES) + name + self.pick(extensions)

    # References

    def reference(self, source):
        if self.chance(self.raising):
            return self.pick(RAISING)
        if self.chance(0.15):
            return self.pick(ELSEWHERE)
        target = self.pick(self.targets)
        url = posixpath.relpath(target, posixpath.dirname(source) or ".")
        if self.chance(0.1):
            url = "/static/" + target
        url = self.encode(url)
        if self.chance(self.strange):
            url = self.detour(url)
        fragment = self.pick(FRAGMENTS)
        # `?v=1` on a text asset is a dead link in Django; it is compared like anything else.
        return url + fragment

    def encode(self, url):
        way = self.rng.random()
        if way < 0.8:
            return quote(url, safe="/+;,=@&$~-._:()'[]" if way < 0.5 else "/")
        if way < 0.9:
            return url  # a name with ?, # or % means something else then
        return "".join(self.encoded(letter) for letter in url)

    def encoded(self, letter):
        """Needlessly encoded now and then, hex digits in either case."""
        if letter == "/":
            return letter
        if letter.isascii() and letter.isalnum():
            return f"%{ord(letter):02x}" if self.chance(0.2) else letter
        return quote(letter, safe="") if self.chance(0.8) else letter

    def detour(self, url):
        """Another spelling: of the same file, mostly."""
        directory = posixpath.dirname(url)
        ways = [
            "./" + url, "././" + url, "%2e/" + url, "css/../" + url, "x/y/../../" + url, url.replace("/", "//", 1),
            url.replace("/", "/./", 1), url.replace("/", "%2F", 1), url + "/.", url + " ", url + "%20", " " + url, url + "\n",
            url + "\u00a0", directory or ".", directory + "/", "..", ".", "./", "%2E%2E/", url + "/",
        ]
        if self.chance(5 * self.raising):
            ways = [url.upper(), url.replace("/", "\\", 1), url.replace(".", "\\.", 1), url + ";p=1", "x/../../" + url]
        return self.pick(ways)

    def space(self):
        return self.pick(SPACES) if self.chance(0.5 * self.strange) else self.pick(PLAIN_SPACES)

    def word(self, word):
        """A keyword in any case, now and then with a letter that folds to one of its own."""
        if self.chance(0.7):
            return word
        word = "".join(self.pick([c, c.upper()]) for c in word)
        if self.chance(self.strange):
            for plain, folding in zip(("i", "i", "s", "k"), FOLDING):
                if plain in word and self.chance(0.3):
                    word = word.replace(plain, folding, 1)
        return word

    # CSS

    def css(self, path):
        tokens = []
        for _ in range(self.rng.randint(1, 6)):
            tokens += self.pick([self.css_url, self.css_url, self.css_import, self.css_map, self.css_noise])(path)
        return tokens

    def css_noise(self, path):
        return [self.pick(CSS_NOISE)]

    def css_url(self, path):
        quote_, end = self.quotes()
        after = self.space() if quote_ or self.chance(0.3) else ""
        call = [self.word("url"), "(", quote_, self.space(), self.reference(path), after, end, ")"]
        if self.chance(self.raising):
            call.insert(self.rng.randint(1, 2), self.space())
            call.insert(len(call) - 1, self.space())
        return self.wrapped([self.pick([".a{b:", "src:", "--x:", "", "image-set(", "@namespace "]), *call, self.pick(["}", ";", "\n", "", ","])])

    def css_import(self, path):
        if self.chance(0.4):
            quote_, end = self.quotes()
            what = [self.word("url"), "(", quote_, self.reference(path), end, ")"]
        else:
            quote_ = self.pick(['"', "'"])
            what = [quote_, self.space(), self.reference(path), self.space(), quote_]
        rest = self.pick([";\n", ";", " screen;", "layer(x);", " layer(url(nope)) ;" if self.chance(self.raising) else "", "\n"])
        return self.wrapped([self.word("@import"), self.pick(["", " ", "/**/", self.space()]), *what, rest])

    def css_map(self, path):
        return [
            self.pick(["\n", "\n", "\r\n", "", " ", "\u2028"]),
            self.pick(["/*# ", "/*# ", "/*#\t", "/*@ ", "/*#", "/*#  "]),
            self.pick(["sourceMappingURL", "sourceMappingURL", "sourceMappingurl"]),
            "=", self.space(), self.reference(path), self.space(), self.pick([" */", "*/", "  */", "\t*/", " * /"]),
            self.pick(["\n", "", "\r\n", " ", "x"]),
        ]

    def quotes(self):
        quote_ = self.pick(["", "", '"', '"', "'"])
        end = quote_ if self.chance(1 - 0.2 * self.raising) else self.pick(["", '"', "'"])
        return quote_, end

    def wrapped(self, tokens):
        """Now and then inside a comment, a string, or something that only looks like one."""
        if self.chance(0.8):
            return tokens
        around = [("/* ", " */"), ("'", "'"), ('"', '"'), ("\\", ""), ("/*", ""), ("'\\'", "'"), ("/* ' */", ""), ("data:", ""),
                  ("`", "`"), ("//", "\n"), ("url(data:,", ")"), ("url('data:", "')"), ('url("data:,', '")')]
        before, after = self.pick(around + [("url(", ")"), ('url("', '")')] if self.chance(self.raising) else around)
        return [before, *tokens, after]

    # JavaScript

    def js(self, path):
        tokens = []
        parts = [self.js_map, self.js_noise] + ([self.js_import, self.js_export, self.js_dynamic] * 2 if self.js_modules else [])
        for _ in range(self.rng.randint(1, 6)):
            tokens += self.pick(parts)(path)
        return tokens

    def js_noise(self, path):
        return [self.pick(JS_NOISE)]

    def js_map(self, path):
        return [
            self.pick(["\n", "\n", "\r\n", "", " ", "f();", "\u2028"]),
            self.pick(["//# ", "//# ", "//@ ", "//#", "//#\t", "/*# "]),
            self.pick(["sourceMappingURL", "sourceMappingURL", "SourceMappingURL"]),
            "=", self.space(), self.reference(path), self.pick(["", " ", "\t", " */"]), self.pick(["\n", "\r\n", "", "\n\n"]),
        ]

    def specifier(self, path):
        quote_ = self.pick(['"', '"', "'", "'", "`"])
        end = quote_ if self.chance(0.97) else self.pick(['"', "'"])
        url = self.reference(path)
        if not url.startswith((".", "/")) and self.chance(0.9):
            url = "./" + url
        return [quote_, url, end]

    def names(self):
        return self.pick([
            "{a}", "{ a }", "{a as b, c}", "* as z", "*", "x", "x, {a}", "{\n a,\n b,\n}", "{ hotExport }", "{ a /* ; */ }", "{a;b}",
            "{ default as from }", "type {T}", "{}", "*as z", "{ 'import' as q }",
        ])

    def js_import(self, path):
        names = [] if self.chance(0.3) else [self.pick(["", " ", self.space()]), self.names(), self.pick(["", " ", self.space()]), self.word("from")]
        return self.js_wrapped([
            self.word("import"), *names, self.pick(["", " ", self.space(), "/* x */"]), *self.specifier(path),
            self.pick([";\n", ";", "\n", " ;\n", "", ' with {type: "css"};\n']),
        ])

    def js_export(self, path):
        return self.js_wrapped([
            self.word("export"), self.pick(["", " ", self.space()]), self.names(), self.pick(["", " ", self.space()]), self.word("from"),
            self.pick(["", " ", self.space()]), *self.specifier(path), self.pick([";\n", ";", "\n", " ;\n", ""]),
        ])

    def js_dynamic(self, path):
        return self.js_wrapped([
            self.pick(["x=", "", "await ", "* @type {"]), self.word("import"), self.pick(["", "", "", " "]), "(", self.pick(["", "", "", " "]),
            *self.specifier(path), self.pick(["", "", "", " "]), ")", self.pick([";\n", "\n", "", "}"]),
        ])

    def js_wrapped(self, tokens):
        if self.chance(0.8):
            return tokens
        before, after = self.pick([("/* ", " */"), ("// ", "\n"), ("'", "'"), ("`", "`"), ("`${", "}`"), ("\\", ""), ("/*", ""),
                                   ("/'/;", ""), ("import {x} ", ""), ("export ", ""), ("re", "")])
        return [before, *tokens, after]


def without_clashes(files):
    """Drops what a file system could not hold: a file where another path has a directory."""
    directories = {path[:i] for path in files for i, c in enumerate(path) if c == "/"}
    return {path: tokens for path, tokens in files.items() if path not in directories and not path.endswith("/")}


def content(tokens):
    return b"".join(t if isinstance(t, bytes) else t.encode(errors="surrogateescape") for t in tokens)
