"""Our `collectstatic` beside Django's: the same tree, log and summary; and what our dry run reports."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from django.core.management.base import CommandError

import hashstatic
from support import DJANGO, OURS, RECORD, SITE, DjangoCommand, OurCommand, collect, tree, write

PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"


def both(tmp_path, sources, backend=OURS, **arguments):
    """Runs Django's command with its storage, and ours with ours, and compares what they print."""
    theirs = collect(tmp_path / "theirs", sources, DJANGO if backend == OURS else backend, **arguments)
    ours = collect(tmp_path / "ours", sources, backend, command=OurCommand, **arguments)
    assert ours.error is None and theirs.error is None, (ours.error, theirs.error)
    # Deleted files are logged in the order of the directory.
    assert sorted(ours.out.replace("/ours", "/theirs").splitlines()) == sorted(theirs.out.splitlines())
    assert ours.err == theirs.err
    return theirs, ours


def same_trees(theirs, ours):
    assert ours.tree() == theirs.tree()

    def links(run):
        return sorted(str(path.relative_to(run.root)) for path in run.root.rglob("*") if path.is_symlink())

    assert links(ours) == links(theirs)


@pytest.mark.parametrize("verbosity", [0, 1, 2])
def test_runs_one_after_the_other(source, tmp_path, verbosity):
    other = tmp_path / "other"
    write(other, {"css/app.css": "never used", "other.txt": "x"})
    same_trees(*both(tmp_path, [source, other], verbosity=verbosity))
    same_trees(*both(tmp_path, [source, other], verbosity=verbosity))
    write(source, {"css/base.css": "body{}", "new.txt": "new"})
    os.utime(source / "css/base.css", (2e9, 2e9))
    (source / "empty.js").unlink()
    same_trees(*both(tmp_path, [source, other], verbosity=verbosity))
    (tmp_path / "ours" / RECORD).unlink()  # of the generation before, which Django does not keep
    same_trees(*both(tmp_path, [source, other], verbosity=verbosity, clear=True))
    assert "empty.js" not in tree(tmp_path / "ours")


@pytest.mark.parametrize("arguments", [{"ignore_patterns": ["*.js", "deep"]}, {"use_default_ignore_patterns": False}])
def test_ignore_patterns(source, tmp_path, arguments):
    write(source, {".hidden": "x", "CVS/y": "y"})
    same_trees(*both(tmp_path, [source], **arguments))


def test_between_links_and_copies(source, tmp_path):
    for arguments in ({"link": True}, {}, {"link": True}, {"clear": True}, {"link": True, "clear": True}):
        same_trees(*both(tmp_path, [source], verbosity=2, **arguments))


def test_clear_takes_links_away(source, tmp_path):
    for root in ("ours", "theirs"):
        write(tmp_path / root, {"left/over.txt": "x"})
        (tmp_path / root / "link").symlink_to(source / "empty.js")
        (tmp_path / root / "broken").symlink_to("nowhere")
    same_trees(*both(tmp_path, [source], verbosity=2, clear=True))
    assert not os.path.lexists(tmp_path / "ours/link")


@pytest.mark.parametrize("backend", [OURS, PLAIN])
def test_without_post_processing(source, tmp_path, backend):
    same_trees(*both(tmp_path, [source], backend, verbosity=2, post_process=False))


def test_another_storage_is_djangos_business(source, tmp_path):
    same_trees(*both(tmp_path, [source], PLAIN, verbosity=2))
    same_trees(*both(tmp_path, [source], PLAIN, verbosity=2, clear=True))


def test_a_dry_run_writes_nothing(source, tmp_path):
    both(tmp_path, [source], verbosity=2, dry_run=True)
    both(tmp_path, [source], verbosity=2, dry_run=True, clear=True)
    assert not (tmp_path / "ours").exists() or tree(tmp_path / "ours") == {}


def test_a_dry_run_reports_what_is_broken(source, tmp_path):
    write(source, {"a.css": "a{b:url(one.png)}", "b.css": "a{b:url(two.png)}"})
    run = collect(tmp_path / "root", [source], command=OurCommand, dry_run=True)
    assert isinstance(run.error, CommandError) and "2 errors found" in str(run.error)
    assert "'a.css' would fail" in run.err and "one.png" in run.err and "two.png" in run.err
    assert not (tmp_path / "root").exists()


@pytest.mark.parametrize("clear", [False, True])
def test_a_failed_run_publishes_nothing(source, tmp_path, clear):
    root = tmp_path / "root"
    collect(root, [source], command=OurCommand)
    before = tree(root)
    write(source, {"bad.css": "a{b:url(one.png)}", "new.png": "new", "css/base.css": "changed"})
    os.utime(source / "css/base.css", (2e9, 2e9))
    run = collect(root, [source], command=OurCommand, clear=clear)
    assert run.error is not None
    assert run.err == "Post-processing 'bad.css' failed!\n\n"
    assert tree(root) == before


def test_what_clear_would_delete_satisfies_nothing(source, tmp_path):
    root = tmp_path / "root"
    write(root, {"stale.png": "old"})
    write(source, {"bad.css": "a{b:url(stale.png)}"})
    runs = [collect(root, [source], command=command, clear=True) for command in (OurCommand, DjangoCommand)]
    assert [str(run.yielded[0][0]) for run in runs] == ["bad.css", "bad.css"]


@pytest.mark.parametrize("command", [DjangoCommand, OurCommand])
@pytest.mark.parametrize("link", [False, True])
def test_a_file_is_taken_once_however_often_it_is_found(source, tmp_path, command, link):
    class Twice(command):
        def copy_file(self, *arguments):
            for _ in range(2):
                super().copy_file(*arguments)

        def link_file(self, *arguments):
            for _ in range(2):
                super().link_file(*arguments)

    for already, skipped in (("linked" if link else "copied", len(SITE)), ("", 0)):
        run = collect(tmp_path / "root", [source], command=Twice, verbosity=2, link=link)
        assert run.error is None
        assert run.out.count(f"(already {already} earlier)") == skipped
        done = 0 if not already else len(SITE)
        assert f"\n{done} static files {'symlinked' if link else 'copied'}" in run.out
        assert ("unmodified" in run.out.splitlines()[-1]) == (not already)


def test_it_is_the_command_that_manage_py_runs():
    from django.core.management import get_commands, load_command_class

    command = load_command_class(get_commands()["collectstatic"], "collectstatic")
    assert isinstance(command, OurCommand)
    assert isinstance(command, DjangoCommand)


def test_times_are_the_sources(source, tmp_path):
    os.utime(source / "img/logo.svg", (1e9, 1e9))
    run = collect(tmp_path / "root", [source], command=OurCommand)
    times = {path.name: path.stat().st_mtime for path in Path(run.root, "img").iterdir()}
    assert set(times.values()) == {1e9} and len(times) == 2
    assert re.search(r"8 static files copied to '.*', 9 post-processed", run.out.replace("\n", " ")) or run.out


@pytest.mark.parametrize("command", [DjangoCommand, OurCommand])
def test_a_plain_copy_that_is_newer_than_its_source(command, source, tmp_path):
    """Django leaves it, and so does the storage; but says what helps."""
    roots = {"theirs": DJANGO, "ours": OURS}
    for name, backend in roots.items():
        assert collect(tmp_path / name, [source], backend, command=command).warnings == []
    write(source, {"css/base.css": "b{}", "img/logo.svg": SITE["img/logo.svg"].swapcase()})
    for name in ("css/base.css", "img/logo.svg"):
        os.utime(source / name, (1e9, 1e9))
    done = {name: collect(tmp_path / name, [source], backend, command=command) for name, backend in roots.items()}
    for name in ("css/base.css", "img/logo.svg"):
        assert done["ours"].tree()[name] == done["theirs"].tree()[name] == SITE[name].encode()
    (warning,) = done["ours"].warnings
    text = str(warning.message)
    assert "'css/base.css'" in text and "'img/logo.svg'" in text and "collectstatic --clear" in text
    verified = subprocess.run([hashstatic.find_binary(), "verify", tmp_path / "ours"], capture_output=True, text=True)
    assert verified.returncode == 1 and "`collectstatic --clear`" in verified.stderr
    cleared = collect(tmp_path / "ours", [source], OURS, command=command, clear=True)
    assert cleared.warnings == [] and cleared.tree()["css/base.css"] == b"b{}"
    assert collect(tmp_path / "ours", [source], OURS, command=command).warnings == []
