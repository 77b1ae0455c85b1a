"""What all Python tests share: `collectstatic` run in this process, trees of files, and a site.

The fixtures are in conftest.py.
"""

import gzip
import io
import os
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import brotli
import django
from django.contrib.staticfiles.finders import get_finder
from django.contrib.staticfiles.management.commands.collectstatic import Command as DjangoCommand
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.storage import storages as all_storages
from django.core.management import call_command
from django.test import override_settings

from hashstatic.management.commands.collectstatic import Command as OurCommand

RECORD = ".staticfiles.generations.json"
# The record of manifests outside the static root.
MANIFESTS = ".hashstatic.manifests.json"
DJANGO = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
WHITENOISE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
OURS = "hashstatic.storage.ManifestStaticFilesStorage"
OURS_COMPRESSED = "hashstatic.storage.CompressedManifestStaticFilesStorage"
# The files that the fixture `source` has, unless the module of a test has a SITE of its own.
SITE = {
    "css/app.css": '@import "base.css";\n.a{background:url("../img/logo.svg?v=1#x")}\n',
    "css/base.css": "body{color:red}\n" * 40,
    "css/deep/er/z.css": "i{background:url(../../../img/logo.svg)}",
    "img/logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'></svg>" * 10,
    "js/app.js": "console.log(1)\n//# sourceMappingURL=app.js.map\n",
    "js/app.js.map": "{}",
    "ä/☃.txt": "snow",
    "empty.js": "",
}


class Upper(FileSystemStorage):
    """A source storage whose files are not read as they are on disk."""

    def _open(self, name, mode="rb"):
        with super()._open(name, mode) as file:
            return ContentFile(file.read().upper())


def file_hash(self, name, content=None):
    """An override that makes Django's own code post-process."""
    return "deploy12345"


@dataclass
class Collected:
    """How a run ended."""

    root: Path
    out: str = ""
    err: str = ""
    error: Exception | None = None
    # The items that post_process yielded.
    yielded: list = field(default_factory=list)
    warnings: list = field(default_factory=list)

    def tree(self):
        """The files of the static root, without the records that only hashstatic writes."""
        files = tree(self.root)
        return {name: files[name] for name in files if name not in (RECORD, MANIFESTS)}


def storages(backend, options=None):
    return {"staticfiles": {"BACKEND": backend, "OPTIONS": options or {}}}


def collect(root, sources, backend=OURS, options=None, command=None, settings=None, **arguments):
    """Runs `manage.py collectstatic --no-input`, with Django's own command unless another is given."""
    collected = Collected(Path(root))
    out, err = io.StringIO(), io.StringIO()
    overridden = override_settings(
        STATIC_ROOT=str(root),
        STATICFILES_DIRS=[source if isinstance(source, tuple) else str(source) for source in sources],
        STORAGES=storages(backend, options),
        **(settings or {}),
    )
    with overridden, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        get_finder.cache_clear()
        if django.VERSION < (5, 1):  # forgets OPTIONS where STORAGES is overridden, not where it is set
            all_storages.backends["staticfiles"] = storages(backend, options)["staticfiles"]
        command = (command or DjangoCommand)(stdout=out, stderr=err)
        try:
            with noted(command.storage, collected.yielded):
                call_command(command, interactive=False, **arguments)
        except Exception as error:
            collected.error = error
    collected.out, collected.err = out.getvalue(), err.getvalue()
    collected.warnings = [warning for warning in caught if issubclass(warning.category, UserWarning)]
    return collected


@contextmanager
def noted(storage, yielded):
    """Notes what the storage's post_process yields."""
    # Not type(): Django's default storage is a proxy.
    kind = next((kind for kind in storage.__class__.__mro__ if "post_process" in vars(kind)), None)
    if kind is None:
        yield
        return
    post_process = kind.post_process

    def noting(*args, **kwargs):
        for item in post_process(*args, **kwargs):
            yielded.append(item)
            yield item

    with mock.patch.object(kind, "post_process", noting):
        yield


def write(root, files):
    """Writes files, given as {path: text or bytes}, below `root`."""
    for name, content in files.items():
        path = Path(root, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def decoded(files):
    """The tree with each variant as what it decodes to: encoders may differ, contents may not."""
    decoders = {".gz": gzip.decompress, ".br": brotli.decompress}
    return {
        name: decoders.get(name[-3:], bytes)(content) if name[-3:] in decoders and name[:-3] in files else content
        for name, content in files.items()
    }


def tree(root):
    """Path → bytes of every file below `root`."""
    files = {}
    for directory, _, names in os.walk(root):
        for name in names:
            path = Path(directory, name)
            files[str(path.relative_to(root))] = path.read_bytes()
    return files


__all__ = [
    "DJANGO",
    "MANIFESTS",
    "OURS",
    "OURS_COMPRESSED",
    "RECORD",
    "SITE",
    "WHITENOISE",
    "Collected",
    "DjangoCommand",
    "OurCommand",
    "Upper",
    "collect",
    "decoded",
    "file_hash",
    "storages",
    "tree",
    "write",
]
