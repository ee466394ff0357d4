"""Columns that are no measurements: each kind is told by its own words, and images have no columns."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from nas.data.checks.by_class import apart_with_noise, told_by_class
from nas.data.checks.columns import constant_channels, label_columns, subject_columns, time_columns
from nas.data.checks.subjects import few_groups, missing_groups, numbered_files, one_class_groups, straddling_groups
from nas.data.checks.values import clipped_channels, other_scale, outliers, outlying_rows
from nas.data.dataset import Dataset, Part
from nas.data.finding import Finding
from nas.data.groups import FROM_NAMES

CLASSES = ("sit", "walk", "run")
Check = Callable[..., Iterator[Finding]]


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=shape)


def part_of(x: np.ndarray, groups: np.ndarray | None = None, y: np.ndarray | None = None) -> Part:
    return Part(x.astype(np.float32), np.arange(len(x)) % 3 if y is None else y, groups)


def found(check: Check, train: Part, **fields: Any) -> list[Finding]:
    data = Dataset("here", train, CLASSES, **fields)
    return list(check(data, data.parts()))


def table(column: np.ndarray, name: str) -> tuple[Part, dict[str, Any]]:
    """A table of two measurements and one more column."""
    x = np.concatenate([noise(len(column), 2), column[:, None]], axis=1)
    return part_of(x), {"channel_names": ("ax", "ay", name)}


@pytest.mark.parametrize("check", [label_columns, subject_columns, time_columns, constant_channels, outliers])
def test_an_image_has_no_columns(check: Check) -> None:
    x = np.zeros((12, 4, 4, 1))
    x[5, 0, 0, 0] = 1e9
    assert found(check, part_of(x), channel_names=("label",)) == []


@pytest.mark.parametrize(
    ("name", "kinds", "level"),
    [
        ("activity", 4, "error"),  # of eight rows, at most half may be kinds
        ("activity", 5, "warning"),
        ("label", 5, "error"),  # a sure word, whatever its values
        ("action", 4, "error"),  # a word for the class where it holds codes
        ("action", 5, None),
        ("acc", 4, None),
    ],
)
def test_a_named_column_is_an_error_if_its_name_is_sure_or_its_values_are_codes(
    name: str, kinds: int, level: str | None
) -> None:
    values = np.array([0, 1, 1, 0, 2, 3, 4 if kinds == 5 else 0, 0], float)
    train, fields = table(values, name)
    told = found(label_columns, train, **fields)
    assert [finding.level for finding in told] == ([] if level is None else [level])
    assert all(finding.options == {"drop_columns": name} for finding in told)


def test_a_named_column_of_parts_of_whole_numbers_holds_no_codes() -> None:
    train, fields = table(np.tile([0.5, 1.5], 12), "action")
    assert found(label_columns, train, **fields) == []
    train, fields = table(np.full(24, 3.0), "action")  # one kind is no code either
    assert found(label_columns, train, **fields) == []


@pytest.mark.parametrize(("broken", "told"), [(4, True), (5, False)])
def test_a_column_of_codes_may_change_within_a_tenth_of_the_windows(broken: int, told: bool) -> None:
    x = noise(40, 8, 2)
    x[:, :, 1] = (np.arange(40) % 2)[:, None]
    x[:broken, -1, 1] = 7
    assert bool(found(label_columns, part_of(x), channel_names=("ax", "action"))) is told


def test_a_class_in_a_column_is_told_by_its_form() -> None:
    y = np.arange(36) % 3
    windows = noise(36, 8, 2)
    windows[:, :, 1] = 0.25 * y[:, None]
    for x, words in (
        (
            windows,
            "b is constant in every window, and tells the class of every row by its value alone, as a label does",
        ),
        (np.stack([noise(36), 0.25 * y], axis=1), "b tells the class of every row by its value alone, as a label does"),
        (np.stack([noise(36), y + 0.01 * noise(36)], axis=1), "as a label with noise does; leave it out unless"),
    ):
        (told,) = found(label_columns, part_of(x), channel_names=("a", "b"))
        assert words in told.text
        assert told.is_error is ("noise" not in words)
        assert told.place == "b"


def test_a_channel_without_a_name_is_dropped_by_its_number() -> None:
    x = noise(36, 8, 2)
    x[:, :, 1] = 0.25 * (np.arange(36) % 3)[:, None]
    (told,) = found(label_columns, part_of(x))
    assert (told.place, told.options) == ("channel 1", {"drop_columns": "1"})


@pytest.mark.parametrize(
    ("name", "values", "told"),
    [
        ("subject", np.arange(24) // 6, True),
        ("subject 2", np.arange(24) // 6, True),
        ("subject", noise(24), False),
        ("speed", np.arange(24) // 6, False),
    ],
)
def test_a_column_named_like_a_person_with_codes_tells_who(name: str, values: np.ndarray, told: bool) -> None:
    train, fields = table(values, name)
    assert bool(found(subject_columns, train, **fields)) is told
    windows = noise(24, 8, 2)
    windows[:, :, 1] = values[:, None]
    assert bool(found(subject_columns, part_of(windows), channel_names=("ax", name))) is told
    windows[3, 0, 1] += 1  # within a window, a person does not change
    assert found(subject_columns, part_of(windows), channel_names=("ax", name)) == []


def test_a_channel_that_never_changes_within_a_recording_is_told_if_recordings_differ() -> None:
    groups, y = np.arange(36) // 12, np.arange(36) % 2
    x = noise(36, 8, 2)
    x[:, :, 1] = (groups + 10 * y * groups)[:, None]  # one value for each group and class
    assert [finding.place for finding in found(subject_columns, part_of(x, groups, y))] == ["channel 1"]
    assert found(subject_columns, part_of(x, None, y)) == []
    x[:, :, 1] = 3
    assert found(subject_columns, part_of(x, groups, y)) == []
    x[:, :, 1] = np.arange(36)[:, None]
    assert found(subject_columns, part_of(x, groups, y)) == []


def test_times_since_1970_are_told_with_the_first_and_constants_with_their_value() -> None:
    train, fields = table(1.7e9 + 1000 * np.arange(20.0), "clock")
    (told,) = found(time_columns, train, **fields)
    assert told.text.startswith("clock holds times since 1970, such as 17000000")
    train, fields = table(np.full(20, 1.7e9), "clock")
    assert found(time_columns, train, **fields) == []
    (told,) = found(constant_channels, train, **fields)
    assert told.text == "clock is constant in train, at 1.7e+09"
    train, fields = table(np.repeat([2.0, 3.0], 10), "step")
    assert found(constant_channels, train, **fields) == []


def test_rows_are_numbered_by_equal_steps_that_are_not_0() -> None:
    for values, told in ((np.arange(20) * -3.0, True), (np.append(np.arange(19), 30.0), False), (np.ones(20), False)):
        train, fields = table(values, "n")
        assert bool(found(time_columns, train, **fields)) is told


def test_one_value_for_each_class_is_told_with_three_rows_of_each_and_two_different_values() -> None:
    y = np.array([0, 0, 0, 1, 1, 1])
    level = np.array([[1, 5, 1, 7]] * 3 + [[1, 5, 2, 8]] * 3, float)
    level[1, 3] = 7.5
    assert told_by_class(level, y).tolist() == [False, False, True, False]
    assert told_by_class(level[[0, 1, 3, 4, 5]], y[[0, 1, 3, 4, 5]]).tolist() == [False] * 4
    order = np.random.default_rng(0).permutation(6)
    assert told_by_class(level[order], y[order]).tolist() == [False, False, True, False]


@pytest.mark.parametrize(("rows", "gap", "told"), [(4, 5.5, True), (4, 4.5, False), (3, 5.5, False)])
def test_clusters_of_four_rows_are_apart_by_five_times_their_width(rows: int, gap: float, told: bool) -> None:
    cluster = np.linspace(0, 1, rows)
    values = np.concatenate([cluster, 1 + gap + cluster])
    train = part_of(values[:, None], y=np.repeat([0, 1], rows))
    assert apart_with_noise(train).tolist() == [told]
    windows = np.stack([np.repeat(values[:, None], 8, axis=1)], axis=-1)
    assert apart_with_noise(part_of(windows, y=train.y)).tolist() == [told]
    assert apart_with_noise(part_of(values[:, None], y=np.zeros(2 * rows, int))).tolist() == [False]


def group_names(*names: str, rows: int = 6) -> np.ndarray:
    return np.repeat(np.array(names), rows)


def test_groups_in_two_parts_are_named_up_to_five() -> None:
    six, one = group_names(*"abcdef", rows=1), group_names("a", "x", "y", rows=2)
    train, test, val = (part_of(noise(6, 8, 2), groups) for groups in (six, six, one))
    told = {finding.place: finding.text for finding in found(straddling_groups, train, val=val, test=test)}
    words = "so the score is not one for new subjects"
    assert set(told) == {"group_val", "group_test"}
    assert told["group_val"] == f"1 group is both in train and in val, {words}: a"
    (both,) = found(straddling_groups, train, test=test)
    assert both.text == f"6 groups are both in train and in test, {words}: a, b, c, d, e, ..."
    five = part_of(noise(5, 8, 2), six[:5])
    assert found(straddling_groups, train, test=five)[0].text.endswith(": a, b, c, d, e")
    assert found(straddling_groups, train, test=part_of(noise(6, 8, 2))) == []


def test_windows_without_groups_are_told_with_what_to_give() -> None:
    train = part_of(noise(6, 8, 2))
    assert "group_train" in found(missing_groups, train)[0].advice
    assert "--group-column" in found(missing_groups, train, recordings=("a.csv",))[0].advice
    assert found(missing_groups, part_of(noise(6, 8, 2), group_names("a"))) == []
    assert found(missing_groups, part_of(noise(6, 2))) == []


@pytest.mark.parametrize(
    ("single", "names", "told"),
    [(3, 3, "all of 3 groups"), (2, 2, ""), (9, 10, "9 of 10 groups"), (8, 10, ""), (10, 10, "all of 10 groups")],
)
def test_groups_of_one_class_each_look_like_recordings(single: int, names: int, told: str) -> None:
    groups = np.repeat([f"p{n}" for n in range(names)], 2)
    y = np.array([0 if n < single or row == 0 else 1 for n in range(names) for row in (0, 1)])
    texts = [finding.text for finding in found(one_class_groups, part_of(noise(len(y), 8, 2), groups, y))]
    assert [text.partition(", such as p0,")[0] for text in texts] == ([told] if told else [])


def test_groups_of_one_row_each_are_no_recordings() -> None:
    assert found(one_class_groups, part_of(noise(6, 8, 2), np.array(list("abcdef")))) == []


def test_numbers_of_files_name_nobody() -> None:
    notes = (f"groups: {FROM_NAMES}",)
    for names, told in ((("01", "rec2"), True), (("01", "anna"), False), (("01",), False)):
        train = part_of(noise(6 * len(names), 8, 2), group_names(*names))
        assert bool(found(numbered_files, train, notes=notes)) is told
        assert found(numbered_files, train) == []
    assert found(numbered_files, part_of(noise(6, 8, 2)), notes=notes) == []


def test_few_groups_of_held_out_parts_are_counted() -> None:
    many, one, four, five = (group_names(*"abcdefgh"[:count], rows=2) for count in (8, 1, 4, 5))

    def told(val: np.ndarray, test: np.ndarray) -> list[str]:
        parts = {name: part_of(noise(len(groups), 8, 2), groups) for name, groups in (("val", val), ("test", test))}
        train = part_of(noise(16, 8, 2), many)
        return [finding.text.partition(":")[0] for finding in found(few_groups, train, **parts)]

    assert told(one, four) == ["val has 1 group and test has 4 groups"]
    assert told(five, four) == ["test has 4 groups"]
    assert told(five, five) == []


def test_a_part_with_no_class_of_train_has_no_scale_to_compare() -> None:
    train = part_of(noise(60, 8, 2), y=np.zeros(60, int))
    test = part_of(100 * noise(60, 8, 2), y=np.ones(60, int))
    assert found(other_scale, train, test=test) == []
    few = part_of(100 * noise(2, 8, 2), y=np.zeros(2, int))  # 16 values, of which the spread is not known
    assert found(other_scale, train, test=few) == []
    enough = part_of(100 * noise(3, 8, 2), y=np.zeros(3, int))
    assert len(found(other_scale, train, test=enough)) == 1


@pytest.mark.parametrize(("kinds", "told"), [(32, False), (33, True)])
def test_a_channel_of_few_kinds_of_values_is_a_switch_and_not_clipped(kinds: int, told: bool) -> None:
    values = np.append(np.zeros(300), np.arange(500) % kinds).reshape(10, 80, 1)
    assert bool(found(clipped_channels, part_of(values))) is told
    assert found(clipped_channels, part_of(values.reshape(-1, 1))) == []


def test_values_pile_up_at_a_limit_from_more_than_twice_the_nearest_on() -> None:
    steps = np.repeat(np.arange(40.0), 10)
    for at_limit, told in ((20, False), (21, True)):
        values = np.append(steps, np.full(at_limit, 40.0))
        assert bool(found(clipped_channels, part_of(values.reshape(1, -1, 1)))) is told


def test_a_mark_of_a_logger_is_an_outlier_where_another_value_of_its_size_is_none() -> None:
    x = noise(40, 8, 2)
    for value, told in ((999.0, True), (-999.0, True), (998.0, False), (-9999.0, True), (5000.0, True)):
        x[7, 3, 1] = value
        assert bool(found(outliers, part_of(x))) is told
        rows = outlying_rows(Dataset("here", part_of(x), CLASSES))["train"]
        assert np.flatnonzero(rows).tolist() == ([7] if told else [])
    x[7, 3, 1] = np.nan
    assert np.flatnonzero(outlying_rows(Dataset("here", part_of(x), CLASSES))["train"]).tolist() == [7]


def test_outliers_of_channels_that_hardly_change_are_enormous_ones() -> None:
    x = noise(40, 8, 2)
    x[:, :, 1] = 0.0
    for value, told in ((900.0, False), (1100.0, True)):
        x[7, 3, 1] = value
        assert bool(found(outliers, part_of(x))) is told
    x[:, :, 1] = -50.0
    for value, told in ((40_000.0, False), (60_000.0, True)):
        x[7, 3, 1] = value
        assert bool(found(outliers, part_of(x))) is told


def test_an_outlier_is_told_by_its_value_its_distance_its_place_and_its_file() -> None:
    x = noise(40, 8, 1)
    x[7, 3, 0] = 5e4
    files = np.arange(40) // 8
    train = Part(x.astype(np.float32), np.arange(40) % 3, None, recordings=files)
    (told,) = found(outliers, train, recordings=tuple(f"{n}.csv" for n in range(5)))
    usual = np.quantile(np.abs(np.sort(np.delete(x.ravel(), 59)) - np.median(x)), 0.98)
    times = float(told.text.partition(", ")[2].partition(" times")[0])
    assert times == pytest.approx(5e4 / usual, rel=0.1)
    assert told.text.startswith("channel 0 has a value of 50000, ")
    assert told.text.endswith(" times as far out as the others; the first is in row 7 of train, sample 3, from 0.csv")
    rows = noise(400, 1)  # of which the usual ones are known, although it is one of them
    rows[7, 0] = 5e7
    (told,) = found(outliers, part_of(rows))
    assert told.text.endswith("; scaled by its deviation, all others become 0; the first is in row 7 of train")
    assert not told.is_error  # of a table, only a warning
