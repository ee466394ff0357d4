"""Findings: each kind of fault is found, named and mended, and sound data have none."""

import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nas.data.dataset import Dataset, Part
from nas.data.describe import Description, describe
from nas.data.names import LABELS
from nas.data.options import DataOptions
from nas.data.source import load
from nas.data.splits import split
from nas.errors import InputError
from nas.signal.kind import Kind

CLASSES = ("sit", "walk", "run")


def windows(rows: int = 360, samples: int = 32, channels: int = 3, seed: int = 0) -> np.ndarray:
    """Smooth noise [rows, samples, channels], as sensors give."""
    noise = np.random.default_rng(seed).normal(size=(rows, samples + 4, channels))
    return np.mean([noise[:, k : k + samples] for k in range(4)], axis=0).astype(np.float32)


def recorded(names: tuple[str, ...] = ("ax", "ay", "az"), **changes: object) -> Dataset:
    """Thirty subjects who each did the three classes, with the channels `names`."""
    y = np.tile([0, 1, 2], 120)
    part = Part(windows(channels=len(names)), y, np.repeat(np.arange(30), 12))
    return replace(Dataset("here", part, CLASSES, channel_names=names, sample_rate_hz=50.0), **changes)


def with_last(values: np.ndarray, name: str) -> Dataset:
    """Recordings whose last channel has the given values [rows] or [rows, samples] and name."""
    data = recorded(("ax", "ay", name))
    data.train.x[:, :, 2] = values if values.ndim == 2 else values[:, None]
    return data


def table(column: np.ndarray, name: str) -> Dataset:
    """A table of measurements and one more column."""
    x = np.random.default_rng(0).normal(size=(360, 4)).astype(np.float32)
    x[:, 3] = column
    return Dataset("here", Part(x, np.tile([0, 1, 2], 120)), CLASSES, channel_names=("a", "b", "c", name))


Y = np.tile([0, 1, 2], 120)
SUBJECT = np.repeat(np.arange(30), 12)
NOISE = np.random.default_rng(5).normal(size=360)


def kinds(data: Dataset, options: DataOptions | None = None) -> set[tuple[str, str]]:
    return {(finding.kind, finding.level) for finding in describe(data, 0, options).findings}


@pytest.mark.parametrize(
    "name", ["label", "Label", "class", "classID", "activity_id", "Target", "true_label", "y", "code7"]
)
def test_a_column_of_labels_is_refused_whatever_its_name(name: str) -> None:
    for data in (with_last(Y + 1.0, name), table(Y + 1.0, name)):
        assert kinds(data) == {("label_columns", "error")}
        with pytest.raises(InputError, match=rf"here: {name}: .*; add drop_columns='{name}'$"):
            split(data, 0)


@pytest.mark.parametrize("form", ["{}", "{}_ID", "true {}", "{}Name"])
def test_a_column_that_a_table_takes_for_the_class_is_refused_as_a_channel(tmp_path: Path, form: str) -> None:
    for word in sorted(LABELS):
        name = form.format(word)
        (tmp_path / "one.csv").write_text(
            f"ax,ay,{name}\n" + "".join(f"{n % 7}.5,{n % 5}.25,{n % 3}\n" for n in range(30))
        )
        assert len(load(str(tmp_path / "one.csv")).class_names) == 3, name
        assert ("label_columns", "error") in kinds(with_last(Y + 1.0, name)), name


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(np.array([5.0, 5.0, 9.0])[Y], id="two classes share a value"),
        pytest.param(np.array([0.25, 0.5, 0.125])[Y], id="fractions"),
        pytest.param(np.array([-1e6, 0, 1e6])[Y], id="large"),
        pytest.param(100 * Y + SUBJECT, id="sessions in the order of the classes"),
    ],
)
def test_a_channel_whose_constant_tells_the_class_is_refused(values: np.ndarray) -> None:
    assert kinds(with_last(values, "gain")) == {("label_columns", "error")}


def test_a_label_column_in_which_some_windows_span_two_labels_is_refused() -> None:
    values = np.repeat(Y[:, None], 32, axis=1).astype(float)
    values[::20, 16:] = 2 - values[::20, 16:]
    assert kinds(with_last(values, "activity")) == {("label_columns", "error")}


@pytest.mark.parametrize("name", ["y", "acc_y", "target_speed", "activity_count", "classic", "labile"])
def test_measurements_with_names_like_a_label_are_no_findings(name: str) -> None:
    assert kinds(recorded(("ax", "ay", name))) == kinds(table(NOISE, name)) == set()


def test_the_axes_x_y_z_are_no_labels_even_if_y_is_a_code() -> None:
    data = recorded(("x", "y", "z"))
    data.train.x[:, :, 1] = (NOISE > 0)[:, None]
    assert "label_columns" not in {kind for kind, _ in kinds(data)}


def test_a_measurement_that_is_named_like_a_label_is_only_a_warning() -> None:
    assert kinds(recorded(("ax", "ay", "activity"))) == {("label_columns", "warning")}


@pytest.mark.parametrize(
    ("name", "values"), [("subject", SUBJECT), ("user_id", SUBJECT + 100), ("height", 150 + SUBJECT / 7)]
)
def test_a_channel_that_tells_the_subject_is_found(name: str, values: np.ndarray) -> None:
    assert kinds(with_last(values, name)) == {("subject_columns", "warning")}


def test_epochs_in_milliseconds_are_found_although_float32_rounds_them_to_steps_of_two_minutes() -> None:
    times = 1.7e12 + 20.0 * np.arange(360 * 32).reshape(360, 32)
    assert len(np.unique(times.astype(np.float32)[0])) < 3
    assert kinds(with_last(times, "epoch")) == {("time_columns", "warning")}


@pytest.mark.parametrize("values", [np.arange(360) * 1.0, 7 + np.arange(360)[::-1] * 2.0])
def test_row_numbers_of_a_table_are_found(values: np.ndarray) -> None:
    assert kinds(table(values, "n")) == {("time_columns", "warning")}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(with_last((NOISE > 0) * 1.0, "switch"), id="a switch"),
        pytest.param(with_last(NOISE, "temperature"), id="a slow measurement"),
        pytest.param(table((NOISE > 0) * 1.0, "flag"), id="a flag of a table"),
        pytest.param(table(np.exp(3 * NOISE), "income"), id="a skewed measurement"),
    ],
)
def test_odd_but_honest_channels_are_no_findings(data: Dataset) -> None:
    assert kinds(data) == set()


def test_a_column_that_is_kept_is_not_refused() -> None:
    kept = split(with_last(Y * 1.0, "label"), 0, DataOptions(keep_columns="label"))
    assert kept.input_shape == (32, 3)
    assert kept.findings == ()


def npz(tmp_path: Path, data: Dataset, **more: object) -> str:
    path = tmp_path / "data.npz"
    arrays = {"x_train": data.train.x, "y_train": data.train.y, "group_train": data.train.groups}
    if data.channel_names:
        arrays["channel_names"] = np.array(data.channel_names)
    np.savez(path, **arrays, **more)
    return str(path)


def mended(description: Description) -> Description:
    """Do what the last line of `nas data` says."""
    assert description.mend is not None
    words = shlex.split(description.mend)
    flags = dict(zip((word.lstrip("-").replace("-", "_") for word in words[3::2]), words[4::2], strict=True))
    options = DataOptions(**{key: value == "true" if value == "true" else value for key, value in flags.items()})
    return describe(load(words[2], options=options), 0, options)


@pytest.mark.parametrize("unnamed", [False, True])
def test_the_command_of_the_verdict_mends_what_it_can(tmp_path: Path, unnamed: bool) -> None:
    data = recorded(("label", "ax", "subject", "ay"))
    data.train.x[:, :, 0], data.train.x[:, :, 2] = Y[:, None], 100 + SUBJECT[:, None]
    data.train.x[::12, 3, 1] = 1e30
    source = npz(tmp_path, replace(data, channel_names=() if unnamed else data.channel_names))
    before = describe(load(source))
    assert before.verdict == "2 errors and 1 warning; a search refuses these data"
    after = mended(before)
    assert after.verdict == "ready to search"
    assert after.mend is None
    assert (after.row_shape, sum(part.rows for part in after.parts.values())) == ((32, 2), 330)


def test_an_unknown_column_is_refused_by_its_name(tmp_path: Path) -> None:
    source = npz(tmp_path, recorded())
    with pytest.raises(InputError, match="drop_columns: unknown column 'lable'"):
        load(source, options=DataOptions(drop_columns="ax,lable"))
    with pytest.raises(InputError, match="drop_columns: must leave a column"):
        load(source, options=DataOptions(drop_columns="ax, AY,az"))


@pytest.mark.parametrize(
    ("value", "level"),
    [(1e30, "error"), (-1e12, "error"), (-9999.0, "warning"), (999.0, "warning"), (40_000.0, "warning")],
)
def test_a_value_out_of_all_proportion_is_found_with_its_place(value: float, level: str) -> None:
    data = recorded()
    data.train.x[17, 5, 1] = value
    [finding] = describe(data).findings
    assert (finding.kind, finding.level, finding.place) == ("outliers", level, "ay")
    assert "sample 5" in finding.text


def test_a_ruinous_value_in_the_test_set_alone_is_only_a_warning() -> None:
    data = with_test(1.0)
    data.test.x[4, 2, 0] = 1e30
    [finding] = describe(data).findings
    assert (finding.kind, finding.level) == ("outliers", "warning")
    assert "row 4 of test, sample 2" in finding.text


def test_an_outlier_is_told_by_the_file_that_holds_it() -> None:
    data = recorded(recordings=tuple(f"rec/{n}.csv" for n in range(36)))
    data.train.x[17, 5, 1] = 1e30
    data = replace(data, train=replace(data.train, recordings=np.arange(360) // 10))
    [finding] = describe(data).findings
    assert finding.text.endswith("from rec/1.csv")


@pytest.mark.parametrize("peak", [20.0, 60.0])
def test_rare_strong_events_are_no_outliers(peak: float) -> None:
    data = recorded()
    data.train.x[17, 5:8, 1] *= peak
    assert kinds(data) == set()


def test_two_extremes_of_150_values_are_not_clipping() -> None:
    x = np.random.default_rng(3).normal(size=(15, 10, 1)).astype(np.float32)
    data = Dataset("here", Part(x, np.arange(15) % 2, np.arange(15) % 5), ("a", "b"), test=None)
    assert not {"clipped_channels"} & {kind for kind, _ in kinds(data)}


@pytest.mark.parametrize("digits", [1, 2])
def test_rounded_measurements_are_not_clipped_but_a_pile_at_the_limit_is(digits: int) -> None:
    rounded = recorded()
    np.round(rounded.train.x, digits, out=rounded.train.x)
    assert "clipped_channels" not in {kind for kind, _ in kinds(rounded)}
    np.clip(rounded.train.x, -0.8, 0.8, out=rounded.train.x)
    assert ("clipped_channels", "warning") in kinds(rounded) or digits == 1


def with_test(factor: float | np.ndarray, y: np.ndarray = Y[:90]) -> Dataset:
    data = recorded()
    fresh = windows(len(y), seed=9) * np.asarray(factor, np.float32)
    return replace(data, test=Part(fresh, y, np.repeat(np.arange(100, 106), len(y) // 6)))


@pytest.mark.parametrize("factor", [9.80665, 1 / 9.80665, 1000.0, np.array([1.0, 1.0, 57.3])])
def test_a_test_set_in_other_units_is_found(factor: float | np.ndarray) -> None:
    assert kinds(with_test(factor)) == {("other_scale", "warning")}


@pytest.mark.parametrize("factor", [1.0, 2.0, 0.5])
def test_a_test_set_that_is_a_little_livelier_is_no_finding(factor: float) -> None:
    assert kinds(with_test(factor)) == set()


def test_a_test_set_with_more_rows_of_a_lively_class_is_no_finding() -> None:
    data = with_test(1.0, np.array([0, 2, 2, 2, 1, 2] * 15))
    liveliness = np.array([0.05, 1.0, 5.0], np.float32)
    for part in (data.train, data.test):
        part.x[:] *= liveliness[part.y][:, None, None]
    assert kinds(data) <= {("unbalanced_classes", "warning")}


def test_equal_rows_of_different_classes_are_found_with_the_accuracy_that_they_allow() -> None:
    data = recorded()
    data.train.x[3], data.train.x[7] = data.train.x[1], data.train.x[1]
    description = describe(data)
    [line] = [finding.text for finding in description.findings if "another class" in finding.text]
    labels = [Y[1], Y[3], Y[7]]
    best = (360 - 3 + max(labels.count(label) for label in labels)) / 360
    assert f"no model can be right on more than {100 * best:.1f} %" in line


def test_a_subject_in_two_given_parts_is_found_and_the_command_divides_the_rows_anew(tmp_path: Path) -> None:
    data = with_test(1.0)
    shared = np.repeat(np.arange(25, 31), 15)
    source = npz(tmp_path, data, x_test=data.test.x, y_test=data.test.y, group_test=shared)
    before = describe(load(source))
    assert ("straddling_groups", "warning") in {(finding.kind, finding.level) for finding in before.findings}
    after = mended(before)
    assert after.verdict == "ready to search"
    groups = [group for part in after.parts.values() for group in part.groups or ()]
    assert sorted(groups, key=int) == [str(group) for group in range(31)]


def test_groups_that_have_one_class_each_are_found() -> None:
    data = recorded()
    own = np.char.add(np.array(CLASSES)[Y], (SUBJECT % 10).astype(str))
    data = replace(data, train=replace(data.train, groups=own))
    assert ("one_class_groups", "warning") in kinds(data)


@pytest.mark.parametrize("subjects", [3, 12, 20])
def test_too_few_held_out_groups_for_an_interval_are_found_with_the_number_to_record(subjects: int) -> None:
    data = recorded()
    few = replace(data, train=replace(data.train, groups=np.arange(360) // 3 % subjects))
    [finding] = [finding for finding in describe(few).findings if finding.kind == "few_groups"]
    assert "about 25 in all" in finding.mend
    enough = replace(data, train=replace(data.train, groups=np.arange(360) // 3 % 25))
    assert kinds(enough) == set()


@pytest.mark.parametrize(("samples", "channels"), [(3, 128), (6, 128), (9, 24)])
def test_windows_with_channels_first_are_found_and_mended(tmp_path: Path, samples: int, channels: int) -> None:
    data = recorded()
    swapped = replace(
        data, train=replace(data.train, x=windows(360, channels, samples).swapaxes(1, 2)), channel_names=()
    )
    before = describe(load(npz(tmp_path, swapped)))
    assert "swapped_axes" in {finding.kind for finding in before.findings}
    assert mended(before).row_shape == (channels, samples)


def test_channel_names_that_fit_the_other_axis_ask_for_channels_first(tmp_path: Path) -> None:
    data = recorded()
    swapped = replace(data, train=replace(data.train, x=data.train.x.swapaxes(1, 2).copy()), channel_names=())
    source = npz(tmp_path, swapped, channel_names=np.array(["ax", "ay", "az"]))
    with pytest.raises(InputError, match=r"must name 32 channels, got 3; .* add channels_first=True"):
        load(source)
    assert load(source, options=DataOptions(channels_first=True)).train.x.shape == (360, 32, 3)


def test_a_short_window_of_many_named_channels_that_is_smooth_in_time_is_no_finding() -> None:
    names = tuple(f"electrode {n}" for n in range(64))
    data = recorded()
    data = replace(data, train=replace(data.train, x=windows(360, 16, 64)), channel_names=names)
    assert kinds(data) == set()


def square(kind: str) -> np.ndarray:
    noise = np.random.default_rng(2).normal(size=(60, 16, 16))
    if kind == "image":  # alike along both axes
        noise = np.cumsum(np.cumsum(noise, axis=1), axis=2)
    return noise.astype(np.float16)


CASES: list[tuple[np.ndarray, dict[str, object], Kind | None, Kind]] = [
    (square("signal"), {}, None, Kind.WINDOW),
    (square("image"), {}, None, Kind.IMAGE),
    (square("image"), {}, Kind.WINDOW, Kind.WINDOW),
    (square("signal"), {}, Kind.IMAGE, Kind.IMAGE),
    (square("image"), {"sample_rate_hz": 50}, None, Kind.WINDOW),
    (square("image"), {"channel_names": np.array([f"c{n}" for n in range(16)])}, None, Kind.WINDOW),
    (np.full((60, 64, 3), 90, np.uint8), {}, None, Kind.WINDOW),
    (np.full((60, 28, 28), 90, np.uint8), {}, None, Kind.IMAGE),
    (np.full((60, 28, 28), 90, np.uint8), {}, Kind.WINDOW, Kind.WINDOW),
    (np.full((60, 28, 20), 90, np.uint8), {}, None, Kind.IMAGE),
    (np.zeros((60, 128)), {}, Kind.WINDOW, Kind.WINDOW),
    (np.zeros((60, 128)), {}, None, Kind.TABLE),
]


@pytest.mark.parametrize(("x", "more", "asked", "kind"), CASES)
def test_space_rate_and_names_decide_what_rows_are_and_then_shape_and_values(
    tmp_path: Path, x: np.ndarray, more: dict[str, object], asked: Kind | None, kind: Kind
) -> None:
    np.savez(tmp_path / "data.npz", x_train=x, y_train=np.arange(60) % 3, **more)
    assert load(str(tmp_path / "data.npz"), options=DataOptions(kind=asked)).kind == kind


def test_what_was_assumed_of_square_rows_is_told(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", x_train=square("signal"), y_train=np.arange(60) % 3)
    [note] = load(str(tmp_path / "data.npz")).notes
    assert "taken for windows" in note
    assert "--kind image" in note


def test_a_study_takes_what_rows_are_from_its_space(tmp_path: Path) -> None:
    from nas import Study, load_data

    np.savez(tmp_path / "data.npz", x_train=(square("image") > 0).astype(np.uint8), y_train=np.arange(60) % 3)
    for space, shape in (("cnn_timeseries", (16, 16)), ("cnn_image", (16, 16, 1))):
        study = Study(space=space, data=str(tmp_path / "data.npz"), objective="accuracy")
        assert load_data(study).input_shape == shape


@pytest.mark.parametrize("spoil", [lambda x: x * 1e300, lambda x: x.astype(np.float64) * 1e39])
def test_numbers_beyond_float32_are_refused_without_a_warning_of_numpy(
    tmp_path: Path, spoil: Callable[[np.ndarray], np.ndarray]
) -> None:
    data = recorded()
    x = spoil(data.train.x.astype(np.float64))
    np.savez(tmp_path / "data.npz", x_train=x, y_train=Y)
    errors = describe(load(str(tmp_path / "data.npz"))).errors
    assert any("must have finite values only" in error for error in errors)


@pytest.mark.parametrize("source", ["synthetic", "digits", "wine", "breast_cancer"])
def test_the_sources_that_come_with_the_package_have_no_findings(source: str) -> None:
    assert describe(load(source)).verdict == "ready to search"


@pytest.mark.parametrize("noise", [0.001, 0.02])
def test_a_channel_that_holds_the_class_and_a_little_noise_is_warned_of(noise: float) -> None:
    samples = np.random.default_rng(5).normal(10 + Y[:, None], noise, (360, recorded(("a", "b", "c")).train.x.shape[1]))
    for data in (with_last(samples, "mode"), table(10 + Y + noise * NOISE, "mode")):
        assert kinds(data) == {("label_columns", "warning")}
        assert "mode tells the class of every row" in describe(data, 0).warnings[0]


def test_a_measurement_by_which_classes_overlap_or_nearly_do_is_not_warned_of() -> None:
    for noise in (0.12, 0.3):
        assert kinds(table(Y + noise * NOISE, "mode")) == set()


def test_a_cluster_of_few_rows_may_be_chance() -> None:
    data = Dataset("here", Part(np.eye(6, 4, dtype=np.float32) * 9, np.tile([0, 1], 3)), ("a", "b"))
    assert not any("as a label with noise" in one.text for one in describe(data, 0).findings)
