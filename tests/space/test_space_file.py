"""Spaces from TOML files: counted, sampled, checked."""

import itertools
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from space_walk import SHAPES, SMALL, every_member, row_of, small

from nas.errors import InputError
from nas.space.blocks.conv import Conv
from nas.space.dims import RandomChooser
from nas.space.file import load_space, parse_space, space_names
from nas.space.space import Space
from nas.task.anomaly import Anomaly
from nas.task.multi_label import MultiLabel
from nas.task.reconstruction import FORECAST


def test_members_are_counted_without_being_made() -> None:
    members = list(every_member(small()))
    # conv: 2 kinds * (no pool, or max, or average) = 6; head: 2; dense: 3 * (none, or one of 2 rates) = 9.
    assert len(members) == small().members == (1 + 6 + 36) * 2 * 9


def when(choices: list[Any], **conditions: list[Any]) -> dict[str, Any]:
    return {"choices": choices, "when": conditions}


# Tables of at most 10 members a block, with conditions on one dimension, on two, and on a conditional one.
# `builds` keeps the order of the keys, which conditions need.
tables = st.builds(
    dict,
    block=st.just("dense"),
    count=st.sampled_from([0, 1, 2, [0, 1], [0, 2], {"low": 1, "high": 2}]),
    units=st.sampled_from([8, [8, 16]]),
    regularizer=st.sampled_from(["dropout", ["none", "l2"], ["none", "dropout"]]),
    dropout=st.sampled_from([0.1, when([0.1, 0.2], regularizer=["dropout"])]),
    batch_norm=st.sampled_from(
        [False, when([False, True], dropout=[0.1]), when([False, True], units=[8], regularizer=["none", "dropout"])]
    ),
)


@settings(max_examples=50)
@given(tables)
def test_the_number_of_members_equals_the_length_of_their_list(table: dict[str, Any]) -> None:
    source = {"description": "", "input": "table", "data": "wine", "stages": ["dense"], "dense": table}
    space = parse_space(source, "drawn", "drawn.toml")
    members = list(every_member(space))
    assert len({tuple(sorted(params.items())) for params in members}) == len(members) == space.members


def test_a_member_can_be_rebuilt_from_its_parameters() -> None:
    space = small()
    for params in itertools.islice(every_member(space), 0, None, 13):
        member = space.from_params(params, (64, 3), 4)
        assert [block.kind for block in member.blocks if isinstance(block, Conv)] == [
            params[f"conv.{i}.kind"] for i in range(int(params["conv.count"]))
        ]
        assert member == space.from_params(dict(reversed(params.items())), (64, 3), 4)


@pytest.mark.parametrize("name", space_names())
def test_a_seed_always_draws_the_same_member(name: str) -> None:
    space = load_space(name)
    for seed in range(20):
        one, two = (space.sample(RandomChooser(seed), row_of(space, SHAPES), 4) for _ in range(2))
        assert one == two


def test_a_parameter_that_this_member_does_not_have_is_refused() -> None:
    params = next(every_member(small())) | {"conv.0.pools": 1}
    with pytest.raises(InputError, match=r"params: conv\.0\.pools: must be a dimension"):
        small().from_params(params, (64, 3), 4)


def test_a_missing_parameter_is_named_with_its_values() -> None:
    with pytest.raises(InputError, match=r"params: conv\.count: must be given; one of 0\.\.2"):
        small().from_params({}, (64, 3), 4)


def test_rows_of_another_kind_are_refused_with_a_hint() -> None:
    with pytest.raises(InputError, match=r"rows must be a window with 2 axes, got shape \(30,\).*table"):
        small().sample(RandomChooser(0), (30,), 2)


def test_the_digest_depends_on_the_content_but_not_on_the_order_of_lines() -> None:
    tables = tomllib.loads(SMALL)
    backwards = parse_space(dict(reversed(tables.items())), "other", "other.toml")
    assert small().digest == backwards.digest
    tables["dense"]["units"] = 8
    assert small().digest != parse_space(tables, "small", "small.toml").digest


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("low = 0, high = 2", "low = 3, high = 2", "conv.count: low <= high must hold, got low=3, high=2"),
        ("filters = 8", "filters = { low = 32, high = 8 }", "conv.filters: low <= high must hold"),
        ("filters = 8", "filters = { low = 1, high = inf }", "conv.filters: high must be a number, got inf"),
        ("filters = 8", "filters = 0", "conv.filters: must be a whole number from 1 to 65,536, got 0"),
        ("filters = 8", "filters = 8.5", "conv.filters: must be a whole number"),
        ("filters = 8", "filtres = 8", "conv.filtres: must be one of the block's dimensions"),
        ('block = "conv"', 'block = "conv2"', "conv: unknown block 'conv2'; did you mean conv?"),
        ('block = "conv"', "", "conv: must be a table with the key block"),
        ('"max", "average"', '"max", "mean"', "conv.pool: must be one of max, average, got 'mean'"),
        ("pools = [1]", "pool = [1]", "conv.pool: when must name an earlier dimension of the table, got pool"),
        ("pools = [1]", "units = [1]", "conv.pool: when must name an earlier dimension of the table, got units"),
        ("{ pools = [1] }", "1", "conv.pool: when must be a table"),
        ('stages = ["conv",', 'stages = ["konv",', "every table must be listed in stages, got conv"),
        ('stages = ["conv",', 'stages = ["conv", "conv",', "stages: must differ, got conv"),
        ('"window"', '"windows"', "input: unknown input 'windows'; did you mean window?"),
        ('data = "synthetic"', "", "data: must be a str"),
        ("count = { low = 0, high = 2 }", "count = -1", "conv.count: must be whole numbers from 0 to 100"),
        ("count = { low = 0, high = 2 }", "count = [true]", "conv.count: must be whole numbers from 0 to 100"),
        ("count = { low = 0, high = 2 }", "count = [1, 1000]", "conv.count: must be whole numbers from 0 to 100"),
        ("count = { low = 0, high = 2 }", "count = 1000", "conv.count: must be whole numbers from 0 to 100, got 1000"),
        ("filters = 8", "filters = [1000000000]", "conv.filters: must be a whole number from 1 to 65,536"),
        (
            "data =",
            'reconstruction = "forecasts"\ndata =',
            "reconstruction: unknown reconstruction 'forecasts'",
        ),
        ('"window"', '"table"\nreconstruction = "forecast"', "reconstruction: only windows have a next step"),
        (
            "data =",
            'reconstruction = "forecast"\nfront_end = { front_end = "spectrum" }\ndata =',
            "reconstruction: must be of the rows themselves to forecast, got a front-end",
        ),
        ("description", "description = [", "must be valid TOML"),
    ],
)
def test_the_error_for_a_wrong_space_names_file_table_and_key(tmp_path: Any, old: str, new: str, line: str) -> None:
    assert old in SMALL
    (tmp_path / "mine.toml").write_text(SMALL.replace(old, new, 1))
    with pytest.raises(InputError) as error:
        load_space(str(tmp_path / "mine.toml"))
    assert "mine.toml: " in str(error.value)
    assert line in str(error.value)


def test_a_space_is_found_by_name_or_by_file(tmp_path: Any) -> None:
    (tmp_path / "mine.toml").write_text(SMALL)
    assert load_space(str(tmp_path / "mine.toml")).name == "mine"
    assert load_space("cnn_timeseries").input == "window"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("cnn_timeserie", "did you mean cnn_timeseries"),
        ("nowhere.toml", "nowhere.toml: must be a readable file, but there is none"),
        (".toml", "must be"),
    ],
)
def test_a_file_that_is_no_space_is_refused(name: str, line: str) -> None:
    with pytest.raises(InputError, match=line):
        load_space(name)


def test_a_start_has_the_defaults_of_its_blocks_for_all_values_that_it_leaves_out() -> None:
    space = small(start=[{"conv": [{"pools": 0}, {"kind": "separable"}]}])
    assert space.starts == (
        {
            "conv.count": 2,
            "conv.0.kind": "plain",
            "conv.0.pools": 0,
            "conv.1.kind": "separable",
            "conv.1.pools": 1,
            "conv.1.pool": "max",
            "head.0.kind": "global_average",
            "dense.0.units": 16,
            "dense.0.regularizer": "none",
        },
    )
    space.from_params(space.starts[0], (64, 3), 4)


def test_a_start_says_how_many_blocks_it_has_where_that_is_a_choice() -> None:
    space = small(head={"block": "head", "count": [1, 2]}, start=[{"head": [{}, {}]}, {}])
    assert [start["head.count"] for start in space.starts] == [2, 1]
    for start in space.starts:
        assert space.from_params(start, (64, 3), 4).blocks


@pytest.mark.parametrize(
    ("start", "line"),
    [
        ({}, "small.toml: start: must be an array of tables; such as [[start]]"),
        (
            [{"cov": []}],
            "small.toml: start[0]: unknown stage 'cov'; did you mean conv? known: conv, dense, head",
        ),
        ([{"conv": {}}], "small.toml: start[0].conv: must be a list of tables, one a block, got {}"),
        ([{"conv": [{}] * 3}], "small.toml: start[0].conv: count: must be one of 0..2, got 3"),
        ([{"head": []}], "small.toml: start[0].head: count: must be one of 1, got 0"),
        ([{"conv": [{"pools": 2}]}], "small.toml: start[0]: conv.0.pools: must be one of 0..1, got 2"),
        ([{"conv": [{"filters": 12}]}], "small.toml: start[0]: conv.0.filters: must be one of 8, got 12"),
        (
            [{"conv": [{"pools": 0, "pool": "max"}]}],
            "small.toml: start[0]: conv.0.pool: must be a dimension of this block; one of kind, filters, pools",
        ),
    ],
)
def test_the_error_for_a_wrong_start_names_its_place(start: Any, line: str) -> None:
    with pytest.raises(InputError) as error:
        small(start=start)
    assert str(error.value) == line


def test_a_space_has_at_most_32_stages_and_its_digest_12_digits() -> None:
    head = {"block": "head"}

    def space(count: int) -> Space:
        names = [f"stage{i}" for i in range(count)]
        rest = {"description": "", "input": "window", "data": "synthetic", "stages": names}
        return parse_space({**rest, **dict.fromkeys(names, head)}, "many", "many.toml")

    assert len(space(32).stages) == 32
    assert len(space(32).digest) == 12
    with pytest.raises(InputError, match=r"many\.toml: stages: must be at most 32, got 33"):
        space(33)


def test_detectors_give_again_what_their_space_says_and_other_tasks_stay_as_they_are() -> None:
    space = small(reconstruction=FORECAST)
    task = space.learning(Anomaly(false_alarm_rate=0.1)).task
    assert isinstance(task, Anomaly)
    assert (task.reconstruction, task.false_alarm_rate) == (FORECAST, 0.1)
    assert space.learning(MultiLabel()).task == MultiLabel()
