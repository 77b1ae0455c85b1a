"""Storages that override a part of Django's: `collectstatic` writes what it writes with Django's own storage.

Each case runs with Django's command and with the app's, and three times: into an empty static root, again, and after
changes.
"""

import os

import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage as DjangoStorage
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

import hashstatic.storage
from support import DjangoCommand, OurCommand, collect, tree, write

OurStorage = hashstatic.storage.ManifestStaticFilesStorage
COMMANDS = pytest.mark.parametrize("command", [DjangoCommand, OurCommand])
SITE = {
    "css/a.css": "a{background:url(../img/logo.svg)}\n",
    "css/b.css": '@import "a.css";\nb{color:red}\n',
    "img/logo.svg": "<svg/>",
    "notes.txt": "notes",
}


def same(tmp_path, source, command, ours, theirs, **arguments):
    """What can be seen of runs with two storages is the same; the warnings of the last run with ours."""
    for run in range(3):
        if run == 2:
            write(source, {"css/a.css": "a{}", "new.css": '@import "css/b.css";'})
            os.utime(source / "css/a.css", (2e9, 2e9))
        expected = collect(tmp_path / "theirs", [source], theirs, verbosity=2, **arguments)
        found = collect(tmp_path / "ours", [source], ours, command=command, verbosity=2, **arguments)
        assert expected.error is None and found.error is None, (expected.error, found.error)
        assert found.tree() == expected.tree()
        assert found.yielded == expected.yielded
        assert sorted(found.out.replace("/ours", "/theirs").splitlines()) == sorted(expected.out.splitlines())
    return found.warnings


class Bundles:
    """Reads collected files, as django-pipeline does, and adds one made of them."""

    def post_process(self, paths, dry_run=False, **options):
        texts = []
        for name in sorted(paths):
            if name.startswith("css/"):
                with self.open(name) as file:
                    texts.append(file.read())
        if self.exists("bundle.css"):
            self.delete("bundle.css")
        self.save("bundle.css", ContentFile(b"".join(texts).replace(b"../img", b"img").replace(b'"', b'"css/')))
        paths["bundle.css"] = (self, "bundle.css")
        yield "bundle.css", "bundle.css", True
        yield from super().post_process(paths, dry_run=dry_run, **options)


class Opens:
    """Wants each file to be there."""

    def post_process(self, paths, dry_run=False, **options):
        for name in paths:
            self.open(name).close()
        return super().post_process(paths, dry_run=dry_run, **options)


class Saves:
    """Saves other bytes than it is given."""

    def save(self, name, content, max_length=None):
        return super().save(name, ContentFile(content.read().upper()), max_length)


class SavesBelow:
    def _save(self, name, content):
        return super()._save(name, ContentFile(content.read().lower()))


class Looks:
    """Wants to see each file as soon as it is saved."""

    def save(self, name, content, max_length=None):
        saved = super().save(name, content, max_length)
        assert self.exists(saved) and self.size(saved) == content.size
        return saved


class Lists:
    """Hides files from `--clear`."""

    def listdir(self, path):
        directories, files = super().listdir(path)
        return directories, [name for name in files if not name.startswith("kept")]


class Newer:
    """Takes every file for one that has to be copied."""

    def get_modified_time(self, name):
        return super().get_modified_time(name).replace(year=1990)


class Available:
    """Frees a name that is taken, as django-pipeline does."""

    def get_available_name(self, name, max_length=None):
        if self.exists(name):
            self.delete(name)
        return name


class OnTheInstance:
    """Replaces a method when it is made."""

    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        save = self.save
        self.save = lambda name, content, max_length=None: save(name, ContentFile(content.read().upper()), max_length)


class ProcessesOnTheInstance:
    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        post_process = self.post_process

        def looking(paths, **options):
            assert all(self.exists(name) for name in paths)
            return post_process(paths, **options)

        self.post_process = looking


class Opened:
    def open(self, name, mode="rb"):
        return super().open(name, mode)


class Moved:
    """Everything lies one directory deeper."""

    def path(self, name):
        return super().path(os.path.join("deeper", name))


class Everywhere:
    """Every attribute is looked up by its own code."""

    def __getattribute__(self, name):
        if name == "save":
            save = super().__getattribute__(name)
            return lambda name, content, *more, **most: save(name, ContentFile(content.read().upper()), *more, **most)
        return super().__getattribute__(name)


class Below(FileSystemStorage):
    """A base class that comes after Django's, and still before `FileSystemStorage`."""

    def _save(self, name, content):
        text = content.read()
        return super()._save(name, ContentFile(text if text.startswith(b'{"paths"') else text.upper()))


class Urls(FileSystemStorage):
    """As `Below`: Django's `_url` asks it."""

    def url(self, name):
        return super().url(name) + ".url"


MIXINS = [
    Bundles,
    Opens,
    Saves,
    SavesBelow,
    Looks,
    Lists,
    Newer,
    Available,
    OnTheInstance,
    ProcessesOnTheInstance,
    Opened,
    Moved,
    Everywhere,
]


@COMMANDS
@pytest.mark.parametrize("mixin", MIXINS)
def test_a_mixin(mixin, command, source, tmp_path, subclass):
    same(tmp_path, source, command, subclass(mixin, OurStorage), subclass(mixin, DjangoStorage))


@COMMANDS
@pytest.mark.parametrize("base", [Below, Urls])
def test_a_base_that_comes_after_djangos(base, command, source, tmp_path, subclass):
    same(tmp_path, source, command, subclass(OurStorage, base), subclass(DjangoStorage, base))


@COMMANDS
@pytest.mark.parametrize("mixin", [Bundles, Saves, Lists, Looks, Everywhere])
def test_a_mixin_and_clear(mixin, command, source, tmp_path, subclass):
    for root in ("ours", "theirs"):
        write(tmp_path / root, {"kept.txt": "kept", "css/kept.css": "kept", "stale.css": "stale"})
    same(tmp_path, source, command, subclass(mixin, OurStorage), subclass(mixin, DjangoStorage), clear=True)
    assert ("kept.txt" in tree(tmp_path / "ours")) == (mixin is Lists)


@COMMANDS
def test_attributes_of_one_instance(command, source, tmp_path, monkeypatch):
    """Set on the storage that is in use, by a test or an AppConfig."""
    from django.contrib.staticfiles.storage import staticfiles_storage

    class Patching(command):
        def collect(self):
            save = self.storage.save
            upper = lambda name, content: save(name, ContentFile(content.read().upper()))  # noqa: E731
            with monkeypatch.context() as patched:
                patched.setattr(staticfiles_storage, "save", upper)
                return super().collect()

    assert collect(tmp_path / "root", [source], command=Patching).error is None
    assert (tmp_path / "root/notes.txt").read_bytes() == b"NOTES"


@COMMANDS
@pytest.mark.parametrize("clear", [False, True])
def test_django_pipeline(command, clear, source, tmp_path, subclass):
    """The package itself, which concatenates collected files in its `post_process`."""
    settings = {
        "PIPELINE": {
            "CSS_COMPRESSOR": None,
            "JS_COMPRESSOR": None,
            "STYLESHEETS": {"all": {"source_filenames": ["css/*.css"], "output_filename": "css/all.css"}},
        }
    }
    from pipeline.storage import PipelineMixin

    ours, theirs = subclass(PipelineMixin, OurStorage), subclass(PipelineMixin, DjangoStorage)
    same(tmp_path, source, command, ours, theirs, settings=settings, clear=clear)
    assert b"color:red" in (tmp_path / "ours/css/all.css").read_bytes()


@COMMANDS
def test_nothing_that_matters_is_overridden(command, source, tmp_path, subclass, saved):
    """What a storage says about itself, and what it does when it serves, is left to the binary as before."""
    attributes = {
        "manifest_strict": False,
        "support_js_module_import_aggregation": True,
        "url": lambda self, name, force=False: "https://cdn.test/" + name,
        "stored_name": lambda self, name: name,
        "own": lambda self: None,
    }
    ours, theirs = subclass(OurStorage, **attributes), subclass(DjangoStorage, **attributes)
    assert same(tmp_path, source, command, ours, theirs) == []
    assert saved == []
