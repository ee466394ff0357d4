"""A front-end in a space's file: fixed settings, searched ones, and what is refused."""

import json
import random
import tomllib
from itertools import product

import numpy as np
import pytest

from nas.errors import InputError
from nas.signal.mel import Mel
from nas.signal.raw import RAW
from nas.space.dims import RandomChooser
from nas.space.file import load_space, parse_space
from nas.space.front_end import check_rows, parse_front_end
from nas.space.space import Space
from nas.target.front_end import estimate_member, estimate_members
from nas.target.profiler import estimate
from nas.target.target import find_target

REST = """
description = "sound"
input = "window"
data = "sounds"
stages = ["head"]
[head]
block = "head"
"""
BOARD = "nucleo-f446re"


def parsed(front_end: str, start: str = "") -> Space:
    return parse_space(tomllib.loads(f"{REST}[front_end]\n{front_end}\n{start}"), "mine", "mine.toml")


def test_fixed_settings_are_in_every_member_and_listed_values_are_searched() -> None:
    space = parsed('front_end = "mel"\nwindow_size_ms = 40\nfilterbank_n_channels = [10, 20]')
    drawn = [space.sample(RandomChooser(seed), (16000, 1), 3).front_end for seed in range(20)]
    assert set(drawn) == {Mel(window_size_ms=40, filterbank_n_channels=n) for n in (10, 20)}
    params = {"front_end.filterbank_n_channels": 20, "head.0.kind": "flatten"}
    fixed = parsed('front_end = "mel"\nfilterbank_n_channels = [10, 20]').from_params(
        {key: value for key, value in params.items() if key.startswith("front_end")}, (16000, 1), 3
    )
    assert fixed.front_end == Mel(filterbank_n_channels=20)


def test_a_start_may_give_settings_of_the_front_end() -> None:
    space = parsed('front_end = "mel"\nwindow_size_ms = [30, 40]', "[[start]]\nfront_end = { window_size_ms = 40 }")
    assert space.starts == ({"front_end.window_size_ms": 40},)


@pytest.mark.parametrize(
    ("front_end", "message"),
    [
        ('name = "mel"', r"mine\.toml: front_end: must be a table with the key front_end; one of mel, raw"),
        ('front_end = "mell"', r"unknown front-end 'mell'; did you mean mel"),
        ('front_end = "mel"\nwindow = 3', r"unknown setting 'window'"),
        ('front_end = "mel"\nwindow_ms = 20\nwindow_size_ms = 20', r"must give each setting once"),
        (
            'front_end = "mel"\nfilterbank_n_channels = { low = 1, high = 300 }\n'
            "filterbank_upper_band_limit = { low = 1000, high = 1100 }",
            r"filterbank_n_channels, filterbank_upper_band_limit must have at most 20,000 combinations",
        ),
        ('front_end = "mel"\nwindow_size_ms = [20, 30]\nwindow_step_ms = [20, 30]', r"at most a frame apart"),
        ('front_end = "mel"\nwindow_size_ms = "long"', r"window_size_ms: must be a whole number"),
        ('front_end = "mel"\nfilterbank_upper_band_limit = [4000.0, 9000.0]', r"half the sample rate"),
    ],
)
def test_settings_that_do_not_go_together_are_refused_when_the_file_is_read(front_end: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parsed(front_end)


VALUES = {
    "window_size_ms": [10, 25, 40, 64, 128],
    "window_step_ms": [10, 20, 40],
    "filterbank_n_channels": [1, 8, 40],
    "filterbank_lower_band_limit": [0.0, 125.0, 900.0, 960.0],
    "filterbank_upper_band_limit": [950.0, 1000.0, 7500.0, 8000.0],
    "pcan_enable": [True, False],
    "pcan_offset": [20.0, 80.0],
    "pcan_gain_bits": [15, 16, 21],
    "noise_reduction_smoothing_bits": [2, 3, 4, 10],
    "log_scale_shift": [6, 12],
}


def drawn_table(chance: random.Random) -> dict[str, object]:
    """Some settings with some of their values, some of them on conditions."""
    names = chance.sample(list(VALUES), chance.randint(1, 5))
    table: dict[str, object] = {}
    for i, name in enumerate(names):
        values = chance.sample(VALUES[name], chance.randint(1, min(2, len(VALUES[name]))))
        earlier = names[:i]
        if earlier and chance.random() < 0.4:
            other = chance.choice(earlier)
            table[name] = {"choices": values, "when": {other: [chance.choice(VALUES[other])]}}
        else:
            table[name] = values
    return table


def every_member(table: dict[str, object]) -> list[dict[str, object]]:
    """The settings of all members, by their definition."""
    dims = {name: spec if isinstance(spec, dict) else {"choices": spec, "when": {}} for name, spec in table.items()}
    members = []
    for values in product(*(dim["choices"] for dim in dims.values())):
        chosen: dict[str, object] = {}
        for (name, dim), value in zip(dims.items(), values, strict=True):
            if all(chosen.get(other) in allowed for other, allowed in dim["when"].items()):
                chosen[name] = value
        members.append(chosen)
    return members


def test_a_space_is_accepted_if_and_only_if_all_of_its_front_ends_can_be_computed() -> None:
    outcomes = []
    for seed in range(300):
        table = drawn_table(random.Random(seed))
        valid = True
        for settings in every_member(table):
            try:
                Mel(**settings)  # type: ignore[arg-type]
            except InputError:
                valid = False
        try:
            parse_front_end({"front_end": "mel", **table}, "mine.toml")
            accepted = True
        except InputError:
            accepted = False
        assert accepted is valid, json.dumps(table)
        outcomes.append(valid)
    assert 50 < sum(outcomes) < 250


def test_settings_of_a_space_may_bear_other_names_in_conditions_and_starts_too() -> None:
    short = parsed(
        'front_end = "mel"\nwindow_ms = [30, 40]\npcan = [true, false]\n'
        "noise_reduction = { choices = [true, false], when = { pcan = [false] } }",
        "[[start]]\nfront_end = { window_ms = 40, pcan = false, noise_reduction = false }",
    )
    long = parsed(
        'front_end = "mel"\nwindow_size_ms = [30, 40]\npcan_enable = [true, false]\n'
        "noise_reduction_enable = { choices = [true, false], when = { pcan_enable = [false] } }",
        "[[start]]\nfront_end = { window_size_ms = 40, pcan_enable = false, noise_reduction_enable = false }",
    )
    assert short.front_end == long.front_end
    assert short.starts == long.starts


def test_data_of_another_rate_or_with_rows_too_short_are_refused_before_a_search() -> None:
    space = load_space("cnn_audio")
    assert space.front_end is not None
    check_rows(space.front_end, (16000, 1), 16000.0, "clips")
    with pytest.raises(InputError, match=r"clips: sample_rate_hz: must be the 16000 Hz.*rate_hz=16000"):
        check_rows(space.front_end, (16000, 1), 8000.0, "clips")
    with pytest.raises(InputError, match="rows must have at least the 1024 samples of a frame, got 1000"):
        check_rows(space.front_end, (1000, 1), 16000.0, "clips")


def test_ram_flash_and_latency_are_those_of_front_end_and_network_together() -> None:
    space, board = load_space("cnn_audio"), find_target(BOARD)
    members = [space.sample(RandomChooser(seed), (16000, 1), 3) for seed in range(10)]
    for member, totals in zip(members, estimate_members(members, board), strict=True):
        alone, both = estimate(member.lower(), board), estimate_member(member, board)
        cost = member.front_end.cost((16000, 1), board.core)
        assert both.ram_bytes == totals.ram_bytes == alone.ram_bytes + cost.ram_bytes
        assert both.flash_bytes == totals.flash_bytes == alone.flash_bytes + cost.table_bytes + cost.code_bytes
        spent = board.milliseconds(cost.instructions)
        assert both.latency_ms == totals.latency_ms == pytest.approx((alone.latency_ms or 0) + (spent or 0))
        assert both.to_json()["front_end"]["ram_bytes"] == cost.ram_bytes


def test_a_space_without_a_front_end_reads_the_rows() -> None:
    member = load_space("cnn_timeseries").sample(RandomChooser(0), (64, 3), 2)
    assert member.front_end == RAW
    assert "front_end" not in estimate_member(member, find_target(BOARD)).to_json()


def test_the_features_that_a_network_reads_are_kept_in_ram() -> None:
    one, two = (Mel().cost((samples, 1), "cortex-m4").ram_bytes for samples in (16000, 32000))
    frames = np.subtract(*(Mel().frames(samples) for samples in (32000, 16000)))
    assert two - one == frames * 40
