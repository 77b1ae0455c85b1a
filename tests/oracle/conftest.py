import pytest
from harness import ORACLE, VERSIONS, Django


@pytest.fixture(scope="session")
def djangos():
    """A running Django of each version."""
    processes = {version: Django(version) for version in VERSIONS}
    yield processes
    for process in processes.values():
        process.close()


@pytest.fixture(scope="session")
def corpora():
    """The fetched corpora by name."""
    found = {path.name: path for path in sorted((ORACLE / "corpora").iterdir()) if path.is_dir()}
    assert len(found) >= 14, "run tests/oracle/prepare.py first"
    return found
