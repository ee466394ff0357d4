"""What recordings silently hide: another unit of time, no time at all, one person in other units, numbers of takes."""

from pathlib import Path

import numpy as np
import pytest

from nas.data.describe import Description, describe
from nas.data.finding import Finding
from nas.data.options import DataOptions
from nas.data.source import load
from nas.errors import InputError

SAMPLES, SUBJECTS = 64, 6


def recordings(folder: Path, *, clock: str = "time_ms", step: float = 20, odd: float = 1.0, last: str = "") -> Path:
    """Write six people's recordings of two classes; person p3's values are `odd` times as large."""
    noise = np.random.default_rng(0)
    for label in ("run", "walk"):
        for subject in range(SUBJECTS):
            values = noise.normal(size=(SAMPLES, 2)) * (odd if subject == 3 else 1)
            names = [*([clock] if clock else []), "ax", "ay", *([last] if last else [])]
            rows = [
                [*([str(step * n)] if clock else []), *map(str, row), *([str(subject % 3)] if last else [])]
                for n, row in enumerate(values)
            ]
            path = folder / label / f"p{subject}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(",".join(row) for row in [names, *rows]))
    return folder


def described(folder: Path, **options: object) -> Description:
    asked = DataOptions(window=16, **options)
    return describe(load(str(folder), options=asked), 0, asked)


def found(description: Description, kind: str) -> list[Finding]:
    return [finding for finding in description.findings if finding.kind == kind]


@pytest.mark.parametrize(("clock", "step", "unit"), [("time_s", 20, "ms"), ("time_ms", 0.02, "s")])
def test_the_wrong_unit_of_time_is_noticed_and_its_mend_gives_the_rate(
    clock: str, step: float, unit: str, tmp_path: Path
) -> None:
    folder = recordings(tmp_path, clock=clock, step=step)
    (finding,) = found(described(folder), "implausible_rates")
    assert "Then it is 50 Hz" in finding.text
    assert f"time_column='NAME:{unit}'" in finding.mend
    mended = described(folder, time_column=f"{clock}:{unit}")
    assert mended.sample_rate_hz == pytest.approx(50)
    assert not found(mended, "implausible_rates")


def test_a_usual_rate_is_not_asked_about(tmp_path: Path) -> None:
    assert not {"implausible_rates", "unknown_rates"} & {f.kind for f in described(recordings(tmp_path)).findings}


def test_recordings_without_times_are_told_until_the_rate_is_given(tmp_path: Path) -> None:
    folder = recordings(tmp_path, clock="")
    (finding,) = found(described(folder), "unknown_rates")
    assert "rate_hz" in finding.mend
    assert not found(described(folder, rate_hz=50.0), "unknown_rates")


@pytest.mark.parametrize(("factor", "words"), [(9.81, "m/s2 against g"), (1 / 9.81, "narrow"), (1000, "mg against g")])
def test_one_person_in_other_units_is_named_with_the_factor(factor: float, words: str, tmp_path: Path) -> None:
    for seed in range(3):  # p3 may be in val or test, whose rows are checked too
        asked = DataOptions(window=16)
        description = describe(load(str(recordings(tmp_path, odd=factor)), options=asked), seed, asked)
        (finding,) = found(description, "units_of_groups")
        assert finding.place == "group p3"
        assert words in finding.text


def test_people_who_differ_as_people_do_are_in_the_same_units(tmp_path: Path) -> None:
    assert not found(described(recordings(tmp_path, odd=2.5)), "units_of_groups")


@pytest.mark.parametrize("name", ["take", "trial", "repetition", "rep", "n"])
def test_a_number_that_is_constant_in_each_recording_is_told_to_be_left_out(name: str, tmp_path: Path) -> None:
    assert f"drop_columns={name!r}" in [
        f.mend.removeprefix("add ") for f in described(recordings(tmp_path, last=name)).findings
    ]


def test_a_folder_of_one_class_is_answered_with_the_folder_above(tmp_path: Path) -> None:
    recordings(tmp_path)
    with pytest.raises(InputError, match=f"give the folder above: {tmp_path}; else name the column"):
        load(str(tmp_path / "run"))
