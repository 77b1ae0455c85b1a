"""`--from-django` with a project that fails: the reason first, in one line; the traceback with `-v`."""

import os
import subprocess
import sys

import pytest

import hashstatic
from support import DJANGO, OURS, storages, tree, write

GOOD = f"""
SECRET_KEY = "x"
INSTALLED_APPS = ["django.contrib.staticfiles"]
STATIC_URL = "/static/"
STATIC_ROOT = "root"
STATICFILES_DIRS = ["assets"]
STORAGES = {storages(DJANGO)!r}
"""
MANAGE = """
import os, sys
def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "the_settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as exc:
        raise ImportError("Couldn't import Django.") from exc
    execute_from_command_line(sys.argv)
if __name__ == "__main__":
    main()
"""
PRINTS = """
import sys
print("DATABASE_URL is not set", file=sys.{stream})
sys.exit({status})
"""
# What the settings do → the reason.
SETTINGS = {
    "exits with a text": (
        'import sys\nsys.exit("DATABASE_URL is not set")',
        "the project exits: DATABASE_URL is not set (the_settings.py, line 2)",
    ),
    "exits with lines": ('raise SystemExit("one\\n  two")', "the project exits: one two (the_settings.py, line 1)"),
    "exits with a status": ("import sys\nsys.exit(3)", "the project exits with status 3 (the_settings.py, line 2)"),
    "exits without one": ("import sys\nsys.exit()", "the project exits with status 0 (the_settings.py, line 2)"),
    "prints and exits": (
        PRINTS.format(stream="stderr", status=1),
        "the project exits with status 1 (the_settings.py, line 4): DATABASE_URL is not set",
    ),
    "prints to stdout and exits": (
        PRINTS.format(stream="stdout", status=2),
        "the project exits with status 2 (the_settings.py, line 4): DATABASE_URL is not set",
    ),
    "raises": ('import os\nKEY = os.environ["NO_SUCH_KEY"]', "KeyError: 'NO_SUCH_KEY' (the_settings.py, line 2)"),
    "raises without a text": ("raise RuntimeError", "RuntimeError (the_settings.py, line 1)"),
    "raises lines": ('raise ValueError("one\\n\\ntwo")', "ValueError: one two (the_settings.py, line 1)"),
    "raises what cannot be shown": (
        "class Bad(Exception):\n    def __str__(self): raise KeyError\nraise Bad",
        "Bad: its text cannot be shown (the_settings.py, line 3)",
    ),
    "is misconfigured": (
        'from django.core.exceptions import ImproperlyConfigured\nraise ImproperlyConfigured("Set the X variable")',
        "ImproperlyConfigured: Set the X variable (the_settings.py, line 2)",
    ),
    "imports what is missing": (
        "import environ_that_is_missing",
        "ModuleNotFoundError: No module named 'environ_that_is_missing' (the_settings.py, line 1)",
    ),
    "is no Python": ("DEBUG = = 1", "SyntaxError: invalid syntax (the_settings.py, line 1)"),
    "is killed": (
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
        "ended with signal: 9 (SIGKILL): it said nothing",
    ),
    "ends the process": ("import os\nos.write(2, b'bye\\n')\nos._exit(4)", "ended with exit status: 4: bye"),
    "has no storage": (GOOD.replace(repr(storages(DJANGO)), "{}"), "'staticfiles'"),
    "has a storage that is missing": (
        GOOD.replace(DJANGO, "no.such.Storage"),
        "InvalidStorageError: Could not find backend 'no.such.Storage': No module named 'no'",
    ),
    "has no static root": (
        GOOD.replace('STATIC_ROOT = "root"', ""),
        "ImproperlyConfigured: You're using the staticfiles app without having set the STATIC_ROOT",
    ),
    "has no static URL": (
        GOOD.replace('STATIC_URL = "/static/"', ""),
        "ImproperlyConfigured: You're using the staticfiles app without having set the required STATIC_URL",
    ),
    "lacks the app": (
        GOOD.replace('"django.contrib.staticfiles"]', "]"),
        'the project has no static files: "django.contrib.staticfiles" is not in INSTALLED_APPS',
    ),
    "has an app that is missing": (
        GOOD.replace('"django.contrib.staticfiles"]', '"no_such_app"]'),
        "ModuleNotFoundError: No module named 'no_such_app'",
    ),
    "has directories that are none": (
        GOOD.replace('["assets"]', '"assets"'),
        "The STATICFILES_DIRS setting is not a tuple or list. (staticfiles.E001)",
    ),
    "has no static files": (
        GOOD.replace('["assets"]', '["nope"]').replace('["django', '["django'),
        "the project has no static files: none of the directories",
    ),
    "has a finder that is missing": (
        GOOD + 'STATICFILES_FINDERS = ["no.such.Finder"]',
        "ModuleNotFoundError: No module named 'no'",
    ),
    "has wrong options": (
        GOOD.replace(DJANGO, OURS).replace("'OPTIONS': {}", "'OPTIONS': {'minfy': 'safe'}"),
        "did you mean 'minify'?",
    ),
    "has a path that is not UTF-8": (GOOD.replace('["assets"]', '["assets", "b\\udcff"]'), "a path is not UTF-8: "),
}


def project(tmp_path, settings=GOOD, manage=MANAGE):
    write(tmp_path, {"the_settings.py": settings, "manage.py": manage, "assets/a.css": "a{}"})
    return tmp_path


def run(directory, *arguments, command="build", python=sys.executable, **environment):
    words = [hashstatic.find_binary(), command, "--from-django", "--python", python, *arguments]
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(words, cwd=directory, env={**kept, **environment}, capture_output=True, text=True)


@pytest.mark.parametrize("command", ["build", "check"])
@pytest.mark.parametrize("what", SETTINGS)
def test_the_reason_comes_first_in_one_line(what, command, tmp_path):
    settings, reason = SETTINGS[what]
    if "UTF-8" in what:
        os.mkdir(os.fsencode(tmp_path) + b"/b\xff")
    done = run(project(tmp_path, settings), command=command)
    assert done.returncode == 2
    assert done.stderr.startswith("error: --from-django: ") and reason in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert {*tree(tmp_path)} >= {"assets/a.css"} and not (tmp_path / "root").exists()
    verbose = run(tmp_path, "-v", command=command)
    if "-v shows more" in done.stderr:
        assert reason in verbose.stderr.splitlines()[0] and verbose.stderr.count("\n") > 1
        assert 'File "<string>"' not in verbose.stderr and "runpy" not in verbose.stderr


@pytest.mark.parametrize("what", ["raises", "exits with a text", "imports what is missing"])
def test_without_manage_py(what, tmp_path):
    settings, reason = SETTINGS[what]
    done = run(project(tmp_path, settings), "--settings=the_settings")
    assert reason in done.stderr and done.stderr.count("\n") == 1


# What manage.py is → the reason.
MANAGED = {
    "a shell's": (
        '#!/bin/sh\nexec python src/manage.py "$@"\n',
        "manage.py is not a Python program: name the project's own with --manage",
    ),
    "binary": ("\0\0\0", "manage.py is not a Python program"),
    "wrong Python": ("def main(:\n", "SyntaxError: "),
    "empty": ("", "manage.py runs no command of Django's: name the settings with --settings"),
    "something else": ("print('hello')\n", "manage.py runs no command of Django's"),
    "one that exits": (
        'import sys\nsys.exit("activate the venv")\n',
        "the project exits: activate the venv (manage.py, line 2)",
    ),
    "one that fails": (
        "import no_such_module\n",
        "ModuleNotFoundError: No module named 'no_such_module' (manage.py, line 1)",
    ),
    "one without settings": (
        MANAGE.replace('os.environ.setdefault("DJANGO_SETTINGS_MODULE", "the_settings")', "pass"),
        "ImproperlyConfigured: Requested setting",
    ),
    "one with others": (
        MANAGE.replace("the_settings", "no_such.settings"),
        "ModuleNotFoundError: No module named 'no_such'",
    ),
    "one that handles all": (
        MANAGE.replace(
            "    main()", "    try:\n        main()\n    except BaseException:\n        sys.exit(1)"
        ).replace("the_settings", "nope"),
        "ModuleNotFoundError: No module named 'nope'",
    ),
}


@pytest.mark.parametrize("what", MANAGED)
def test_manage_py(what, tmp_path):
    manage, reason = MANAGED[what]
    done = run(project(tmp_path, manage=manage))
    assert done.returncode == 2 and done.stderr.startswith("error: --from-django: ") and reason in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


def test_a_directory_without_manage_py(tmp_path):
    here = "error: --from-django: there is no manage.py here: name one with --manage"
    assert run(tmp_path).stderr == f"{here}, or the settings with --settings\n"
    project(tmp_path / "src")
    assert run(tmp_path).stderr == f"{here} src/manage.py, or the settings with --settings\n"
    assert run(tmp_path, "--manage=src/manage.py", "--settings=nope").returncode == 2


def test_a_python_without_django(tmp_path):
    project(tmp_path, manage=f"#!/opt/venv/bin/python\n{MANAGE}")
    bare = tmp_path / "bare-python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S -E "$@"\n')
    bare.chmod(0o755)
    done = run(tmp_path, python=str(bare))
    reason = "has no Django: name the project's Python with --python (manage.py begins with #!/opt/venv/bin/python)\n"
    assert done.returncode == 2 and done.stderr.endswith(reason)


def test_a_module_that_hides_django(tmp_path):
    project(tmp_path)
    write(tmp_path, {"django.py": ""})
    done = run(tmp_path)
    assert "No module named 'django.core'; 'django' is not a package" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "more",
    [
        "import sys\nsys.stdout = None",
        "import os, sys\nsys.stdout = open(os.devnull, 'w')",
        "import atexit\natexit.register(print, 'bye')",
        "print('{}', end='')",
        "import warnings\nwarnings.warn('x')",
    ],
)
def test_what_settings_may_do(more, tmp_path):
    done = run(project(tmp_path, GOOD + more))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "root/staticfiles.json").is_file()


def test_another_python_that_manage_py_starts_changes_nothing(tmp_path):
    """It gets the arguments of a dry run."""
    again = "import os, sys\nif 'AGAIN' not in os.environ:\n    os.environ['AGAIN'] = '1'\n    "
    again += f"os.execv({sys.executable!r}, [{sys.executable!r}, *sys.argv])\n"
    done = run(project(tmp_path, manage=again + MANAGE))
    assert done.returncode == 2 and not (tmp_path / "root").exists()
