"""Classes of data and of a model: matched by name whatever their order, by number where there are no names."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nas.errors import InputError
from nas.evaluation.class_names import match_classes

MODEL = ("idle", "walk", "run")


def test_equal_names_need_no_word():
    numbers, notes = match_classes(MODEL, MODEL, "data")
    assert (numbers.tolist(), notes) == ([0, 1, 2], ())


@settings(max_examples=25)
@given(st.permutations(MODEL))
def test_another_order_is_matched_by_name_and_told(names):
    numbers, notes = match_classes(names, MODEL, "data")
    assert [MODEL[number] for number in numbers] == names
    assert bool(notes) == (tuple(names) != MODEL)


def test_names_may_differ_in_capitals_and_punctuation_which_is_told():
    numbers, notes = match_classes(("Run", "WALK", "idle "), MODEL, "data")
    assert numbers.tolist() == [2, 1, 0]
    assert "Run is run" in " ".join(notes)


def test_a_class_that_the_data_lack_is_told():
    numbers, notes = match_classes(("idle", "run"), MODEL, "data")
    assert numbers.tolist() == [0, 2]
    assert notes == ("the data have no class walk, which the model knows",)


@pytest.mark.parametrize(("data", "model"), [(MODEL, ("0", "1", "2")), (("1", "2", "3"), MODEL)])
def test_where_one_side_has_no_names_classes_are_matched_by_their_order(data, model):
    numbers, notes = match_classes(data, model, "data")
    assert numbers.tolist() == [0, 1, 2]
    assert f"{data[0]} is {model[0]}" in notes[0]


@pytest.mark.parametrize("data", [("idle", "swim"), ("0", "1"), ("idle", "walk", "run", "swim")])
def test_a_class_that_the_model_does_not_know_is_refused(data):
    with pytest.raises(InputError, match=r"data: must have the model's classes idle, walk, run, got .*(swim|0, 1)"):
        match_classes(data, MODEL, "data")


def test_names_of_a_model_that_differ_only_in_punctuation_are_told_apart():
    assert match_classes(("+", "-"), ("-", "+"), "data")[0].tolist() == [1, 0]
