"""Settings and fixtures that all tests share."""

import sys
from pathlib import Path

import django
import pytest
from django.conf import settings

sys.path.insert(0, str(Path(__file__).parent))

settings.configure(
    DEBUG=False,
    INSTALLED_APPS=["hashstatic", "django.contrib.staticfiles"],
    STATIC_URL="/static/",
    STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
    SECRET_KEY="tests",
    PIPELINE={},  # django-pipeline reads it when it is imported
)
django.setup()


@pytest.fixture
def source(tmp_path, request):
    """A directory with the SITE of the test's module, or else of `support`."""
    import support

    support.write(tmp_path / "source", getattr(request.module, "SITE", support.SITE))
    return tmp_path / "source"


@pytest.fixture
def saved(monkeypatch):
    """The names of the files that `_copy.save` has copied at once."""
    from hashstatic import _copy

    def noting(storage, name, content):
        done = save(storage, name, content)
        names.extend([name] * done)
        return done

    names, save = [], _copy.save
    monkeypatch.setattr(_copy, "save", noting)
    return names


@pytest.fixture
def subclass(monkeypatch):
    """Makes a subclass of a storage, ours unless bases are given, and returns its dotted name."""
    import hashstatic.storage
    import support

    def make(*bases, **attributes):
        name = f"Made{len(made)}"
        bases = bases or (hashstatic.storage.ManifestStaticFilesStorage,)
        made.append(type(name, bases, {**attributes, "__module__": support.__name__}))
        monkeypatch.setattr(support, name, made[-1], raising=False)
        return f"{support.__name__}.{name}"

    made = []
    return make
