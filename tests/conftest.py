"""What more than one test file needs."""

from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine takes its time; that is no defect of what is tested.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data and TFLM's recorded figures beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the folder `shared` with real data and recorded figures is not beside this checkout")
    return SHARED
