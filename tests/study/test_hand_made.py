"""The hand-made network is a plain member of any space, as large as the budget allows and no larger."""

import pytest
from space_walk import SHAPES, row_of

from nas.space.blocks.conv import Conv
from nas.space.blocks.dense import Dense
from nas.space.file import load_space, space_names
from nas.study.hand_made import hand_made
from nas.target.budget import Budget
from nas.target.profiler import estimate
from nas.target.target import find_target

TARGET = find_target("cortex-m4")


def made(name: str, budget: Budget):
    space = load_space(name)
    shape = row_of(space, SHAPES)
    params = hand_made(space, shape, 5, TARGET, budget)
    return None if params is None else space.from_params(params, shape, 5)


@pytest.mark.parametrize("name", space_names())
@pytest.mark.parametrize("weights", [1500, 6000, 60_000])
def test_it_is_a_member_of_the_space_within_the_budget(name, weights):
    member = made(name, Budget(weights))
    assert member is not None
    assert estimate(member.lower(), TARGET).weights_bytes <= weights


@pytest.mark.parametrize("name", ["cnn_timeseries", "cnn_image"])
def test_of_a_space_of_convolutions_it_is_two_plain_ones_and_a_dense_layer(name):
    blocks = made(name, Budget()).blocks
    convolutions = [block for block in blocks if isinstance(block, Conv)]
    assert [(one.kind, one.filters, one.stride, one.pools, one.pool) for one in convolutions] == [
        ("plain", 16, 1, 1, "max")
    ] * 2
    assert [block.units for block in blocks if isinstance(block, Dense)] == [24]


def test_of_a_space_of_dense_layers_it_is_two_of_them():
    blocks = made("mlp_tabular", Budget()).blocks
    assert [(block.units, block.regularizer) for block in blocks if isinstance(block, Dense)] == [(32, "none")] * 2


def test_a_smaller_budget_makes_it_narrower_before_it_loses_blocks():
    blocks = made("cnn_timeseries", Budget(1500)).blocks
    filters = [block.filters for block in blocks if isinstance(block, Conv)]
    assert len(filters) == 2
    assert max(filters) < 16


def test_there_is_none_where_nothing_fits():
    assert made("cnn_timeseries", Budget(1)) is None
