"""What is compared with what, and what it should come to."""

import dataclasses

from contenders import ENHANCED, EXACT, HASH_ONLY, MODULES, OURS, WHITENOISE


@dataclasses.dataclass
class Goal:
    """`measure` of one contender, divided by that of another if there is one. Goals are shown, never asserted."""

    measure: str
    of: str
    per: str = ""
    scale: float = 1
    at_most: float | None = None
    at_least: float | None = None
    on: str = ""  # "tmpfs" or "disk": only there


@dataclasses.dataclass
class Scenario:
    name: str
    title: str
    contenders: list
    goals: list
    plot: bool = True


def scenarios(tools, scales):
    made = [
        hash_only(tools),
        storage(tools),
        whitenoise(tools),
        keep_only_hashed(tools),
        rerun(tools),
        durable(tools),
        modules(tools, "three"),
        modules(tools, "echarts"),
        growth(tools, scales),
        video(tools),
    ]
    return {scenario.name: scenario for scenario in made}


def hash_only(tools):
    default, exact = "hashstatic", "hashstatic --django-exact"
    return Scenario(
        "hash-only",
        "Hashing and rewriting, no minifying, no variants",
        [
            tools.cp("project"),
            tools.hashstatic(default, "project", HASH_ONLY, check="complete"),
            tools.hashstatic(exact, "project", EXACT, check="equal Django"),
            tools.django("enhanced", "project", ENHANCED),
            tools.django("Django", "project"),
        ],
        [
            Goal("wall", default, "cp -r", at_most=1.7, on="tmpfs"),
            Goal("wall", default, "cp -r", at_most=1.0, on="disk"),
            Goal("wall", "Django", exact, at_least=12, on="tmpfs"),
            Goal("wall", "Django", default, at_least=20, on="tmpfs"),
            Goal("wall", "enhanced", exact, at_least=6),
        ],
    )


def storage(tools):
    backend, app = "only the BACKEND changed", "BACKEND and the app"
    return Scenario(
        "storage",
        "manage.py collectstatic with Django's storage and with ours",
        [
            tools.django(app, "project", OURS, app="hashstatic", check="equal Django"),
            tools.django(backend, "project", OURS, check="equal Django"),
            tools.django("Django", "project"),
        ],
        [Goal("wall", "Django", backend, at_least=3), Goal("wall", "Django", app, at_least=3)],
    )


def whitenoise(tools):
    full, quick, warm = "hashstatic", "hashstatic --brotli-quality 10", "hashstatic, warm cache"
    contenders = [
        tools.hashstatic(full, "project", slow=True, check="complete"),
        tools.hashstatic(quick, "project", ["--brotli-quality", "10"], slow=True, check="complete"),
        tools.django("WhiteNoise", "project", WHITENOISE, slow=True),
    ]
    goals = [
        Goal("wall", "WhiteNoise", full, at_least=2.5),
        Goal("br", full, "WhiteNoise", at_most=1),
        Goal("gz", full, "WhiteNoise", at_most=1),
        Goal("busy while compressing", full, at_least=0.95),
        Goal("wall", "WhiteNoise", quick, at_least=5),
        Goal("br", quick, full, at_most=1.025),
    ]
    if tools.has_cache:
        contenders.insert(0, tools.hashstatic(warm, "project", cached=True, check="complete"))
        goals.append(Goal("wall", "WhiteNoise", warm, at_least=200))
    title = "Everything: minified CSS, Brotli 11 and gzip 9, no cache unless it says so"
    return Scenario("whitenoise", title, contenders, goals)


def keep_only_hashed(tools):
    ours, theirs = "hashstatic --keep-only-hashed", "WhiteNoise, KEEP_ONLY_HASHED"
    return Scenario(
        "keep-only-hashed",
        "Everything, without plain-named files: nothing is there twice",
        [
            tools.hashstatic(ours, "project", ["--keep-only-hashed"], slow=True, check="complete --keep-only-hashed"),
            tools.django(theirs, "project", WHITENOISE, keep_only_hashed=True, slow=True),
        ],
        [Goal("wall", theirs, ours, at_least=1.25)],
    )


def rerun(tools):
    again = "hashstatic, unchanged"
    return Scenario(
        "rerun",
        "Everything once more over a finished static root; only the first of these runs reads it",
        [
            tools.cp("project"),
            tools.hashstatic(again, "project", cached=True, again=True, check="complete", slow=not tools.has_cache),
        ],
        [Goal("wall", again, "cp -r", at_most=1, on="disk"), Goal("written", again, at_most=0)],
    )


def durable(tools):
    plain, waits = "hashstatic --no-sync", "hashstatic"
    return Scenario(
        "durable",
        "What it costs that a power cut leaves no manifest of empty files: the barrier before it",
        [
            tools.cp("project"),
            tools.hashstatic(plain, "project", [*HASH_ONLY, "--no-sync"], check="complete"),
            tools.hashstatic(waits, "project", HASH_ONLY, check="complete"),
        ],
        [],
    )


def modules(tools, package):
    ours, theirs = "hashstatic --django-exact --js-modules", "Django with ES modules"
    return Scenario(
        f"modules-{package}",
        f"npm's {package} with its ES modules, Django allowed as many passes as it needs",
        [
            tools.hashstatic(ours, package, [*EXACT, "--js-modules"], check=f"equal {theirs}"),
            tools.django(theirs, package, MODULES, slow=True),
        ],
        [Goal("wall", theirs, ours, at_least=200)],
    )


def growth(tools, scales):
    label = "hashstatic, {} ×".format
    contenders, goals = [], []
    for scale in scales:
        source = f"project@{scale}"
        contenders += [
            tools.cp(source, f"cp -r, {scale} ×"),
            tools.hashstatic(label(scale), source, HASH_ONLY, check="complete"),
        ]
        if scale != scales[0]:
            goals.append(Goal("wall", label(scale), label(scales[0]), scale=scale / scales[0], at_most=1.15))
    goals.append(Goal("peak", label(scales[-1]), at_most=300e6))
    return Scenario("growth", "Hashing the corpus several times over", contenders, goals, plot=False)


def video(tools):
    label = "hashstatic"
    return Scenario(
        "video",
        "Hashing the corpus with one video of 2 GiB",
        [tools.cp("project+video"), tools.hashstatic(label, "project+video", HASH_ONLY, check="complete")],
        [Goal("peak", label, at_most=150e6), Goal("wall", label, "cp -r")],
        plot=False,
    )
