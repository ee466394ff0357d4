"""The table of code sizes: written from linked firmwares, and right for op sets that the fit has not seen."""

import importlib.util
import json
import re
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARK = Path(__file__).resolve().parents[1] / "benchmarks" / "footprint_flash.py"


@cache
def benchmark() -> ModuleType:
    pytest.importorskip("scipy")
    spec = importlib.util.spec_from_file_location("flash_benchmark", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_table_is_the_one_that_the_linked_sizes_give(shared: Path) -> None:
    table, _ = benchmark().fit_all(shared / "truth")
    got, want = (re.findall(r"\d+(?=[,}])", text) for text in (benchmark().TABLE.read_text(), table))
    pairs = [(int(a), int(b)) for a, b in zip(got, want, strict=True)]
    # Operators that were only ever linked together share their bytes as the solver of the machine likes.
    assert sum(abs(a - b) <= 2 for a, b in pairs) >= 0.95 * len(pairs)
    assert sum(a for a, _ in pairs) == pytest.approx(sum(b for _, b in pairs), rel=0.005)


@pytest.mark.parametrize("build", ["m4_ref_mix", "m4_nn_mix"])
def test_an_op_set_left_out_of_the_fit_is_predicted_within_a_few_percent(shared: Path, build: str) -> None:
    sizes = json.loads((shared / "truth" / "codesize.json").read_text())
    wrong = [abs(error) for error, _, _ in benchmark().errors(benchmark().firmwares(sizes, build))]
    assert sum(wrong) / len(wrong) < 0.01
    assert max(wrong) < 0.04
