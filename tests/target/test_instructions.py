"""The instruction fits: written from the recorded counts, and right for models that they have not seen."""

import re
from pathlib import Path

import numpy as np
import pytest
from table_generators import FOLDER, generator

from nas import _native
from nas.target.runtimes.tflm import INSTRUCTION_ERRORS

MACHINES = ("m4r_ref", "m4r_nn", "m55r_nn")


def rows(table: str) -> dict[int, list[float]]:
    found = re.findall(r"\{0x(\w+), \{([^}]*)\}\}", table)
    return {int(key, 16): [float(n) for n in numbers.split(",")] for key, numbers in found}


def test_the_table_is_the_one_that_the_recorded_counts_give(shared: Path) -> None:
    table, _ = generator("instructions").fit_all(shared / "truth")
    want, got = rows(table), rows(generator("instructions").TABLE.read_text())
    assert got.keys() == want.keys()
    for key, weights in want.items():
        assert got[key] == pytest.approx(weights, rel=1e-4, abs=1e-6), hex(key)


@pytest.mark.parametrize("machine", MACHINES)
def test_whole_models_held_out_are_predicted_within_a_few_percent(shared: Path, machine: str) -> None:
    runs = generator("instructions").read_runs(shared / "truth", machine)
    _, by_run = generator("instructions").held_out(runs)
    errors = [e for run in runs if not run.single and (e := by_run[run.file]) is not None]
    assert len(errors) >= 60
    assert np.median(errors) < 0.02
    assert np.percentile(errors, 90) < 0.05


@pytest.mark.parametrize("machine", MACHINES)
def test_the_core_gives_what_the_fits_give(shared: Path, machine: str) -> None:
    kernels, core, _ = generator("instructions").MACHINES[machine]
    runs = generator("instructions").read_runs(shared / "truth", machine)
    fits = generator("instructions").fit(runs, generator("instructions").LEAST)
    for run in runs:
        folder = "external" if run.file.startswith("seed_") else "models"
        measured = _native.profile((shared / "truth" / folder / run.file).read_bytes(), kernels, core)
        if len(measured.ops) == len(run.samples):  # a run can lack the operators that took no time
            want = generator("instructions").predict_run(run, fits)
            assert measured.totals.instructions == (want if want is None else pytest.approx(want, rel=1e-4)), run.file


def test_the_errors_that_users_are_told_are_those_of_the_report() -> None:
    report = (FOLDER / "instructions.md").read_text()
    headings = {
        "Cortex-M4, reference kernels": ("cortex-m4", "reference"),
        "Cortex-M4, CMSIS-NN": ("cortex-m4", "cmsis_nn"),
        "Cortex-M55, CMSIS-NN": ("cortex-m55", "cmsis_nn"),
    }
    found = re.findall(r"## (.*?)\n.*?\| whole models \|[^|]*\|[^|]*\| ([0-9.]+) % \|", report, re.DOTALL)
    assert {headings[heading]: pytest.approx(float(percent) / 100) for heading, percent in found} == INSTRUCTION_ERRORS
