# Run by `hashstatic build --from-django` with the project's Python: prints what the project says about its static files.
# Arguments: manage.py or "", settings module or "", the text of python/hashstatic/_rule.py.
#
# It needs Django only. Where the project uses hashstatic's own storage, that knows its options.

import json
import os
import runpy
import sys
import types

MARK = "\x1ehashstatic:"
# What `check` takes, too.
SOURCES = ("static-url", "django-exact", "js-modules", "on-missing", "missing-source-map", "ignore-errors", "jobs")


class Unusable(Exception):
    """The project has something that the binary cannot do."""


def main(manage, settings, rule):
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
        return answer_of_project(rule)
    answers = []

    def execute_from_command_line(argv=None):
        django.setup()
        answers.append(answer_of_project(rule))

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


def module(text):
    """The module that a text is; once settings are there, as the rule may import what needs them."""
    made = types.ModuleType("hashstatic_rule")
    exec(compile(text, "_rule.py", "exec"), vars(made))
    return made


def answer_of_project(rule):
    from django.apps import apps
    from django.contrib.staticfiles.storage import staticfiles_storage as storage

    rule = module(rule)
    arguments = storage_arguments(storage, rule)
    arguments += ["--no-default-ignore", "--follow-external-links"]
    patterns = apps.get_app_config("staticfiles").ignore_patterns
    arguments += [f"--ignore={pattern}" for pattern in patterns]
    everywhere = (*SOURCES, "no-default-ignore", "follow-external-links", "ignore")
    names = [argument[2:].partition("=")[0] for argument in arguments]
    return {
        **found(patterns, rule),
        "sources": [a for a, name in zip(arguments, names) if name in everywhere],
        "build": [a for a, name in zip(arguments, names) if name not in everywhere],
    }


def storage_arguments(storage, rule):
    from django.conf import settings
    from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

    if not isinstance(storage, ManifestStaticFilesStorage):
        raise Unusable(
            f"the staticfiles storage is {rule.path_of(storage.__class__)}, whose output hashstatic does not know: set its "
            "BACKEND to hashstatic.storage.ManifestStaticFilesStorage or to Django's or WhiteNoise's manifest storage"
        )
    refuse(rule.why_not(storage, rule.EVERYTHING))
    if hasattr(storage, "binary_arguments"):  # hashstatic's own
        return storage.binary_arguments()
    arguments = [
        f"--out={storage.path('')}",
        f"--manifest={storage.manifest_storage.path(storage.manifest_name)}",
        f"--static-url={settings.STATIC_URL}",
        f"--django-exact={rule.exact_version()}",
        "--file-mode=umask"
        if storage.file_permissions_mode is None
        else f"--file-mode={storage.file_permissions_mode:o}",
    ]
    if storage.directory_permissions_mode is not None:
        arguments.append(f"--dir-mode={storage.directory_permissions_mode:o}")
    if rule.js_modules(storage):
        arguments.append("--js-modules")
    if rule.WHITENOISE not in map(rule.path_of, storage.__class__.__mro__):
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


def refuse(why_not):
    if why_not:
        raise Unusable(f"{why_not}, which the binary cannot do without Django: run `manage.py collectstatic` instead")


def found(patterns, rule):
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
            files.setdefault(os.path.join(prefix, path) if prefix else path, (storage, path))
    refuse(rule.why_not_from(files))
    named = [{"name": name, "path": storage.path(path)} for name, (storage, path) in files.items()]
    return {"roots": None, "files": named}


try:
    answer = main(*sys.argv[1:4])
except Unusable as error:
    answer = {"error": str(error)}
# Settings may have printed something, and need not have ended their line.
print("\n" + MARK + json.dumps(answer), flush=True)
