"""The table of code sizes: written from linked firmwares, and right for op sets that the fit has not seen."""

import importlib.util
import json
import re
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

GENERATOR = Path(__file__).resolve().parents[2] / "native" / "tables" / "flash.py"


@cache
def generator() -> ModuleType:
    pytest.importorskip("scipy")
    spec = importlib.util.spec_from_file_location("flash_generator", GENERATOR)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def sizes_in(table: str) -> list[dict[str, float]]:
    """Read the bytes of each part out of the native table, one mapping a build."""
    parts = [(generator().FIXED, *re.findall(r"kFixedCode = {(\d+), (\d+)}", table)[0])]
    parts += [(name, *pair) for *pair, name in re.findall(r"{(\d+), (\d+)},  // (.+)", table)]
    parts += [(f"op {op}", *pair) for op, *pair in re.findall(r'{"(\w+)", 0x\w+, {(\d+), (\d+)}}', table)]
    return [{name: float(pair[build]) for name, *pair in parts} for build in range(2)]


def test_the_table_gives_every_linked_firmware_the_size_that_a_fit_gives_it(shared: Path) -> None:
    """Only sums over an op set are measured; the solver may divide what was only ever linked together."""
    fitted, _ = generator().fit_all(shared / "truth")
    linked = json.loads((shared / "truth" / "codesize.json").read_text())
    for build, got, want in zip(
        generator().BUILDS, sizes_in(generator().TABLE.read_text()), sizes_in(fitted), strict=True
    ):
        assert got.keys() == want.keys()
        for ops, _, _ in generator().firmwares(linked, build):
            # Each part is rounded to a byte.
            rounding = len(generator().parts_of(ops))
            assert generator().predict(ops, got) == pytest.approx(generator().predict(ops, want), abs=rounding)


@pytest.mark.parametrize("build", ["m4_ref_mix", "m4_nn_mix"])
def test_an_op_set_left_out_of_the_fit_is_predicted_within_a_few_percent(shared: Path, build: str) -> None:
    sizes = json.loads((shared / "truth" / "codesize.json").read_text())
    wrong = [abs(error) for error, _, _ in generator().errors(generator().firmwares(sizes, build))]
    assert sum(wrong) / len(wrong) < 0.01
    assert max(wrong) < 0.04
