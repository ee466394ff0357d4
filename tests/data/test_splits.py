"""Splits keep groups apart, keep all rows unchanged, and depend on nothing but their arguments."""

import json
import pickle
from dataclasses import replace

import numpy as np
import pytest
from documents import RECORDED
from hypothesis import given
from hypothesis import strategies as st
from sklearn.dummy import DummyClassifier

from nas.data.dataset import Dataset, Part
from nas.data.options import DataOptions
from nas.data.source import load
from nas.data.splits import Splits, split
from nas.errors import InputError


def dataset(groups: np.ndarray | None, y: np.ndarray, **more: object) -> Dataset:
    """Rows whose first value is their number, so that a test can follow them through a split."""
    x = np.stack([np.arange(len(y)), np.arange(len(y)) ** 2 % 97], axis=1).astype(np.float32)
    return Dataset("here", Part(x, y.astype(np.int64), groups), tuple("abcdef"[: y.max() + 1]), **more)


def row_numbers(splits: Splits) -> dict[str, np.ndarray]:
    return {name: part.x[:, 0] for name, part in splits.parts().items()}


@st.composite
def grouped(draw: st.DrawFn) -> Dataset:
    """Three groups or more, each with every class, of uneven sizes."""
    classes = draw(st.integers(2, 4))
    sizes = draw(st.lists(st.integers(1, 5), min_size=3, max_size=12))
    groups = np.repeat(np.arange(len(sizes)), [size * classes for size in sizes])
    y = np.concatenate([np.repeat(np.arange(classes), size) for size in sizes])
    shuffled = np.random.default_rng(draw(st.integers(0, 99))).permutation(len(y))
    return dataset(groups[shuffled], y[shuffled])


@given(grouped(), st.integers(0, 1000))
def test_no_group_is_in_two_parts(data: Dataset, seed: int) -> None:
    parts = split(data, seed).parts().values()
    seen = [set(part.groups.tolist()) for part in parts]
    assert sum(map(len, seen)) == len(set.union(*seen))


@given(grouped(), st.integers(0, 1000))
def test_every_row_is_in_exactly_one_part(data: Dataset, seed: int) -> None:
    numbers = np.concatenate(list(row_numbers(split(data, seed)).values()))
    assert sorted(numbers) == list(range(len(data.train)))


@given(grouped(), st.integers(0, 1000))
def test_rows_keep_their_label_and_group(data: Dataset, seed: int) -> None:
    splits = split(data, seed)
    for name, numbers in row_numbers(splits).items():
        part = splits.parts()[name]
        np.testing.assert_array_equal(part.y, data.train.y[numbers.astype(int)])
        np.testing.assert_array_equal(part.groups, data.train.groups[numbers.astype(int)])


@given(grouped(), st.integers(0, 1000))
def test_every_class_is_in_every_part_when_every_group_has_it(data: Dataset, seed: int) -> None:
    for part in split(data, seed).parts().values():
        assert set(part.y) == set(range(len(data.class_names)))


fractions = st.sampled_from([0.01, 0.1, 0.25, 0.5])


@given(st.lists(st.integers(3, 40), min_size=2, max_size=5), st.integers(0, 1000), fractions, fractions)
def test_without_groups_every_part_has_every_class(counts: list[int], seed: int, val: float, test: float) -> None:
    data = dataset(None, np.repeat(np.arange(len(counts)), counts))
    splits = split(data, seed, DataOptions(val_fraction=val, test_fraction=test))
    assert all(set(part.y) == set(range(len(counts))) for part in splits.parts().values())


def test_a_class_in_few_groups_is_both_in_train_and_in_val() -> None:
    groups = np.repeat(np.arange(20), 10)
    y = np.where(np.isin(groups, (3, 4, 5)) & (np.arange(200) % 2 == 0), 1, 0)
    for seed in range(10):
        splits = split(dataset(groups, y), seed)
        assert 1 in splits.train.y
        assert 1 in splits.val.y


def test_a_class_in_a_single_group_stays_in_train() -> None:
    groups = np.repeat(np.arange(10), 10)
    y = (groups == 3).astype(int)
    assert all(1 in split(dataset(groups, y), seed).train.y for seed in range(10))


def test_the_same_arguments_give_the_same_split() -> None:
    data = dataset(np.repeat(np.arange(12), 10), np.tile([0, 1], 60))
    assert split(data, 3).digest == split(data, 3).digest


def test_the_digest_changes_with_the_split_a_label_a_value_or_a_name() -> None:
    data = dataset(np.repeat(np.arange(12), 10), np.tile([0, 1], 60))
    flipped = data.train.y.copy()
    flipped[:2] = flipped[1::-1]
    changed = data.train.x.copy()
    changed[0, 0] += 0.5
    others = [
        split(data, 4),
        split(replace(data, train=replace(data.train, y=flipped)), 3),
        split(replace(data, train=replace(data.train, x=changed)), 3),
        split(replace(data, class_names=("a", "z")), 3),
    ]
    assert len({split(data, 3).digest, *(other.digest for other in others)}) == 5


def test_the_digest_does_not_depend_on_the_path_of_the_data() -> None:
    data = dataset(None, np.tile([0, 1], 60))
    assert split(data, 3).digest == split(replace(data, source="elsewhere"), 3).digest


def test_parts_that_the_source_holds_separately_are_kept() -> None:
    data = dataset(np.repeat(np.arange(12), 10), np.tile([0, 1], 60))
    given_part = Part(np.full((4, 2), 7, np.float32), np.array([0, 1, 0, 1]), np.full(4, 99))
    splits = split(replace(data, test=given_part, val=given_part), 0)
    assert len(splits.train) == 120
    np.testing.assert_array_equal(splits.test.x, given_part.x)
    np.testing.assert_array_equal(splits.val.y, given_part.y)


def test_held_out_shares_follow_the_options() -> None:
    data = dataset(np.repeat(np.arange(40), 10), np.tile([0, 1], 200))
    splits = split(data, 0, DataOptions(val_fraction=0.25, test_fraction=0.1))
    assert len(splits.test) == pytest.approx(40, abs=10)
    assert len(splits.val) == pytest.approx(90, abs=20)


def test_the_majority_class_is_that_of_a_dummy_classifier() -> None:
    data = dataset(None, np.repeat([0, 1, 2], [60, 40, 20]))
    splits = split(data, 0)
    dummy = DummyClassifier(strategy="most_frequent").fit(splits.train.x, splits.train.y)
    assert splits.train.majority == dummy.predict(splits.test.x[:1])


def test_splits_survive_pickling() -> None:
    splits = split(dataset(np.repeat(np.arange(12), 10), np.tile([0, 1], 60)), 0)
    again = pickle.loads(pickle.dumps(splits))
    np.testing.assert_array_equal(again.train.x, splits.train.x)
    assert again.digest == splits.digest


def test_rows_are_float32_and_classes_int64() -> None:
    part = split(dataset(None, np.tile([0, 1], 60)), 0).train
    assert (part.x.dtype, part.y.dtype) == (np.float32, np.int64)


@pytest.mark.parametrize(
    ("groups", "y", "message"),
    [
        ([0] * 5 + [1] * 5, [0, 1] * 5, "group_train: must hold 3 groups or more"),
        ([0] * 10, [0, 1] * 5, "group_train: must hold 3 groups or more"),
        (None, [0] * 8 + [1] * 2, "every class must have 3 rows or more, one for each part, got only 2 of the class b"),
        (None, [0] * 8, "must hold two classes or more"),
        (list(range(4)), [0, 1, 2, 3], "a class must have two rows or more"),
    ],
)
def test_data_that_cannot_be_divided_are_refused(groups: list[int] | None, y: list[int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        split(dataset(None if groups is None else np.array(groups), np.array(y)), 0)


def test_a_search_refuses_nan() -> None:
    data = dataset(None, np.tile([0, 1], 60))
    data.train.x[17, 1] = np.nan
    with pytest.raises(InputError, match=r"x_train: must have finite values only, got 1 bad rows of 120, .* row 17"):
        split(data, 0)


def test_a_class_in_one_group_that_would_leave_training_is_refused() -> None:
    y = np.array([0, 0, 1, 1, 2, 2])
    with pytest.raises(InputError, match=r"every class must be in two groups or more, .* got one group with"):
        split(dataset(np.repeat(np.arange(3), 2), y), 0)


def test_the_largest_seed_splits_by_group() -> None:
    data = dataset(np.repeat(np.arange(12), 10), np.tile([0, 1], 60))
    assert all(map(len, split(data, 2**32 - 1).parts().values()))


def test_a_recorded_study_still_has_its_split() -> None:
    lines = (RECORDED / "studies" / "bc" / "study.journal").read_text().splitlines()
    identity = next(json.loads(line) for line in lines if "data content" in line)["user_attr"]["identity"]
    splits = split(load(identity["data"], seed=identity["seed"]), identity["seed"])
    assert splits.digest == identity["data content"]
