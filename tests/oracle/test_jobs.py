"""The output is the same whatever the number of threads, and whatever the order in which directories are listed."""

import random

import pytest
from builds import corpus
from harness import build, tree

# Middle-sized: one with many style sheets, one with many small files.
NAMES = ["Django", "wagtail"]


def outcome(source, out, *options):
    build(source, "-o", out, "--brotli-quality", 5, *options, check=True)
    return tree(out)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mode", [(), ("--django-exact",), ("--django-exact", "--js-modules")], ids=" ".join)
def test_threads_change_nothing(name, mode, tmp_path):
    one = outcome(corpus(name), tmp_path / "one", "--jobs", 1, *mode)
    many = outcome(corpus(name), tmp_path / "many", "--jobs", 8, *mode)
    assert "staticfiles.json" in one
    assert differing(one, many) == []


@pytest.mark.parametrize("name", NAMES)
def test_order_of_creation_changes_nothing(name, tmp_path):
    """tmpfs and ext4 list a directory in an order that depends on what was made when."""
    files = tree(corpus(name))
    outcomes = []
    for seed in (1, 2):
        source = tmp_path / f"source-{seed}"
        create(files, source, random.Random(seed))
        outcomes.append(outcome(source, tmp_path / f"out-{seed}"))
    assert differing(*outcomes) == []


def create(files, root, rng):
    names = sorted(files)
    rng.shuffle(names)
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[name])


def differing(one, other):
    """Names only: pytest takes minutes to explain two large dictionaries."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
