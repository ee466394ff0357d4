"""Which rows are evaluated: those of the part that is asked for, with the classes and channels of the model."""

from dataclasses import replace

import numpy as np
import pytest

from nas.data.dataset import Dataset, Part
from nas.data.options import DataOptions
from nas.data.splits import split
from nas.errors import InputError
from nas.evaluation.channels import match_channels
from nas.evaluation.rows import as_model_reads, given_rows, own_rows, some_of_each_class

NAMES = ("idle", "walk", "run")


def dataset(rows: int = 90, seed: int = 0, **changes: object) -> Dataset:
    """Windows of two channels, a third of each class, without groups."""
    rng = np.random.default_rng(seed)
    part = Part(rng.normal(size=(rows, 8, 2)).astype(np.float32), np.arange(rows) % 3)
    return replace(Dataset("data.npz", part, NAMES, channel_names=("x", "y")), **changes)


def test_the_own_data_are_divided_as_for_the_training_and_the_test_set_is_evaluated():
    splits = split(dataset(), 3)
    assert own_rows(splits, None).part is splits.test
    assert own_rows(splits, None).notes == ()
    everything = own_rows(splits, "all")
    assert len(everything.part) == 90
    assert "took part in training" in everything.notes[0]
    assert "took part in training" in own_rows(splits, "val").notes[0]


def test_other_data_without_a_test_part_are_evaluated_as_a_whole():
    found = given_rows(dataset(), None, 0, DataOptions())
    assert (found.name, len(found.part), found.trained_on) == ("all", 90, False)


def test_of_other_data_with_a_test_part_this_is_evaluated():
    test = dataset(12, seed=1).train
    found = given_rows(dataset(test=test), None, 0, DataOptions())
    assert found.name == "test"
    assert found.part is test


def test_a_part_that_other_data_lack_is_the_one_that_a_search_would_make():
    found = given_rows(dataset(), "val", 5, DataOptions())
    assert np.array_equal(found.part.x, split(dataset(), 5).val.x)


def test_rows_of_a_single_class_can_be_evaluated():
    one = dataset(train=replace(dataset().train, y=np.zeros(90, int)))
    assert len(given_rows(one, None, 0, DataOptions()).part) == 90


def test_rows_with_missing_values_cannot_be_evaluated():
    x = dataset().train.x.copy()
    x[4, 0, 0] = np.nan
    with pytest.raises(InputError, match=r"data\.npz: x_train: must have finite values only, got 1 bad rows"):
        given_rows(dataset(train=replace(dataset().train, x=x)), None, 0, DataOptions())


def test_an_unknown_part_is_answered_with_the_known_ones():
    with pytest.raises(InputError, match=r"part.*tset.*test"):
        own_rows(split(dataset(), 0), "tset")


def test_classes_and_channels_are_brought_into_the_model_s_order():
    rows = given_rows(dataset(), None, 0, DataOptions())
    found = as_model_reads(rows, ("run", "idle", "walk", "swim"), ("y", "x"))
    assert [("run", "idle", "walk")[label] for label in found.part.y[:3]] == ["idle", "walk", "run"]
    assert np.array_equal(found.part.x, rows.part.x[..., ::-1])
    assert found.channel_names == ("y", "x")
    assert "no class swim" in found.notes[0]
    assert len(found.notes) == 3


def test_at_most_so_many_rows_of_each_class_are_drawn_and_the_same_again_with_the_same_seed():
    rows = given_rows(dataset(), None, 0, DataOptions())
    found = some_of_each_class(rows, 4, seed=1)
    assert np.bincount(found.part.y).tolist() == [4, 4, 4]
    assert "12 of 90 rows" in found.notes[-1]
    assert np.array_equal(found.part.x, some_of_each_class(rows, 4, seed=1).part.x)
    assert not np.array_equal(found.part.x, some_of_each_class(rows, 4, seed=2).part.x)


def test_the_time_of_a_row_is_known_where_the_reader_cut_windows_at_a_known_rate():
    assert given_rows(dataset(sample_rate_hz=50.0, stride=25), None, 0, DataOptions()).seconds_per_row == 0.5
    assert given_rows(dataset(sample_rate_hz=50.0), None, 0, DataOptions()).seconds_per_row is None


@pytest.mark.parametrize(
    ("data", "positions", "words"),
    [
        (("x", "y"), None, ""),
        ((), None, ""),
        (("y", "t", "x"), [2, 0], "by name; left out: t"),
        (("a", "b"), None, "in their order, since no name is the model's: a is x, b is y"),
    ],
)
def test_channels_are_taken_by_name_or_in_their_order(data, positions, words):
    found, note = match_channels(data, ("x", "y"), "data")
    assert found == positions
    assert words in note


def test_a_channel_that_the_data_lack_is_named():
    with pytest.raises(InputError, match=r"data: must have the model's channels, got no y; the data have x, z"):
        match_channels(("x", "z"), ("x", "y"), "data")
