"""The table of code sizes: written from linked firmwares, and right for op sets that the fit has not seen."""

import re
from pathlib import Path

import pytest
from table_generators import generator


def sizes_in(table: str) -> list[dict[str, float]]:
    """Read the bytes of each part out of the native table, one mapping a build."""
    parts = [(generator("flash").FIXED, re.findall(r"kFixedCode = {{([\d, ]+)}}", table)[0])]
    parts += [(name, sizes) for sizes, name in re.findall(r"{{([\d, ]+)}},  // (.+)", table)]
    parts += [(f"op {op}", sizes) for op, sizes in re.findall(r'{"(\w+)", 0x\w+, {{([\d, ]+)}}}', table)]
    builds = range(len(generator("flash").BUILDS))
    return [{name: float(sizes.split(", ")[build]) for name, sizes in parts} for build in builds]


def test_the_table_gives_every_linked_firmware_the_size_that_a_fit_gives_it(shared: Path) -> None:
    """Only sums over an op set are measured; the solver may divide what was only ever linked together."""
    fitted, _ = generator("flash").fit_all(shared / "truth")
    linked = generator("flash").linked(shared / "truth")
    for build, got, want in zip(
        generator("flash").BUILDS, sizes_in(generator("flash").TABLE.read_text()), sizes_in(fitted), strict=True
    ):
        assert got.keys() == want.keys()
        for ops, _, _ in linked[build]:
            # Each part is rounded to a byte.
            rounding = len(generator("flash").parts_of(ops, build))
            assert generator("flash").predict(ops, build, got) == pytest.approx(
                generator("flash").predict(ops, build, want), abs=rounding
            )


BUILDS = [f"{core}_{kernels}_mix" for core in ("m4", "m0p", "m7", "m33") for kernels in ("ref", "nn")]


@pytest.mark.parametrize("build", BUILDS)
def test_an_op_set_left_out_of_the_fit_is_predicted_within_a_few_percent(shared: Path, build: str) -> None:
    flash = generator("flash")
    rows = flash.linked(shared / "truth")
    wrong = [abs(error) for error, _, _ in flash.errors(rows[build], build, flash.other_of(build, rows))]
    assert sum(wrong) / len(wrong) < 0.01
    assert max(wrong) < 0.03
