"""The programs that are compared, as commands."""

import dataclasses
import subprocess
import typing
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent.parent / "python"

MANIFEST = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
MODULES = "modules.ModulesStorage"
WHITENOISE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
OURS = "hashstatic.storage.ManifestStaticFilesStorage"
ENHANCED = "django_manifeststaticfiles_enhanced.storage.EnhancedManifestStaticFilesStorage"

HASH_ONLY = ["--no-minify", "--no-gzip", "--no-brotli"]
EXACT = ["--django-exact", "--no-gzip", "--no-brotli"]


@dataclasses.dataclass
class Contender:
    """One program with its options, over one corpus."""

    label: str
    command: typing.Callable  # (source, out) -> arguments
    source: str
    environment: typing.Callable = lambda source, out: {}
    # Minutes: runs --slow-repeat times instead of --repeat, and its first run is not only a warm-up.
    slow: bool = False
    # Its output is looked at by agree.py: "complete", "complete --keep-only-hashed", or "equal LABEL".
    check: str = ""
    # Writes into the root that its first run has made, instead of a fresh one.
    again: bool = False
    # Prints hashstatic's JSON.
    reports: bool = False


class Tools:
    """Makes contenders out of what is installed."""

    def __init__(self, binary, python, cache):
        self.binary, self.python, self.cache = Path(binary), Path(python), Path(cache)
        listed = subprocess.run([binary, "build", "--help"], capture_output=True, text=True, check=True).stdout
        # Where the package looks for it.
        installed = self.python.with_name("hashstatic")
        installed.unlink(missing_ok=True)
        installed.symlink_to(self.binary.absolute())
        self.has_cache = "--no-cache" in listed and "--cache-dir" in listed

    def cp(self, source, label="cp -r"):
        return Contender(label, lambda source, out: ["cp", "-r", str(source), str(out)], source)

    def django(self, label, source, storage=MANIFEST, keep_only_hashed=False, app=None, **more):
        manage = [str(self.python), str(HERE / "project" / "manage.py"), "collectstatic", "--noinput", "-v", "0"]

        def environment(source, out):
            variables = {"BENCH_STORAGE": storage, "BENCH_SOURCE": str(source), "BENCH_OUT": str(out)}
            variables |= {"PYTHONPATH": str(PACKAGE), "HASHSTATIC_CACHE_DIR": str(self.cache)}
            variables |= {"BENCH_APP": app} if app else {}
            return variables | ({"BENCH_KEEP_ONLY_HASHED": "1"} if keep_only_hashed else {})

        return Contender(label, lambda source, out: manage, source, environment, **more)

    def hashstatic(self, label, source, options=(), cached=False, **more):
        if self.has_cache:
            options = [*options, *(["--cache-dir", str(self.cache)] if cached else ["--no-cache"])]

        def command(source, out):
            start = [str(self.binary), "build", str(source), "--out", str(out), "--output-format", "json"]
            return [*start, *options]

        return Contender(label, command, source, reports=True, **more)
