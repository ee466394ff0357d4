"""`nas.predict` on rows and recordings without classes: the windows and times that a person would count out."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import nas

NAMES = ("idle", "walk", "run")


@pytest.fixture
def model(model_files: dict[str, Path]) -> nas.Model:
    """A model of windows of 16 samples at 50 Hz with the channels x and y."""
    loaded = nas.load(model_files["int8"])
    return replace(loaded, class_names=NAMES, channel_names=("x", "y"), sample_rate_hz=50.0)


def recording(path: Path, samples: int, seed: int = 0, rate_hz: float = 50.0, **columns: object) -> np.ndarray:
    """Write a recording with times, and return its samples [time, 2]."""
    values = np.random.default_rng(seed).normal(size=(samples, 2)).round(4)
    frame = pd.DataFrame({"time": np.arange(samples) / rate_hz, "x": values[:, 0], "y": values[:, 1], **columns})
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(path, index=False)
    return values


def windows(values: np.ndarray, stride: int) -> np.ndarray:
    return np.stack([values[i : i + 16] for i in range(0, len(values) - 15, stride)]).astype(np.float32)


@pytest.mark.parametrize("stride", [None, 4, 16])
def test_a_recording_is_answered_window_by_window_with_the_seconds_of_each(stride, model, tmp_path):
    values = recording(tmp_path / "walk.csv", 100)
    found = nas.predict(model, tmp_path / "walk.csv", options=nas.DataOptions(stride=stride))
    step = stride or 8
    cut = windows(values, step)
    assert found.probabilities == pytest.approx(model.predict(cut))
    assert found.start == pytest.approx(np.arange(len(cut)) * step / 50)
    assert found.end == pytest.approx(found.start + 16 / 50)
    assert set(found.sources) == {str(tmp_path / "walk.csv")}


def test_columns_of_another_order_other_columns_and_classes_do_not_matter(model, tmp_path):
    values = recording(tmp_path / "plain.csv", 64)
    blank = pd.DataFrame({"battery": [np.nan] * 64, "y": values[:, 1], "label": ["walk"] * 64, "x": values[:, 0]})
    blank.insert(0, "time", np.arange(64) / 50)
    blank.loc[3, "battery"] = 3.7
    blank.to_csv(tmp_path / "other.csv", index=False)
    plain, other = (nas.predict(model, tmp_path / f"{name}.csv") for name in ("plain", "other"))
    assert len(plain) == 7
    assert other.probabilities == pytest.approx(plain.probabilities)


def test_a_recording_at_another_rate_is_resampled_to_that_of_the_model_and_told(model, tmp_path):
    recording(tmp_path / "fast.csv", 200, rate_hz=100.0)
    found = nas.predict(model, tmp_path / "fast.csv")
    assert len(found) == (100 - 16) // 8 + 1
    assert found.start[1] == pytest.approx(8 / 50)
    assert any("100 Hz" in note for note in found.notes)


@pytest.mark.parametrize("rate", [50.0, 50, "50 Hz", -50.0, 0])
def test_a_lone_tflite_resamples_a_recording_to_the_rate_that_its_parameters_hold(rate, model_files, model, tmp_path):
    file = tmp_path / "lone.tflite"
    nas.set_params(model_files["int8"], {"sample_rate_hz": rate}, out=file)
    recording(tmp_path / "fast.csv", 200, rate_hz=100.0)
    is_rate = rate == 50
    assert nas.load(file).sample_rate_hz == (50 if is_rate else None)
    known = model if is_rate else replace(model, sample_rate_hz=None)
    lone, told = (nas.predict(each, tmp_path / "fast.csv") for each in (file, known))
    assert len(lone) == ((100 if is_rate else 200) - 16) // 8 + 1
    assert (lone.start.tolist(), lone.probabilities.tolist()) == (told.start.tolist(), told.probabilities.tolist())


def test_without_times_a_rate_gives_seconds_and_none_gives_samples(model, tmp_path):
    values = recording(tmp_path / "timed.csv", 48)
    pd.DataFrame(values, columns=["x", "y"]).to_csv(tmp_path / "bare.csv", index=False)
    timed = nas.predict(model, tmp_path / "bare.csv")
    assert timed.end == pytest.approx([16 / 50, 24 / 50, 32 / 50, 40 / 50, 48 / 50])
    samples = nas.predict(replace(model, sample_rate_hz=None), tmp_path / "bare.csv")
    assert samples.end.tolist() == [16, 24, 32, 40, 48]
    assert any("give --rate-hz" in note for note in samples.notes)
    assert samples.probabilities == pytest.approx(timed.probabilities)


def test_no_window_spans_a_gap(model, tmp_path):
    values = recording(tmp_path / "gap.csv", 64)
    frame = pd.read_csv(tmp_path / "gap.csv")
    frame.loc[32:, "time"] += 10.0
    frame.to_csv(tmp_path / "gap.csv", index=False)
    found = nas.predict(model, tmp_path / "gap.csv")
    assert found.start == pytest.approx([0, 8 / 50, 16 / 50, *(10 + np.array([32, 40, 48]) / 50)])
    assert found.probabilities[3:] == pytest.approx(model.predict(windows(values[32:], 8)))


def test_a_folder_is_answered_file_by_file_and_recordings_that_are_too_short_are_told(model, tmp_path):
    recording(tmp_path / "r" / "b.csv", 32, 1)
    recording(tmp_path / "r" / "a" / "one.csv", 16, 2)
    recording(tmp_path / "r" / "c.csv", 10, 3)
    found = nas.predict(model, tmp_path / "r")
    assert [Path(source).name for source in found.sources] == ["one.csv", "b.csv", "b.csv", "b.csv"]
    assert any("without a whole window left out: 1" in note for note in found.notes)


@pytest.mark.parametrize("key", ["x", "x_test", "samples"])
def test_rows_of_an_array_without_classes_are_answered_one_by_one(key, model, tmp_path):
    x = np.random.default_rng(0).normal(size=(5, 16, 2)).astype(np.float32)
    np.savez(tmp_path / "rows.npz", **{key: x})
    found = nas.predict(model, tmp_path / "rows.npz")
    assert found.probabilities == pytest.approx(model.predict(x))
    assert found.sources[3] == f"{tmp_path}/rows.npz:{key}[3]"
    assert found.to_csv().splitlines()[1].split(",")[1:3] == ["", ""]


def test_whole_numbers_are_brought_to_units_by_the_file_or_else_by_the_model(model, tmp_path):
    x = np.random.default_rng(0).integers(-500, 500, (4, 16, 2)).astype(np.int16)
    np.savez(tmp_path / "raw.npz", x=x)
    np.savez(tmp_path / "scaled.npz", x=x, scale=0.01)
    raw = nas.predict(replace(model, units_scale=(0.01, 0.01)), tmp_path / "raw.npz")
    scaled = nas.predict(replace(model, units_scale=(9.0, 9.0)), tmp_path / "scaled.npz")
    assert raw.probabilities == pytest.approx(scaled.probabilities)
    assert raw.probabilities == pytest.approx(model.predict(x * np.float32(0.01)))


def test_smoothing_takes_the_mean_of_this_window_and_those_before_it_in_its_recording(model, tmp_path):
    recording(tmp_path / "r" / "a.csv", 80, 1)
    recording(tmp_path / "r" / "b.csv", 24, 2)
    plain, smooth = (nas.predict(model, tmp_path / "r", smooth=windows) for windows in (1, 3))
    frame = pd.DataFrame(plain.probabilities).groupby(list(plain.sources)).rolling(3, min_periods=1).mean()
    assert smooth.probabilities == pytest.approx(frame.to_numpy(), rel=1e-5)


def test_the_csv_has_the_class_and_the_probability_of_each_class(model, tmp_path):
    recording(tmp_path / "walk.csv", 40)
    found = nas.predict(replace(model, class_names=("idle", "class", "run")), tmp_path / "walk.csv")
    lines = list(csv.DictReader(io.StringIO(found.to_csv())))
    assert list(lines[0]) == ["source", "start", "end", "class", "idle", "p(class)", "run"]
    for line, row in zip(lines, found.probabilities, strict=True):
        assert [float(line[name]) for name in ("idle", "p(class)", "run")] == pytest.approx(row, rel=1e-5)
        assert line["class"] == ("idle", "class", "run")[row.argmax()]
    assert found.frame()["class"].tolist() == found.classes
    assert found.save(tmp_path / "out.csv").read_text() == found.to_csv()


def test_a_model_without_a_tflite_answers_by_its_float_network(model_files, tmp_path):
    x = np.random.default_rng(0).normal(size=(5, 16, 2)).astype(np.float32)
    np.savez(tmp_path / "rows.npz", x=x)
    loaded = nas.load(model_files["model"])
    assert nas.predict(loaded, tmp_path / "rows.npz").probabilities == pytest.approx(loaded.predict_float(x))


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (lambda path: recording(path / "data.csv", 10), "at least 16 samples"),
        (lambda path: pd.DataFrame({"x": [1.0] * 20, "z": [1.0] * 20}).to_csv(path / "data.csv"), "channels, got no y"),
        (lambda path: (path / "data.csv").write_text(""), "data.csv"),
        (lambda path: (path / "data.txt2").write_text("1"), "no such file"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_a_line(write, words, model, tmp_path):
    write(tmp_path)
    with pytest.raises(nas.InputError, match=words) as refused:
        nas.predict(model, tmp_path / "data.csv")
    assert "\n" not in str(refused.value)


def test_rows_of_another_shape_are_refused(model, tmp_path):
    np.savez(tmp_path / "rows.npz", x=np.zeros((4, 20, 2)))
    with pytest.raises(nas.InputError, match="16 x 2, got 20 x 2"):
        nas.predict(model, tmp_path / "rows.npz")


def test_rows_in_memory_are_answered_like_the_same_rows_in_a_file(model, tmp_path):
    x = np.random.default_rng(0).normal(size=(5, 16, 2)).astype(np.float32)
    recording(tmp_path / "walk.csv", 100)
    frame = pd.read_csv(tmp_path / "walk.csv")
    assert nas.predict(model, x).probabilities == pytest.approx(model.predict(x))
    assert nas.predict(model, x.tolist()).sources[:2] == ("rows[0]", "rows[1]")
    assert nas.predict(model, nas.Data.from_arrays(x, np.arange(5) % 2)).probabilities == pytest.approx(
        model.predict(x)
    )
    from_file, in_memory = nas.predict(model, tmp_path / "walk.csv"), nas.predict(model, frame[["y", "x", "time"]])
    assert in_memory.probabilities == pytest.approx(from_file.probabilities)
    assert in_memory.start == pytest.approx(from_file.start)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (np.zeros((16, 2)), r"rows: must have the shape \[n, 16, 2\], .*; give one row as rows\[None\]"),
        ([[1.0], [1.0, 2.0]], "rows: must be an array of numbers"),
        (pd.DataFrame({"x": np.zeros(40)}), "rows: must have the model's channels, got no y"),
    ],
)
def test_rows_in_memory_that_do_not_fit_are_refused_in_one_line(rows, words, model):
    with pytest.raises(nas.InputError, match=words):
        nas.predict(model, rows)


@pytest.mark.parametrize(("name", "words"), [("evaluate", r"nas\.evaluate\(model\)"), ("classes", "class_names")])
def test_a_model_says_where_to_find_what_it_does_not_have(name, words, model):
    with pytest.raises(AttributeError, match=words):
        getattr(model, name)


def test_a_loaded_model_is_profiled_and_advised_on_like_its_file(model, model_files):
    profiled = nas.profile(model)
    assert profiled.weights_bytes == nas.profile(model_files["int8"], "cortex-m4").weights_bytes
    assert profiled.target == "cortex-m4"
    assert nas.advise(model) == nas.advise(model_files["int8"])


def test_the_logit_of_a_model_of_one_output_becomes_the_probability_of_the_second_class():
    import keras

    from nas.model.keras_file import dump_keras

    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model = nas.Model(None, (3,), ("0",), is_logit=True, keras=dump_keras(network))
    rows = np.random.default_rng(0).normal(0, 40, (20, 3)).astype(np.float32)
    expected = keras.activations.sigmoid(network(rows))
    assert model.predict_float(rows) == pytest.approx(np.asarray(expected), abs=1e-6)
