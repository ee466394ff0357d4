"""Architectures: round trips through JSON, and digests that identify networks."""

import dataclasses
import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from space_walk import row_of

from nas.errors import InputError
from nas.graph.graph import digest
from nas.space.architecture import Architecture
from nas.space.blocks.conv import Conv
from nas.space.blocks.dense import Dense
from nas.space.blocks.head import Head
from nas.space.dims import RandomChooser
from nas.space.file import load_space, space_names
from nas.task.classification import Classification

SHAPES = {"window": (64, 3), "image": (12, 12, 1), "table": (20,)}


loaded = cache(load_space)


def member(name: str, seed: int) -> Architecture:
    space = loaded(name)
    return space.sample(RandomChooser(seed), row_of(space, SHAPES), 4)


@pytest.mark.parametrize("name", space_names())
@given(seed=st.integers(0, 10**6))
def test_an_architecture_survives_a_round_trip_through_json(name: str, seed: int) -> None:
    architecture = member(name, seed)
    assert Architecture.from_json(json.loads(json.dumps(architecture.to_json()))) == architecture


@given(st.integers(0, 300), st.integers(0, 300))
def test_two_digests_are_equal_exactly_if_the_graphs_are(one: int, two: int) -> None:
    graphs = [member("cnn_timeseries", seed).lower() for seed in (one, two)]
    assert (digest(graphs[0]) == digest(graphs[1])) == (graphs[0] == graphs[1])


def window(*blocks: Any, time: int = 32) -> str:
    return digest(Architecture("any", (time, 3), 4, tuple(blocks)).lower())


def test_parameters_without_effect_do_not_change_the_digest() -> None:
    conv, head = Conv(pools=0, pool="max"), Head()
    assert window(conv, head) == window(Conv(pools=0, pool="average"), head)
    assert window(head, Dense(regularizer="none", dropout=0.1)) == window(head, Dense(regularizer="none", dropout=0.5))
    assert window(head, Dense(regularizer="dropout", l2=1e-3)) == window(head, Dense(regularizer="dropout", l2=1e-4))
    # A window of 8 is pooled to one position by 3 poolings; a fourth finds nothing, and both heads do the same.
    assert window(Conv(pools=3), Head("flatten"), time=8) == window(Conv(pools=4), Head("global_average"), time=8)


def test_options_of_training_change_the_digest() -> None:
    digests = {
        window(Conv(), Head()),
        window(Conv(batch_norm=False), Head()),
        window(Conv(kind="separable"), Head()),
        window(Conv(), Head("flatten")),
        window(Conv(), Head(), Dense(regularizer="none")),
        window(Conv(), Head(), Dense(regularizer="dropout")),
        window(Conv(), Head(), Dense(regularizer="l2")),
        window(Conv(), Head(), time=31),
    }
    assert len(digests) == 8


def test_the_name_of_the_space_does_not_change_the_digest() -> None:
    one, two = (Architecture(name, (20,), 3, (Dense(),)) for name in ("mine", "yours"))
    assert digest(one.lower()) == digest(two.lower())


def test_a_classifier_has_an_output_for_each_class() -> None:
    graph = Architecture("any", (20,), 7, ()).lower()
    assert [op.kind for op in graph.ops] == ["FULLY_CONNECTED", "SOFTMAX"]
    assert graph.tensors[graph.outputs[0]].shape == (1, 7)
    assert graph.weights_bytes == 20 * 7 + 7 * 4


def test_without_the_softmax_the_dense_layer_is_last_and_the_rest_the_same() -> None:
    with_it = Architecture("any", (20,), 7, (Dense(),))
    without = dataclasses.replace(with_it, task=Classification(softmax=False))
    assert without.lower().ops == with_it.lower().ops[:-1]
    assert Architecture.from_json(json.loads(json.dumps(without.to_json()))) == without


def test_a_head_between_convolutions_and_dense_blocks_is_optional() -> None:
    with_head = window(Conv(), Head("flatten"), Dense())
    assert window(Conv(), Dense()) == with_head


GOOD: dict[str, Any] = {"space": "s", "input_shape": [32, 3], "outputs": 4, "blocks": [{"block": "conv", "kernel": 5}]}


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"input_shape": 32}, "input_shape: must be 1 to 3 positive whole numbers, got 32"),
        ({"input_shape": [0, 3]}, "input_shape: must be 1 to 3 positive whole numbers"),
        ({"input_shape": [32.0, 3]}, "input_shape: must be 1 to 3 positive whole numbers"),
        ({"input_shape": [1, 2, 3, 4]}, "input_shape: must be 1 to 3 positive whole numbers"),
        ({"outputs": True}, "outputs: must be a positive whole number, got True"),
        ({"outputs": "4"}, "outputs: must be a positive whole number"),
        ({"softmax": 1}, "softmax: must be true or false, got 1"),
        ({"blocks": {}}, "blocks: must be a list"),
        ({"blocks": [{"kernel": 5}]}, r"blocks\[0\]: must be a table with the key block"),
        ({"blocks": ["conv"]}, r"blocks\[0\]: must be a table with the key block"),
        ({"blocks": [{"block": "con"}]}, r"blocks\[0\]: unknown block 'con'; did you mean conv"),
        ({"blocks": [{"block": "conv", "kernel": 0}]}, r"blocks\[0\].kernel: must be a whole number from 1"),
        ({"blocks": [{"block": "conv", "kernels": 3}]}, r"blocks\[0\].kernels: must be one of the block's dimensions"),
    ],
)
def test_the_error_for_a_wrong_value_names_its_place(change: dict[str, Any], line: str) -> None:
    with pytest.raises(InputError, match=f"^A.json: {line}"):
        Architecture.from_json(GOOD | change, "A.json")


@pytest.mark.parametrize("data", [{}, [], 5, None, "conv", ["space", "input_shape", "outputs", "blocks"]])
def test_data_that_are_no_architecture_are_refused(data: Any) -> None:
    with pytest.raises(InputError, match="must have the keys space, input_shape, outputs and blocks"):
        Architecture.from_json(data)


def test_a_digest_takes_the_operators_that_are_there_already() -> None:
    first, second = member("cnn_timeseries", 1), member("cnn_timeseries", 2)
    assert first.digest(first.lower()) == first.digest() != second.digest()
    assert first.digest(second.lower()) == second.digest()


def test_a_digest_is_that_of_the_operators_unless_there_is_a_front_end_which_it_then_names_too() -> None:
    raw = member("cnn_timeseries", 1)
    assert raw.digest() == digest(raw.lower())
    heard = member("cnn_audio", 1)
    other = dataclasses.replace(heard, front_end=dataclasses.replace(heard.front_end, filterbank_lower_band_limit=77.0))
    assert len({heard.digest(), other.digest(), digest(heard.lower())}) == 3
    assert digest(heard.lower()) == digest(other.lower())
