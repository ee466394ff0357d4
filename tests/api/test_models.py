"""Footprints from Python: `nas.estimate`, `nas.compare` and `nas.advise`."""

import json
from pathlib import Path

import pytest

import nas
from nas.space.dims import RandomChooser


@pytest.fixture
def architecture() -> nas.Architecture:
    return nas.load_space("cnn_timeseries").sample(RandomChooser(1), (128, 6), 6)


@pytest.fixture
def model(shared: Path) -> Path:
    return shared / "truth" / "models" / "kws_49x10_ds_s.tflite"


def test_a_graph_an_architecture_its_json_and_a_file_have_one_footprint(
    architecture: nas.Architecture, tmp_path: Path
) -> None:
    file = tmp_path / "architecture.json"
    file.write_text(json.dumps(architecture.to_json()))
    expected = nas.estimate(architecture, "cortex-m4")
    for same in (architecture.lower(), architecture.to_json(), file, str(file)):
        assert nas.estimate(same, nas.find_target("cortex-m4")) == expected


def test_parameters_are_estimated_for_the_data_of_their_space_by_default() -> None:
    params = {"dense.count": 1, "dense.0.units": 8, "dense.0.batch_norm": False, "dense.0.regularizer": "none"}
    footprint = nas.estimate(params, space="mlp_tabular")
    # breast_cancer: 30 features, 2 classes; biases take 4 bytes each.
    assert footprint.weights_bytes == 30 * 8 + 4 * 8 + 8 * 2 + 4 * 2
    assert footprint == nas.estimate(params, space="mlp_tabular", input_shape=(30,), classes=2)


def test_an_architecture_is_estimated_for_data_of_another_shape_as_its_space_would_build_it() -> None:
    space = nas.load_space("cnn_timeseries")
    long, short = (space.sample(RandomChooser(1), (length, 6), classes) for length, classes in ((128, 6), (64, 4)))
    for same in (long, long.to_json()):
        assert nas.estimate(same, input_shape=(64, 6), classes=4) == nas.estimate(short)
        assert nas.estimate(same, classes=4) != nas.estimate(same)
        with pytest.raises(nas.InputError, match="input_shape: must have 2 numbers, as the architecture's 128,6"):
            nas.estimate(same, input_shape=(64,))
        with pytest.raises(nas.InputError, match="classes: must be positive"):
            nas.estimate(same, classes=0)


def test_a_comparison_has_a_result_for_each_model_on_each_target(model: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong.tflite").write_bytes(b"no model")
    rows = nas.compare([model, tmp_path], ["cortex-m4", "host"])
    assert [(Path(row.file).name, row.target.name) for row in rows] == [
        (model.name, "cortex-m4"),
        (model.name, "host"),
        ("wrong.tflite", "cortex-m4"),
        ("wrong.tflite", "host"),
    ]
    assert rows[1].result == nas.profile(model, "host")
    assert isinstance(rows[2].result, nas.InputError)


def test_advice_is_the_same_for_a_path_and_for_the_model_s_bytes(model: Path) -> None:
    advice = nas.advise(model, "cortex-m4")
    assert advice
    assert advice == nas.advise(model.read_bytes(), "cortex-m4")


def test_advice_names_the_parameters_that_a_file_carries_with_their_bytes_and_keeps_them(
    model: Path, tmp_path: Path
) -> None:
    file = tmp_path / "model.tflite"
    file.write_bytes(model.read_bytes())
    carried = nas.set_params(file, {"class_names": ["yes", "no"]})
    before, after = ({a.rule: a for a in nas.advise(path, "cortex-m4")} for path in (model, file))
    assert after["parameters"].saves == {"file_bytes": carried.cost_bytes}
    assert "NAS_PARAMS in its metadata holds class_names" in after["parameters"].message
    assert set(after) == {*before, "parameters"}
    stripped = [pieces["stripped_file"].after for pieces in (before, after)]
    # The parameters stay: the file that is left is larger by about their bytes.
    assert all(stripped)
    assert abs(stripped[1]["file_bytes"] - stripped[0]["file_bytes"] - carried.cost_bytes) <= 64


def test_advice_on_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(nas.InputError, match="must be a readable file"):
        nas.advise(tmp_path / "absent.tflite")
