"""From where on a check speaks, and that it is silent just before."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from nas.data.checks.columns import label_columns, time_columns
from nas.data.checks.orientation import swapped_axes
from nas.data.checks.rates import implausible_rates
from nas.data.checks.units import units_of_groups
from nas.data.checks.values import clipped_channels, other_scale, outliers
from nas.data.dataset import Dataset, Part
from nas.data.finding import Finding

NAMES = ("sit", "walk", "run")


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def found(
    check: Callable[..., Iterator[Finding]], x: np.ndarray, y: np.ndarray | None = None, **fields
) -> list[Finding]:
    """What a check says of rows as the only part, with three classes in turn unless others are given."""
    groups, test = fields.pop("groups", None), fields.pop("test", None)
    part = Part(x.astype(np.float32), np.arange(len(x)) % 3 if y is None else y, groups)
    dataset = Dataset("here", part, NAMES, test=test, **fields)
    return list(check(dataset, dataset.parts()))


def with_column(rows: int, column: np.ndarray) -> np.ndarray:
    return np.concatenate([rng().normal(size=(rows, 2)), column[:, None]], axis=1)


@pytest.mark.parametrize(("rows", "count"), [(10, 0), (11, 1)])
def test_ten_equal_steps_number_the_rows_of_a_table(rows: int, count: int) -> None:
    assert len(found(time_columns, with_column(rows, 5 + 2 * np.arange(rows)))) == count
    assert not found(time_columns, with_column(rows, np.full(rows, 7.0)))


@pytest.mark.parametrize(("samples", "count"), [(2, 0), (3, 1)])
def test_windows_of_three_samples_may_increase_by_more_than_chance(samples: int, count: int) -> None:
    x = rng().normal(size=(40, samples, 2))
    x[:, :, 1] = np.cumsum(rng().uniform(0.1, 1, (40, samples)), axis=1)
    assert len(found(time_columns, x)) == count
    x[30, -1, 1] = x[30, -2, 1]
    assert not found(time_columns, x)


@pytest.mark.parametrize(("scale", "count"), [(1.0, 1), (1e3, 1), (1e6, 1), (1e9, 1), (10.0, 0), (1e-3, 0)])
def test_times_since_1970_in_s_ms_us_and_ns_are_found(scale: float, count: int) -> None:
    x = rng().normal(size=(40, 8, 2))
    x[:, :, 1] = scale * rng().uniform(1.0e9, 1.9e9, (40, 8))
    assert len(found(time_columns, x)) == count


@pytest.mark.parametrize(("rows", "count"), [(8, 0), (9, 1)])
def test_three_rows_of_each_class_are_enough_for_a_column_that_tells_it(rows: int, count: int) -> None:
    assert len(found(label_columns, with_column(rows, np.array([0.5, 0.25, 0.75])[np.arange(rows) % 3]))) == count


@pytest.mark.parametrize("classes", [2, 3])
def test_a_channel_whose_ranges_for_the_classes_do_not_touch_tells_the_class(classes: int) -> None:
    y, groups = np.arange(120) % classes, np.arange(120) // 12
    x = rng().normal(size=(120, 8, 2))
    x[:, :, 1] = (y + 0.9 * groups / groups.max())[:, None]
    assert [finding.place for finding in found(label_columns, x, y, groups=groups)] == ["channel 1"]
    x[:, :, 1] = (y + 1.1 * groups / groups.max())[:, None]
    assert not found(label_columns, x, y, groups=groups)


@pytest.mark.parametrize(("channels", "count"), [(31, 0), (32, 1)])
def test_rough_windows_with_four_times_as_many_channels_as_samples_look_swapped(channels: int, count: int) -> None:
    assert len(found(swapped_axes, np.random.default_rng(1).normal(size=(200, 8, channels)))) == count


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (0.05, "in milliseconds? Then it is 50 Hz"),
        (0.49, "in milliseconds? Then it is 490 Hz"),
        (20_001.0, "in seconds? Then it is 20.001 Hz"),
        (50_000.0, "in seconds? Then it is 50 Hz"),
        (0.5, None),
        (20_000.0, None),
        (0.0004, "the sample rate is 0.0004 Hz, which is rare"),
    ],
)
def test_a_rate_that_few_sensors_have_is_told_with_the_unit_that_would_make_it_a_usual_one(
    rate: float, words: str | None
) -> None:
    x = rng().normal(size=(9, 8, 2))
    told = found(implausible_rates, x, sample_rate_hz=rate, recordings=("a.csv",))
    assert [words in finding.text for finding in told] == ([] if words is None else [True])
    assert all(
        ("NAME:ms" if "milli" in f.text else "NAME:s" if "in s" in f.text else "check") in f.advice for f in told
    )
    without_files = found(implausible_rates, x, sample_rate_hz=rate)
    assert ["check the times" in finding.advice for finding in without_files] == [True] * len(told)


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (9.80665, "9.81 times as wide as in the other groups (m/s2 against g)"),
        (1 / 57.3, "times as narrow as in the other groups (degrees against radians)"),
        (1000.0, "(such as mg against g)"),
        (1 / 100, "(such as uT against gauss)"),
        (30.0, "30 times as wide as in the other groups"),
        (4.5, None),
        (1 / 4.5, None),
    ],
)
def test_a_group_that_is_five_times_as_wide_or_narrow_is_told_with_the_units_that_differ_so(
    factor: float, words: str | None
) -> None:
    one = rng().normal(size=(20, 16, 2))
    x, groups = np.concatenate([one, one, factor * one]), np.repeat(["ann", "bob", "cy"], 20)
    told = found(units_of_groups, x, groups=groups)
    assert [finding.text for finding in told if words and words in finding.text] == [f.text for f in told]
    assert [finding.place for finding in told] == ([] if words is None else ["group cy"])
    x[40:, :, 1] /= factor
    assert not found(units_of_groups, x, groups=groups), "one channel alone is no matter of units"
    assert not found(units_of_groups, x[20:], groups=groups[20:]), "of two groups, nobody knows which"


@pytest.mark.parametrize(("at_limit", "count"), [(9, 0), (10, 1)])
def test_ten_equal_values_at_an_extreme_are_a_clipped_channel(at_limit: int, count: int) -> None:
    values = np.random.default_rng(4).uniform(-1, 1, (12, 10, 1))
    values.reshape(-1)[:at_limit] = 1.5
    assert len(found(clipped_channels, values)) == count


def test_a_share_of_half_a_percent_at_one_extreme_is_a_clipped_channel_and_less_is_not() -> None:
    for at_limit, count in ((19, 0), (20, 1)):
        values = np.random.default_rng(4).uniform(-1, 1, (400, 10, 1))
        values.reshape(-1)[:at_limit] = -1.5
        told = found(clipped_channels, values)
        assert len(told) == count
        assert all("0.5 % of its values are -1.5 or " in finding.text for finding in told)


def test_outliers_are_counted_and_the_worst_and_the_first_are_named() -> None:
    x = rng().normal(size=(40, 8, 2))
    x[7, 3, 1], x[30, 2, 1] = -5e4, 2e4
    (told,) = found(outliers, x, channel_names=("ax", "ay"))
    assert told.text.startswith("ay has 2 values of up to -50000, ")
    assert told.text.endswith("the first is in row 7 of train, sample 3")
    assert not told.is_error
    x[7, 3, 1] = -5e7
    (told,) = found(outliers, x, channel_names=("ax", "ay"))
    assert told.is_error
    assert "scaled by its deviation, all others become 0" in told.text


@pytest.mark.parametrize(("factor", "count"), [(3.8, 0), (4.2, 1), (1 / 3.8, 0), (1 / 4.2, 1)])
def test_a_part_that_spreads_four_times_as_wide_or_narrow_is_at_another_scale(factor: float, count: int) -> None:
    x = rng().normal(size=(60, 8, 2))
    test = Part((factor * x).astype(np.float32), np.arange(60) % 3)
    told = found(other_scale, x, test=test)
    assert len(told) == count
    assert all(("wide" if factor > 1 else "narrow") in finding.text and "4.2 times" in finding.text for finding in told)


def test_one_channel_alone_is_at_another_scale_from_a_factor_of_20_on() -> None:
    x = rng().normal(size=(60, 8, 3))
    for factor, places in ((18.0, []), (22.0, ["c"])):
        test = Part((x * [1, 1, factor]).astype(np.float32), np.arange(60) % 3)
        told = found(other_scale, x, test=test, channel_names=("a", "b", "c"))
        assert [finding.text.partition(" spread ")[0].rpartition(" ")[2] for finding in told] == places
