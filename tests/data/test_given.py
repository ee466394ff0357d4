"""Data from Python: arrays and frames become the same rows as files do, and are kept with a study."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import forms
import numpy as np
import pandas as pd
import pytest

import nas
from nas.api.data import keep_data
from nas.data.source import load
from nas.data.splits import split
from nas.errors import InputError

X, Y, GROUPS = forms.expected(forms.takes())


def test_a_frame_gives_the_rows_of_the_file_that_it_came_from(tmp_path: Path) -> None:
    forms.put(tmp_path / "all.csv", forms.join(forms.whole()))
    options = nas.DataOptions(window=forms.WINDOW, stride=forms.STRIDE)
    file = load(str(tmp_path / "all.csv"), options=options)
    given = nas.Data.from_frame(
        forms.frame(), label="activity", group="subject", time="time_ms", window=forms.WINDOW, stride=forms.STRIDE
    ).dataset()
    assert split(given, 0).digest == split(file, 0).digest


def test_a_frame_with_times_as_its_index_is_read() -> None:
    frame = forms.frame()
    frame["time_ms"] = pd.to_datetime(frame["time_ms"], unit="ms", utc=True)
    data = nas.Data.from_frame(frame.set_index("time_ms"), window=forms.WINDOW).dataset()
    assert data.sample_rate_hz == forms.RATE_HZ
    assert data.channel_names == forms.CHANNELS


@pytest.mark.parametrize("kind", [pd.to_datetime, pd.to_timedelta])
@pytest.mark.parametrize("named", [True, False])
def test_a_frame_indexed_by_the_time_alone_is_read(named: bool, kind: Callable[..., pd.Series]) -> None:
    frame = forms.frame()
    frame.index = kind(frame.pop("time_ms"), unit="ms")
    frame.index.name = "when" if named else None
    data = nas.Data.from_frame(frame, time="when" if named else None, window=forms.WINDOW).dataset()
    assert (data.sample_rate_hz, data.channel_names) == (forms.RATE_HZ, forms.CHANNELS)


def test_the_index_of_joined_frames_is_no_channel() -> None:
    joined = pd.concat([part for _, part in forms.frame().groupby("subject")])
    assert nas.Data.from_frame(joined, window=forms.WINDOW).dataset().channel_names == forms.CHANNELS
    saved = joined.reset_index()  # as to_csv() and read_csv() give it
    assert nas.Data.from_frame(saved, window=forms.WINDOW).dataset().channel_names == forms.CHANNELS


def test_a_frame_without_times_holds_an_example_a_row() -> None:
    frame = pd.DataFrame({"a": [1, 2, 3, 4], "b": [0.5, 1, 2, 3], "class": ["x", "y", "x", "y"]})
    data = nas.Data.from_frame(frame).dataset()
    assert data.train.x.tolist() == [[1, 0.5], [2, 1], [3, 2], [4, 3]]
    assert data.class_names == ("x", "y")


@pytest.mark.parametrize(
    "y", [Y, Y.tolist(), pd.Series(Y), pd.Categorical(Y)], ids=["array", "list", "series", "categories"]
)
def test_arrays_lists_and_series_are_taken(y: object) -> None:
    data = nas.Data.from_arrays(X, y, GROUPS, x_test=X[:3], y_test=Y[:3], sample_rate_hz=50).dataset()
    np.testing.assert_array_equal(data.train.x, X)
    assert [data.class_names[c] for c in data.train.y] == Y.tolist()
    assert (len(data.test), data.train.groups.tolist()) == (3, GROUPS.tolist())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"y": Y[:3]}, "data: y_train: must have 24 entries"),
        ({"x": [[1, 2], [3]]}, "data: x: must be an array"),
        ({"y": [None, *Y[1:]]}, "data: y: must be numbers or text"),
        ({"group": GROUPS[:1]}, "group_train: must have 24 entries"),
        ({"xtest": X}, "unknown array 'xtest'; did you mean x_test"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_in_one_line(given: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        nas.Data.from_arrays(**{"x": X, "y": Y, **given})


def test_the_text_of_data_is_short() -> None:
    assert repr(nas.Data.from_arrays(X, Y)) == "<nas.Data: 24 training rows of 16 x 2, 2 classes>"


def test_rows_in_memory_are_described() -> None:
    description = nas.describe_data(nas.Data.from_arrays(X, Y, GROUPS, sample_rate_hz=50))
    assert (description.row_shape, description.class_names) == ((16, 2), forms.CLASSES)


def test_settings_of_data_are_keywords_that_come_before_those_of_the_options(tmp_path: Path) -> None:
    forms.frame().to_csv(tmp_path / "all.csv", index=False)
    source, options = str(tmp_path / "all.csv"), nas.DataOptions(window=forms.WINDOW, stride=forms.WINDOW)
    described = nas.describe_data(source, options, stride=forms.STRIDE)
    assert described.to_json() == nas.describe_data(source, replace(options, stride=forms.STRIDE)).to_json()
    assert described.to_json() != nas.describe_data(source, options).to_json()
    with pytest.raises(InputError, match="unknown setting 'windw'; did you mean window"):
        nas.describe_data(source, windw=64)


def test_rows_in_memory_are_kept_with_the_study_and_read_again(tmp_path: Path) -> None:
    data = nas.Data.from_frame(forms.frame(), window=forms.WINDOW, stride=forms.STRIDE)
    study = keep_data(nas.Study(space="cnn_timeseries", budget_kb=6), data, tmp_path)
    assert study.name == "cnn_timeseries-data-6kb"
    assert study.data == str(tmp_path / study.name / "data.npz")
    assert nas.load_data(study).digest == split(data.dataset(), study.seed).digest


def test_other_rows_do_not_replace_those_of_a_study_that_has_begun(tmp_path: Path) -> None:
    data = nas.Data.from_arrays(X, Y, GROUPS)
    study = keep_data(nas.Study(space="cnn_timeseries", budget_kb=6, name="mine"), data, tmp_path)
    (tmp_path / "mine" / "study.toml").write_text(study.to_toml())
    assert keep_data(study, nas.Data.from_arrays(X, Y, GROUPS), tmp_path) == study
    with pytest.raises(InputError, match="holds other rows, with which the study has begun"):
        keep_data(study, nas.Data.from_arrays(X + 1, Y, GROUPS), tmp_path)


def test_an_array_as_data_is_refused_with_the_way_to_give_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"got ndarray; give rows to nas.search\(study, data=nas.Data.from_arrays"):
        nas.Study(space="cnn_timeseries", budget_kb=6, data=X)
    with pytest.raises(InputError, match=r"must be nas.Data, got ndarray; give nas.Data.from_arrays"):
        nas.search(nas.Study(space="cnn_timeseries", budget_kb=6), tmp_path, data=X)


@pytest.mark.parametrize(("keyword", "name"), [("label", "activty"), ("group", "subjct"), ("time", "tme")])
def test_a_column_that_a_frame_does_not_have_is_told_by_the_keyword_that_was_given(keyword: str, name: str) -> None:
    frame = pd.DataFrame({"x": [0.5, 1.5], "activity": ["a", "b"], "subject": [1, 2], "time": [0.0, 0.1]})
    with pytest.raises(InputError, match=f"must have the column of {keyword}=, got '{name}'; did you mean"):
        nas.Data.from_frame(frame, **{keyword: name})
