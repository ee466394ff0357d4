"""The programs in native/tables/ that write the native core's tables, as modules."""

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "native" / "tables"


@cache
def generator(name: str) -> ModuleType:
    """Import the generator of that name; skip the test if scipy, which it needs, is not installed."""
    pytest.importorskip("scipy")
    spec = importlib.util.spec_from_file_location(f"{name}_generator", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
