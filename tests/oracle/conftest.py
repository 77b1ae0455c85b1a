import pytest
from builds import CORPORA, QUICK
from harness import ALL_VERSIONS, ORACLE, Django


@pytest.fixture(scope="session")
def djangos():
    """A running Django of each version."""
    processes = {version: Django(version) for version in ALL_VERSIONS}
    yield processes
    for process in processes.values():
        process.close()


@pytest.fixture(scope="session")
def corpora():
    """The fetched corpora by name."""
    found = {path.name: path for path in sorted((ORACLE / "corpora").iterdir()) if path.is_dir()}
    assert len(found) >= 14, "run tests/oracle/prepare.py first"
    return found


def pytest_addoption(parser):
    parser.addoption("--quick", action="store_true", help="only the corpora that take no time")


def pytest_collection_modifyitems(config, items):
    """Deselects, which pytest counts and says; a skip would look like a pass."""
    if not config.getoption("--quick"):
        return
    slow = set(CORPORA) - set(QUICK)
    chosen = [item for item in items if corpus_of(item) not in slow]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def corpus_of(item):
    """The corpus that a test has as one of its parameters."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    named = [parameters[key] for key in ("root", "name", "built") if key in parameters]
    return str(named[0]).partition("/")[0] if named else None
