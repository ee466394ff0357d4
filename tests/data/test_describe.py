"""Descriptions count the rows of data and find their faults, also in data that a search refuses."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nas.data.dataset import Dataset, Part
from nas.data.describe import describe
from nas.data.options import DataOptions
from nas.data.prepared import prepare
from nas.data.source import load
from nas.data.splits import split


def sound() -> Dataset:
    """Forty subjects, two classes, three channels of noise."""
    rng = np.random.default_rng(0)
    part = Part(rng.normal(size=(240, 16, 3)).astype(np.float32), np.tile([0, 1], 120), np.repeat(np.arange(40), 6))
    return Dataset("here", part, ("walk", "run"), channel_names=("x", "y", "z"), sample_rate_hz=50.0)


def part(data: Dataset, rows: slice, **changes: np.ndarray) -> Part:
    return replace(data.train.take(np.arange(240)[rows]), **changes)


def nan(data: Dataset) -> Dataset:
    data.train.x[3, 2, 1] = np.nan
    return data


def constant(data: Dataset) -> Dataset:
    data.train.x[:, :, 1] = 2.5
    return data


def counting(data: Dataset) -> Dataset:
    data.train.x[:, :, 0] = np.arange(16) + 5
    return data


def clipped(data: Dataset) -> Dataset:
    np.clip(data.train.x, -1.5, 1.5, out=data.train.x)
    return data


def one_class(data: Dataset) -> Dataset:
    return replace(data, train=replace(data.train, y=np.zeros(240, np.int64)))


def unbalanced(data: Dataset) -> Dataset:
    return replace(data, train=replace(data.train, y=(np.arange(240) % 20 == 0).astype(np.int64)))


def absent_class(data: Dataset) -> Dataset:
    return replace(data, class_names=("walk", "run", "swim"))


def nan_group(data: Dataset) -> Dataset:
    groups = data.train.groups.astype(float)
    groups[4] = np.nan
    return replace(data, train=replace(data.train, groups=groups))


def switched(data: Dataset) -> Dataset:
    """A channel of two values only, as a switch gives."""
    data.train.x[:, :, 2] = data.train.x[:, :, 2] > 0
    return data


def no_groups(data: Dataset) -> Dataset:
    return replace(data, train=replace(data.train, groups=None))


def empty_test(data: Dataset) -> Dataset:
    return replace(data, test=part(data, slice(0, 0)))


def incomplete_test(data: Dataset) -> Dataset:
    fresh = np.random.default_rng(1).normal(size=(10, 16, 3)).astype(np.float32)
    return replace(data, test=Part(fresh, np.zeros(10, np.int64), np.full(10, 99)))


FAULTS: list[tuple[Callable[[Dataset], Dataset], str, str]] = [
    (nan, "errors", "x_train: must have finite values only, got 1 bad rows of 240, the first is row 3"),
    (one_class, "errors", "two classes or more, got walk"),
    (empty_test, "errors", "x_test: must have rows"),
    (absent_class, "errors", "y_train: must hold every class, got no swim"),
    (nan_group, "errors", "group_train: must have no NaN among the groups"),
    (constant, "warnings", "y is constant in train, at 2.5"),
    (counting, "warnings", "x increases in every window"),
    (clipped, "warnings", "z looks clipped"),
    (unbalanced, "warnings", "classes are unbalanced"),
    (no_groups, "warnings", "no groups"),
    (lambda data: replace(data, test=part(data, slice(0, 30))), "warnings", "30 rows of test are also in"),
    (lambda data: replace(data, test=part(data, slice(0, 30))), "warnings", "groups are both in"),
    (incomplete_test, "warnings", "test has no rows of run"),
]


@pytest.mark.parametrize(("spoil", "where", "line"), FAULTS)
def test_each_fault_is_found_and_named(spoil: Callable[[Dataset], Dataset], where: str, line: str) -> None:
    data = spoil(sound())
    if line == "30 rows of test are also in":
        data = replace(data, val=part(data, slice(200, 220)))
    assert any(line in found for found in getattr(describe(data), where))


@pytest.mark.parametrize("change", [lambda data: data, switched])
def test_sound_data_have_no_findings(change: Callable[[Dataset], Dataset]) -> None:
    description = describe(change(sound()))
    assert (description.errors, description.warnings) == ((), ())


@pytest.mark.parametrize("spoil", [spoil for spoil, _, _ in FAULTS])
def test_faulty_data_are_described_in_strict_json(spoil: Callable[[Dataset], Dataset]) -> None:
    json.dumps(describe(spoil(sound())).to_json(), allow_nan=False)


def test_a_description_shows_the_split_that_a_search_uses() -> None:
    splits, description = split(sound(), 7), describe(sound(), 7)
    for name, rows in splits.parts().items():
        summary = description.parts[name]
        assert summary.rows == len(rows)
        assert dict(enumerate(summary.class_counts)) == Counter(rows.y.tolist())
        assert summary.groups == tuple(str(group) for group in sorted(set(rows.groups.tolist())))
        assert summary.majority_baseline == (rows.y == splits.train.majority).mean()


def test_a_description_tells_which_parts_the_source_holds_separately() -> None:
    data = sound()
    data = replace(data, train=part(data, slice(0, 200)), test=part(data, slice(200, 240)))
    assert {name: summary.from_source for name, summary in describe(data).parts.items()} == {
        "train": True,
        "val": False,
        "test": True,
    }


def test_channel_statistics_are_those_of_the_training_rows() -> None:
    scaling, description = prepare(split(sound(), 7)).scaling, describe(sound(), 7)
    assert [channel.mean for channel in description.channels] == pytest.approx(scaling.mean)
    assert [channel.std for channel in description.channels] == pytest.approx(scaling.std)


def test_data_with_too_few_groups_to_split_are_described_unsplit() -> None:
    data = sound()
    data = replace(data, train=replace(data.train, groups=np.repeat([0, 1], 120)))
    description = describe(data)
    assert any("3 groups or more" in error for error in description.errors)
    assert {name: summary.rows for name, summary in description.parts.items()} == {"train": 240}


@pytest.mark.parametrize(
    ("file", "options"),
    [("uci_har_windows.npz", {}), ("uci_hapt_csv", {"window": 128, "stride": 64}), ("mnist_t10k.npz", {})],
)
def test_the_public_data_sets_have_no_findings(shared: Path, file: str, options: dict[str, int]) -> None:
    description = describe(load(str(shared / "data" / file), options=DataOptions(**options)))
    assert (description.errors, description.warnings) == ((), ())
