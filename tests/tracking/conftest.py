"""A folder of studies with an empty MLflow database."""

import pytest

from nas.tracking import open_tracker


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory):
    """A database that has its tables, since making them takes seconds."""
    root = tmp_path_factory.mktemp("store")
    tracker = open_tracker(None, study="first", folder=root)
    tracker.close(60)
    return root / "mlflow.db"


@pytest.fixture
def root(tmp_path, empty_store):
    (tmp_path / "mlflow.db").write_bytes(empty_store.read_bytes())
    return tmp_path
