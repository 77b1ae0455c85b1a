"""A small site in two editions, with everything that a build treats in a way of its own."""

import json

PNG = bytes(range(256)) * 3
RULES = "".join(f".rule-{n} {{ margin: {n}px; color: #aabbcc }}\n" for n in range(12))


def edition(name, circular=True):
    """Files of the edition `old` or `new`. If `circular`, two style sheets import each other: Django cannot do that."""
    is_new = name == "new"
    back = '@import "a.css";\n' if circular else ""
    files = {
        "css/a.css": f'@import "b.css";\n.a {{ background: url(../img/dot.png) }}\n{RULES}',
        "css/b.css": f'{back}.b {{ content: "{name}" }}\n{RULES}',
        "css/app.css": f'@import url("a.css");\n.logo {{ background: url("../img/logo.svg") }}\n{RULES}',
        "js/app.js": f"{'let step = 1;' * 30}\nconsole.log('app');\n//# sourceMappingURL=app.js.map\n",
        "js/app.js.map": json.dumps({"version": 3, "sources": ["app.ts"], "names": [], "mappings": "AAAA" * 60}),
        "img/logo.svg": f"<svg xmlns='http://www.w3.org/2000/svg'>{f'<path d={name!r}/>' * 30}</svg>\n",
        "same.txt": "the same in both editions\n" * 20,
    }
    files = {path: text.encode() for path, text in files.items()}
    files["img/dot.png"] = PNG
    if is_new:
        files["css/new.css"] = b".new { color: red }\n" * 20
    else:
        files["gone.txt"] = b"not in the new edition\n" * 20
    return files


def changed(circular=True):
    """What changes in a site that was built in place: an image, one member of the circle, a file more."""
    new = edition("new", circular)
    return {name: new[name] for name in ("img/logo.svg", "css/b.css", "css/new.css")}


FOREIGN = {"foreign.txt": b"somebody else's\n", "sub/foreign.bin": PNG}


def many(count, edition):
    """As many style sheets and as many images; all of them are different in each edition."""
    files = {}
    for n in range(count):
        directory = f"d{n % 20}"
        rules = "".join(f".r{n}-{rule} {{ margin: {rule}px }}\n" for rule in range(5 + n % 60))
        files[f"{directory}/{n}.css"] = f".n{n} {{ background: url({n}.svg) }} /* {edition} */\n{rules}".encode()
        files[f"{directory}/{n}.svg"] = f"<svg>{f'<path d={edition!r}/>' * (10 + n % 50)}{n}</svg>\n".encode()
    return files
