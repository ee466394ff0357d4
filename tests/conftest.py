"""What more than one test file needs."""

from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine takes its time; that is no defect of what is tested. Each run draws other examples.
settings.register_profile("patient", deadline=None, max_examples=50)
settings.load_profile("patient")

# Files that take longest, much of it waiting; they begin first, so that none is left alone at the end.
LONG = ("test_cluster", "test_executors", "test_packaging", "test_notebooks", "test_search", "test_apart", "test_site")

SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.stem not in LONG)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data and TFLM's recorded figures beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the folder `shared` with real data and recorded figures is not beside this checkout")
    return SHARED
