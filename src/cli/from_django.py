# Run by `hashstatic build --from-django` with the project's Python: prints what the project says about its static files.
# Arguments: manage.py or "", settings module or "", the text of python/hashstatic/_rule.py.
#
# It needs Django only. Where the project uses hashstatic's own storage, that knows its options.
#
# The answer is one line of JSON. If the project fails: "error", why, in one line; "traceback", if there is one; and
# "printed", whether what the project has printed says more.

import glob
import json
import os
import runpy
import sys
import sysconfig
import traceback
import types

MARK = "\x1ehashstatic:"
# What `check` takes, too.
SOURCES = ("static-url", "django-exact", "js-modules", "on-missing", "missing-source-map", "ignore-errors", "jobs")


class Unusable(Exception):
    """The project has something that the binary cannot do."""


def main(manage, settings, rule):
    if settings:
        os.environ["DJANGO_SETTINGS_MODULE"] = settings
    if not (manage or os.environ.get("DJANGO_SETTINGS_MODULE")):
        how = f"name one with --manage{elsewhere()}, or the settings with --settings"
        raise Unusable(f"there is no manage.py here: {how}")
    sys.path.insert(0, os.path.dirname(os.path.abspath(manage)) if manage else os.getcwd())
    try:
        from django.core import management
    except ModuleNotFoundError as error:
        if error.name != "django":
            raise
        first = first_line(manage)
        hint = f" ({manage} begins with {first})" if first.startswith("#!") else ""
        raise Unusable(f"{sys.executable} has no Django: name the project's Python with --python{hint}") from None
    if not manage:
        return answered(rule)
    answers = []

    def execute_from_command_line(argv=None):
        answers.append(answered(rule))

    # manage.py says which settings are used, and may do more to find them.
    management.execute_from_command_line = execute_from_command_line
    # A dry run: some manage.py start another Python with these arguments.
    sys.argv = [manage, "collectstatic", "--no-input", "--dry-run"]
    stopped = None
    try:
        runpy.run_path(manage, run_name="__main__")
    except KeyboardInterrupt:
        raise
    except (SyntaxError, ValueError) as error:
        file = getattr(error, "filename", None)
        is_binary = file != manage and "null bytes" in str(error)
        if is_binary or (file == manage and is_of_a_shell(first_line(manage))):
            raise Unusable(f"{manage} is not a Python program: name the project's own with --manage") from None
        stopped = failure(error)
    except BaseException as error:
        if not isinstance(error, SystemExit) or error.code not in (None, 0):
            stopped = failure(error)
    if answers or stopped:
        return answers[0] if answers else stopped
    raise Unusable(f"{manage} runs no command of Django's: name the settings with --settings")


def elsewhere():
    """The only manage.py in a directory below this one, for a message."""
    there = glob.glob(os.path.join("*", "manage.py"))
    return f" {there[0]}" if len(there) == 1 else ""


def first_line(path):
    try:
        with open(path, "rb") as file:
            return file.readline(200).decode(errors="replace").strip()
    except OSError:
        return ""


def is_of_a_shell(first):
    return first.startswith("#!") and "py" not in first and "uv" not in first


def answered(rule):
    """What the project answers. A failure is an answer, too: manage.py might handle the exception."""
    try:
        tolerate_manifests()

        import django

        django.setup()
        return answer_of_project(rule)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return failure(error)


def tolerate_manifests():
    """Makes Django's storages start with a damaged manifest: the binary warns of it, and replaces it."""
    from django.contrib.staticfiles.storage import ManifestFilesMixin
    from django.core.exceptions import ImproperlyConfigured

    original = ManifestFilesMixin.load_manifest

    def load_manifest(self):
        try:
            return original(self)
        except ImproperlyConfigured:
            raise
        except Exception:
            return {}, ""

    ManifestFilesMixin.load_manifest = load_manifest


def failure(error):
    """The answer of a project that fails."""
    printed = False
    if isinstance(error, Unusable):
        return {"error": str(error)}
    if not isinstance(error, SystemExit):
        reason = f"{type(error).__name__}: {in_one_line(error)}".rstrip(": ") + place(error)
    elif isinstance(error.code, int) or error.code is None:
        reason, printed = f"the project exits with status {int(error.code or 0)}" + place(error), True
    else:
        reason = f"the project exits: {in_one_line(error.code)}" + place(error)
    return {"error": reason, "traceback": formatted(error), "printed": printed}


def in_one_line(what):
    try:
        return " ".join(str(what).split())[:1000]
    except Exception:
        return "its text cannot be shown"


def place(error):
    """The innermost line of the project itself that was at work."""
    if isinstance(error, SyntaxError):
        return ""  # its text has it
    own = tuple(os.path.realpath(directory) + os.sep for directory in (os.getcwd(), sys.path[0]))
    schemes = ("stdlib", "platstdlib", "purelib", "platlib")
    installed = tuple(os.path.realpath(sysconfig.get_path(name)) + os.sep for name in schemes)
    found = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        file = os.path.realpath(frame.f_code.co_filename)
        if os.path.isfile(file) and file.startswith(own) and not file.startswith(installed):
            found = f" ({os.path.relpath(file)}, line {line})"
    return found


def formatted(error):
    """The traceback, without the calls of this program."""
    ours = ("<string>", "<frozen runpy>", runpy.__file__)
    whole = traceback.TracebackException.from_exception(error)
    part = whole
    while part is not None:
        part.stack[:] = [frame for frame in part.stack if frame.filename not in ours]
        part = part.__cause__ or part.__context__
    return "".join(whole.format())


def module(text):
    """The module that a text is; once settings are there, as the rule may import what needs them."""
    made = types.ModuleType("hashstatic_rule")
    exec(compile(text, "_rule.py", "exec"), vars(made))
    return made


def answer_of_project(rule):
    from django.apps import apps
    from django.contrib.staticfiles.storage import staticfiles_storage as storage
    from django.core import checks

    if not apps.is_installed("django.contrib.staticfiles"):
        raise Unusable('the project has no static files: "django.contrib.staticfiles" is not in INSTALLED_APPS')
    serious = [message for message in checks.run_checks(tags=[checks.Tags.staticfiles]) if message.is_serious()]
    wrong = [message for message in serious if not message.is_silenced()]
    if wrong:
        raise Unusable("; ".join(in_one_line(f"{message.msg} ({message.id})") for message in wrong))
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
        roots = [root for root in roots if os.path.isdir(root["dir"])]
        if not roots:
            raise Unusable("the project has no static files: none of the directories of its finders is there")
        return {"roots": roots, "files": None}
    files = {}
    for finder in all_finders:
        for path, storage in finder.list(patterns):
            prefix = getattr(storage, "prefix", None)
            files.setdefault(os.path.join(prefix, path) if prefix else path, (storage, path))
    refuse(rule.why_not_from(files))
    named = [{"name": name, "path": storage.path(path)} for name, (storage, path) in files.items()]
    return {"roots": None, "files": named}


# Settings may close or replace sys.stdout.
out = os.fdopen(os.dup(1), "w", encoding="utf-8")
try:
    answer = main(*sys.argv[1:4])
except KeyboardInterrupt:
    raise
except BaseException as error:
    answer = failure(error)
try:
    text = json.dumps(answer)
    json.dumps(answer, ensure_ascii=False).encode()
except UnicodeEncodeError as error:
    text = json.dumps({"error": f"a path is not UTF-8: {error.object[max(error.start - 80, 0) : error.end + 20]!r}"})
except TypeError as error:
    text = json.dumps(failure(error))
# Settings may have printed something, and need not have ended their line.
print("\n" + MARK + text, file=out, flush=True)
