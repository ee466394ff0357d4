"""`nas.evaluate` on files of every form: equal to running the file in Keras or LiteRT and asking scikit-learn."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from sklearn.metrics import accuracy_score, confusion_matrix

import nas
from nas.data.choice import DataChoice
from nas.text import document

NAMES = ("idle", "walk", "run")


@pytest.fixture
def rows() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    x = rng.normal(size=(120, 16, 2)).astype(np.float32)
    return x, rng.integers(0, 3, 120), np.repeat(["anna", "bo", "eve", "jo", "kim", "lee"], 20)


@pytest.fixture
def data(rows: tuple[np.ndarray, ...], tmp_path: Path) -> Path:
    x, y, groups = rows
    path = tmp_path / "data.npz"
    np.savez(path, x=x, y=y, groups=groups, class_names=NAMES, sample_rate_hz=50.0)
    return path


def litert(content: bytes, x: np.ndarray) -> np.ndarray:
    """The outputs of a `.tflite`, row by row."""
    interpreter = Interpreter(model_content=content)
    interpreter.allocate_tensors()
    (given,), (out,) = interpreter.get_input_details(), interpreter.get_output_details()
    found = []
    for row in x:
        scale, zero = given["quantization"]
        if scale:
            ends = np.iinfo(given["dtype"])
            row = np.clip(np.round(row / scale) + zero, ends.min, ends.max).astype(given["dtype"])
        interpreter.set_tensor(given["index"], row[None])
        interpreter.invoke()
        found.append(interpreter.get_tensor(out["index"])[0].astype(np.float32))
    scale, zero = out["quantization"]
    return np.array(found) if not scale else (np.array(found) - zero) * scale


@pytest.mark.parametrize(
    ("form", "title"), [("int8", "int8"), ("uint8", "uint8"), ("int16", "int16"), ("float", ".tflite")]
)
def test_a_tflite_of_any_type_has_the_figures_of_its_answers_in_litert(form, title, model_files, data, rows):
    x, y, groups = rows
    found = nas.evaluate(model_files[form], data=str(data))
    expected = litert(model_files[form].read_bytes(), x).argmax(1)
    # Two kernels may round differently where two classes are equally probable.
    assert found.int8.metrics["accuracy"].value == pytest.approx(accuracy_score(y, expected), abs=1 / 60)
    assert np.abs(np.array(found.int8.confusion) - confusion_matrix(y, expected)).sum() <= 4
    assert found.before is None
    assert list(found.models) == [title]
    assert {one.name: one.rows for one in found.groups} == dict.fromkeys(groups.tolist(), 20)


def test_a_keras_file_has_the_figures_of_its_answers_in_keras(model_files, data, rows):
    import keras

    x, y, _ = rows
    found = nas.evaluate(model_files["model"], data=str(data))
    expected = keras.saving.load_model(model_files["model"]).predict(x, verbose=0).argmax(1)
    assert found.int8 is None
    assert found.disagreement is None
    assert found.before.metrics["accuracy"].value == accuracy_score(y, expected)
    assert json.loads(document(found.to_json()))["int8"] is None


@pytest.fixture
def both(model_files: dict[str, Path]) -> nas.Model:
    """The int8 model with the float model that it came from."""
    return replace(nas.load(model_files["int8"]), keras=model_files["model"].read_bytes())


def test_float_and_int8_are_evaluated_on_the_same_rows(both, data, rows):
    x, _, _ = rows
    found = nas.evaluate(both, data=str(data))
    answers = both.predict(x).argmax(1), both.predict_float(x).argmax(1)
    assert found.disagreement.rows == (answers[0] != answers[1]).sum()
    assert np.sum(found.int8.confusion) == np.sum(found.before.confusion) == found.rows == 120
    assert nas.evaluate(both, data=str(data), with_float=False).before is None


def test_what_is_assumed_of_a_bare_file_is_told(model_files, data):
    notes = nas.evaluate(model_files["int8"], data=str(data)).about.notes
    assert any("idle is 0, walk is 1, run is 2" in note for note in notes)
    assert any("scaling" in note for note in notes)


def test_classes_in_another_order_are_matched_by_name(both, rows, tmp_path):
    x, y, _ = rows
    named = replace(both, class_names=NAMES)
    shuffled = ("run", "idle", "walk")
    np.savez(tmp_path / "other.npz", x=x, y=np.array([1, 2, 0])[y], class_names=shuffled)
    np.savez(tmp_path / "same.npz", x=x, y=y, class_names=NAMES)
    other, same = (nas.evaluate(named, data=str(tmp_path / f"{name}.npz")) for name in ("other", "same"))
    assert other.int8.confusion == same.int8.confusion
    assert any("by name" in note for note in other.about.notes)


def test_a_model_with_one_output_gives_the_probability_of_the_second_class(both, rows, tmp_path):
    class Sigmoid(nas.Model):
        def answer(self, x):
            return np.full((len(x), 1), 0.9, np.float32)

    x, y, _ = rows
    np.savez(tmp_path / "two.npz", x=x, y=y % 2, class_names=("off", "on"))
    one = Sigmoid(tflite=both.tflite, input_shape=(16, 2), class_names=("0",))
    found = nas.evaluate(one, data=str(tmp_path / "two.npz"))
    assert found.int8.metrics["accuracy"].value == pytest.approx((y % 2).mean())
    assert found.about.class_names == ("off", "on")


@pytest.mark.parametrize("ending", [".keras", ".weights.h5"])
def test_other_weights_are_evaluated_in_the_float_model_alone(ending, both, data, rows, model_files, tmp_path):
    import keras

    from nas.model.runtime import quiet

    other = keras.saving.load_model(model_files["model"])
    other.set_weights([array[::-1] for array in other.get_weights()])
    file = tmp_path / f"other{ending}"
    with quiet():
        other.save(file) if ending == ".keras" else other.save_weights(file)
    found = nas.evaluate(both, data=str(data), weights=file)
    x, y, _ = rows
    assert found.int8 is None
    assert found.before.metrics["accuracy"].value == accuracy_score(y, other.predict(x, verbose=0).argmax(1))
    (tmp_path / f"bad{ending}").write_text("no weights")
    with pytest.raises(nas.InputError, match="bad"):
        nas.evaluate(both, data=str(data), weights=tmp_path / f"bad{ending}")


def test_the_folder_of_a_training_says_which_data_and_which_rows_are_evaluated(model_files, rows, tmp_path):
    x, y, groups = rows
    np.savez(tmp_path / "rows.npz", x=x, y=y, groups=groups, class_names=NAMES, sample_rate_hz=50.0)
    folder = tmp_path / "gesture"
    folder.mkdir()
    (folder / "model.tflite").write_bytes(model_files["int8"].read_bytes())
    (folder / "spec.toml").write_text(
        '[data]\nsource = "../rows.npz"\nseed = 4\n[evaluation]\npart = "val"\nrows_per_class = 3\n'
    )
    found = nas.evaluate(folder)
    assert (found.about.part, [one.rows for one in found.int8.classes]) == ("val", [3, 3, 3])
    assert nas.evaluate(folder, part="test").about.part == "test"


def test_rows_of_each_class_can_be_limited(both, data):
    found = nas.evaluate(both, data=str(data), rows_per_class=5)
    assert [one.rows for one in found.int8.classes] == [5, 5, 5]


def test_recordings_are_cut_as_the_model_reads_them_and_false_alarms_are_counted_by_the_hour(both, tmp_path):
    rng = np.random.default_rng(1)
    for name in NAMES:
        for subject in ("s1", "s2"):
            folder = tmp_path / "recordings" / name
            folder.mkdir(parents=True, exist_ok=True)
            lines = [f"{i / 50:.2f},{a:.4f},{b:.4f}" for i, (a, b) in enumerate(rng.normal(size=(100, 2)))]
            (folder / f"{subject}.csv").write_text("\n".join(["time,x,y", *lines]))
    found = nas.evaluate(replace(both, class_names=NAMES), data=str(tmp_path / "recordings"))
    # (100 - 16) // 8 + 1 windows of 16 samples, 8 apart, of each of six recordings
    assert found.rows == 6 * 11
    assert found.about.seconds_per_row == pytest.approx(8 / 50)
    first = found.int8.to_json(found.about.seconds_per_row)["classes"][0]["thresholds"][0]
    assert first["false_alarms_per_hour"] == pytest.approx(first["false_alarm_rate"] * 3600 / 0.16)


def test_the_own_data_are_divided_as_in_training_wherever_they_lie_now(both, rows, tmp_path):
    x, y, groups = rows
    (tmp_path / "elsewhere").mkdir()
    path = tmp_path / "elsewhere" / "mine.npz"
    np.savez(path, x=x, y=y, groups=groups, class_names=NAMES, sample_rate_hz=50.0)
    choice = DataChoice("mine.npz", nas.DataOptions(test_fraction=0.4), 3)
    test = replace(choice, source=str(path)).splits().test
    found = nas.evaluate(replace(both, class_names=NAMES, data=choice), data=str(path))
    assert {one.name for one in found.groups} == set(test.groups.tolist())
    assert (found.about.part, found.rows) == ("test", len(test))


def test_the_footprint_on_a_target_is_told_beside(both, data):
    costs = nas.evaluate(both, data=str(data), target="cortex-m4").about.footprint
    assert costs["target"] == "cortex-m4"
    assert costs["arena_min_bytes"] == nas.profile(both.tflite, "cortex-m4").summary()["arena_min_bytes"]


@pytest.mark.parametrize(
    ("x", "names", "words"),
    [
        (np.zeros((9, 2, 16)), NAMES, "16 x 2, got 2 x 16; add channels_first=True"),
        (np.zeros((9, 20, 2)), NAMES, "16 x 2, got 20 x 2"),
        (np.zeros((9, 16, 2)), ("idle", "walk", "swim"), "classes idle, walk, run, got swim"),
        (np.full((9, 16, 2), np.nan), NAMES, "finite"),
    ],
)
def test_rows_that_do_not_fit_the_model_are_refused_in_a_line(x, names, words, both, tmp_path):
    np.savez(tmp_path / "bad.npz", x=x.astype(np.float32), y=np.arange(9) % 3, class_names=names, sample_rate_hz=50.0)
    with pytest.raises(nas.InputError, match=words) as refused:
        nas.evaluate(replace(both, class_names=NAMES), data=str(tmp_path / "bad.npz"))
    assert "\n" not in str(refused.value)


def test_without_known_data_the_user_is_asked_for_some(model_files):
    with pytest.raises(nas.InputError, match="give data"):
        nas.evaluate(model_files["int8"])


def test_rows_in_memory_are_evaluated_too(both, data, rows):
    x, y, groups = rows
    given = nas.Data.from_arrays(x, y, groups, class_names=NAMES, sample_rate_hz=50.0)
    assert nas.evaluate(both, data=given).int8 == nas.evaluate(both, data=str(data)).int8
