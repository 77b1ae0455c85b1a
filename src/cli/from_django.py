# Run by `hashstatic build --from-django` with the project's Python: prints what the project says about its static
# files. Arguments: manage.py or "", settings module or "".
#
# It needs Django only. Where the project uses hashstatic's own storage, that knows its options.

import json
import os
import runpy
import sys

MARK = "\x1ehashstatic:"
EXACT = {(4, 2): "4.2", (5, 2): "5.2", (6, 0): "6.0", (6, 1): "6.1"}
# What `check` takes, too.
SOURCES = ("static-url", "django-exact", "js-modules", "on-missing", "missing-source-map", "ignore-errors", "jobs")


class Unusable(Exception):
    """The project has something that the binary cannot do."""


def main(manage, settings):
    if settings:
        os.environ["DJANGO_SETTINGS_MODULE"] = settings
    sys.path.insert(0, os.path.dirname(os.path.abspath(manage)) if manage else os.getcwd())
    try:
        import django
        from django.core import management
    except ImportError:
        raise Unusable(f"{sys.executable} has no Django: name the project's Python with --python") from None
    if not manage:
        if not os.environ.get("DJANGO_SETTINGS_MODULE"):
            raise Unusable("there is no manage.py here: name one with --manage, or the settings with --settings")
        django.setup()
        return told(django.VERSION)
    answers = []

    def execute_from_command_line(argv=None):
        django.setup()
        answers.append(told(django.VERSION))

    # manage.py says which settings are used, and may do more to find them.
    management.execute_from_command_line = execute_from_command_line
    sys.argv = [manage, "collectstatic", "--no-input"]
    try:
        runpy.run_path(manage, run_name="__main__")
    except SystemExit:
        pass
    if not answers:
        raise Unusable(f"{manage} runs no command of Django's: name the settings with --settings")
    return answers[0]


def told(version):
    from django.apps import apps
    from django.contrib.staticfiles.storage import staticfiles_storage as storage

    arguments = storage_arguments(storage, version)
    arguments += ["--no-default-ignore", "--follow-external-links"]
    patterns = apps.get_app_config("staticfiles").ignore_patterns
    arguments += [f"--ignore={pattern}" for pattern in patterns]
    everywhere = (*SOURCES, "no-default-ignore", "follow-external-links", "ignore")
    names = [argument[2:].partition("=")[0] for argument in arguments]
    return {
        **found(patterns),
        "sources": [a for a, name in zip(arguments, names) if name in everywhere],
        "build": [a for a, name in zip(arguments, names) if name not in everywhere],
    }


def storage_arguments(storage, version):
    if hasattr(storage, "binary_arguments"):  # hashstatic's own
        why_not = storage.why_not()
        if why_not:
            raise Unusable(f"{why_not}, which only collectstatic can do")
        return storage.binary_arguments()

    from django.conf import settings

    name = f"{storage.__class__.__module__}.{storage.__class__.__qualname__}"
    white_noise = name == "whitenoise.storage.CompressedManifestStaticFilesStorage"
    if not white_noise and name != "django.contrib.staticfiles.storage.ManifestStaticFilesStorage":
        raise Unusable(
            f"the staticfiles storage is {name}, whose output hashstatic does not know: set its BACKEND to "
            "hashstatic.storage.ManifestStaticFilesStorage or to Django's or WhiteNoise's manifest storage"
        )
    if version[:2] not in EXACT:
        raise Unusable(f"hashstatic does not know Django {version[0]}.{version[1]}")
    try:
        manifest = storage.manifest_storage.path(storage.manifest_name)
    except NotImplementedError:
        raise Unusable("the manifest is not stored in a file") from None
    arguments = [
        f"--out={storage.path('')}",
        f"--manifest={manifest}",
        f"--static-url={settings.STATIC_URL}",
        f"--django-exact={EXACT[version[:2]]}",
        "--file-mode=umask"
        if storage.file_permissions_mode is None
        else f"--file-mode={storage.file_permissions_mode:o}",
    ]
    if storage.directory_permissions_mode is not None:
        arguments.append(f"--dir-mode={storage.directory_permissions_mode:o}")
    if not white_noise:
        return [*arguments, "--no-gzip", "--no-brotli"]

    from whitenoise import compress

    extensions = getattr(settings, "WHITENOISE_SKIP_COMPRESS_EXTENSIONS", None)
    if extensions is None:
        extensions = compress.Compressor.SKIP_COMPRESS_EXTENSIONS
    arguments.append(f"--skip-compress={','.join(extensions)}")
    if not compress.brotli_installed:
        arguments.append("--no-brotli")
    if storage.keep_only_hashed_files:
        arguments.append("--keep-only-hashed")
    return arguments


def found(patterns):
    """The finders' directories; if one of them is not Django's own, what they find."""
    from django.contrib.staticfiles import finders

    own = (finders.FileSystemFinder, finders.AppDirectoriesFinder)
    all_finders = list(finders.get_finders())
    if all(type(finder) in own for finder in all_finders):
        roots = []
        for finder in all_finders:
            if isinstance(finder, finders.FileSystemFinder):
                roots += [{"prefix": prefix or "", "dir": str(root)} for prefix, root in finder.locations]
            else:
                roots += [{"prefix": "", "dir": str(finder.storages[app].location)} for app in finder.apps]
        return {"roots": [root for root in roots if os.path.isdir(root["dir"])], "files": None}
    files = {}
    for finder in all_finders:
        for path, storage in finder.list(patterns):
            prefix = getattr(storage, "prefix", None)
            name = os.path.join(prefix, path) if prefix else path
            try:
                files.setdefault(name, storage.path(path))
            except NotImplementedError:
                raise Unusable(f"{name!r} comes from {storage!r}, which is not in the file system") from None
    return {"roots": None, "files": [{"name": name, "path": path} for name, path in files.items()]}


try:
    answer = main(*sys.argv[1:3])
except Unusable as error:
    answer = {"error": str(error)}
# Settings may have printed something, and need not have ended their line.
print("\n" + MARK + json.dumps(answer), flush=True)
