"""`nas.quantize` and `nas.benchmark`: documents, files, and what they say of models that cannot be measured."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from click.testing import CliRunner
from sklearn.metrics import f1_score

import nas
from nas.api.apart import Apart, RefusedError
from nas.cli import group
from nas.data.prepared import Scaling
from nas.data.tables.reading import to_frame
from nas.data.tables.writing import write_tables
from nas.errors import InputError
from nas.model.host.tflm import has_tflm
from nas.model.keras_file import dump_keras
from nas.study.quantization import COMPARED
from nas.target.profiler import profile

L = keras.layers
RNG = np.random.default_rng(0)
LABELS = np.arange(240) % 3
ROWS_OF_ANOTHER = "another.npy"
ROWS = (RNG.standard_normal((240, 24, 3)) + 2 * LABELS[:, None, None]).astype(np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small trained Keras model, and the data that it was trained on."""
    folder = tmp_path_factory.mktemp("models")
    keras.utils.set_random_seed(0)
    layers = [
        L.Conv1D(6, 5, activation="relu", name="conv"), L.GlobalAveragePooling1D(),
        L.Dense(3, activation="softmax", name="dense"),
    ]  # fmt: skip
    model = keras.Sequential([keras.Input((24, 3)), *layers])
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    model.fit(ROWS, LABELS, epochs=40, verbose=0)
    (folder / "model.keras").write_bytes(dump_keras(model))
    np.savez(folder / "data.npz", x_train=ROWS, y_train=LABELS, x_test=ROWS[:90], y_test=LABELS[:90])
    np.save(folder / "rows.npy", ROWS[:50])
    return folder


def call(*words: object) -> Any:
    result = CliRunner().invoke(group, list(map(str, words)))
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def document(folder: Path) -> Any:
    return call(
        "quantize", folder / "model.keras", "--data", folder / "data.npz", "-o", folder / "made", "--json",
        "--calibration-rows", 60, "--schemes", "all",
    )  # fmt: skip


def test_the_document_has_each_scheme_with_its_figures(document: Any) -> None:
    assert [row["scheme"] for row in document["schemes"]] == [*COMPARED, "int8_qat"]
    for row in document["schemes"]:
        footprint = profile(row["tflite"], "cortex-m4")
        assert row["file_bytes"] == Path(row["tflite"]).stat().st_size
        assert row["weights_bytes"] == footprint.weights_bytes
        assert row["arena_bytes"] == (footprint.detail.used if row["supported"] else None)
        assert row["supported"] == (row["reason"] is None)
        assert row["accuracy"] > 0.8
    assert document["baseline_accuracy"] == pytest.approx(1 / 3)
    assert document["rows"] == 90
    assert document["calibration"] == "60 training rows"


def test_layers_come_worst_first(document: Any) -> None:
    assert document["layers_of"] == "int8"
    found = [layer["sqnr_db"] for layer in document["layers"] if layer["sqnr_db"] is not None]
    assert found == sorted(found)
    assert {layer["layer"] for layer in document["layers"]} >= {"conv", "dense"}


def test_a_model_whose_scaling_is_known_reads_raw_rows(folder: Path) -> None:
    loaded = nas.load(folder / "model.keras")
    shifted = nas.Data.from_arrays(ROWS * 50 + 7, LABELS, x_test=ROWS[:90] * 50 + 7, y_test=LABELS[:90])
    known = nas.Model(None, (24, 3), ("0", "1", "2"), Scaling((7.0,) * 3, (50.0,) * 3), keras=loaded.keras)
    settings = nas.Quantization.of(schemes="int8,float32", report=False)
    result = nas.quantize(known, data=shifted, settings=settings)
    assert [row.accuracy for row in result.schemes] == pytest.approx([1.0, 1.0], abs=0.05)
    assert result.notes == ()
    assert result.frame()["scheme"].tolist() == ["int8", "float32"]
    assert "int8" in result._repr_html_()
    assert "runs on TFLM" in repr(result)


def test_without_data_it_is_said_that_ranges_are_those_of_noise(folder: Path) -> None:
    result = nas.quantize(folder / "model.keras", settings=nas.Quantization.of(schemes="int8", calibration_rows=8))
    assert result.calibrated_on == "8 rows of noise"
    assert "sizes hold, but the answers are wrong" in result.notes[0]
    assert result.baseline is None
    assert result.schemes[0].accuracy is None


def test_the_specification_of_a_training_says_how_its_model_is_quantized(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "spec.toml").write_text('[quantization]\nschemes = ["int16x8"]\ncalibration_rows = 7\nreport = false\n')
    model = replace(nas.load(folder / "model.keras"), origin=tmp_path)
    result = nas.quantize(model)
    assert [row.scheme for row in result.schemes] == ["int16x8"]
    assert result.calibrated_on == "7 rows of noise"
    asked = nas.quantize(model, settings={"schemes": "float32"})
    assert [row.scheme for row in asked.schemes] == ["float32"]
    assert asked.calibrated_on == "7 rows of noise"


def test_rows_to_calibrate_on_may_be_a_file(folder: Path) -> None:
    settings = nas.Quantization.of(schemes="int8", calibration=str(folder / "rows.npy"), calibration_rows=30)
    result = nas.quantize(folder / "model.keras", settings=settings)
    assert result.calibrated_on == f"30 rows of {folder / 'rows.npy'}"
    assert not any("noise" in note for note in result.notes)


def test_a_float_file_is_quantized_too_and_an_int8_one_is_named(folder: Path, document: Any) -> None:
    made = {row["scheme"]: row["tflite"] for row in document["schemes"]}
    settings = nas.Quantization.of(schemes="int8", report=False)
    again = nas.quantize(made["float32"], data=str(folder / "data.npz"), settings=settings)
    assert again.schemes[0].accuracy == pytest.approx(document["schemes"][3]["accuracy"], abs=0.05)
    with pytest.raises(InputError, match="is quantized already: full int8; give the"):
        nas.quantize(made["int8"], settings=settings)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--schemes", "int9"], "quantization: schemes[0]: unknown value 'int9'; did you mean int8?"),
        (["--calibration", "nothing.npz"], "nothing.npz: must be an .npy or .npz file with rows"),
        (["--calibration", ROWS_OF_ANOTHER], "must hold rows of 24 x 3 numbers, got float64 [4, 5]"),
        (["--window", "9"], "--window says how --data is read; give --data as well"),
    ],
)
def test_a_mistake_is_one_line(folder: Path, words: list[str], says: str) -> None:
    np.save(folder / ROWS_OF_ANOTHER, np.zeros((4, 5)))
    words = [str(folder / word) if word == ROWS_OF_ANOTHER else word for word in words]
    result = CliRunner().invoke(group, ["quantize", str(folder / "model.keras"), *words])
    assert result.exit_code != 0
    assert says in str(result.exception) + result.output


def test_a_table_names_what_runs_and_the_layers(folder: Path) -> None:
    words = ["quantize", str(folder / "model.keras"), "--data", str(folder / "data.npz"), "--schemes", "int8,float16"]
    text = CliRunner().invoke(group, words).stdout
    assert "baseline 33.3 %" in text
    assert "runs" in text
    assert "refused" in text
    assert "TFLM has no float16 kernels" in " ".join(text.split())
    assert "error of each layer of int8, the worst first" in text


@pytest.fixture(scope="module")
def measured(folder: Path, document: Any) -> Any:
    (folder / "made" / "zero.tflite").write_bytes(b"\0" * 100)
    return call(
        "benchmark", folder / "made", "--data", folder / "data.npz", "--runs", 3, "--json",
        "--csv", folder / "b.csv", "--excel", folder / "b.xlsx",
    )  # fmt: skip


def test_models_are_measured_in_each_interpreter(measured: Any) -> None:
    rows = {Path(row["file"]).stem: row for row in measured["models"]}
    assert len(rows) == len(COMPARED) + 2
    for name in COMPARED:
        row, footprint = rows[name], profile(rows[name]["file"], "host")
        assert row["numbers"] == ("float32" if name == "dynamic_range" else name)  # its weights are few
        assert 0 < row["litert"]["low_us"] <= row["litert"]["median_us"] <= row["litert"]["high_us"]
        assert row["litert"]["runs"] == 3
        assert row["litert"]["accuracy"] > 0.8
        assert len(row["tensors"]) == len(footprint.tensors)
        if has_tflm() and row["supported"]:
            assert row["arena_bytes"] == footprint.detail.used
            assert row["tflm_arena_bytes"] == row["tflm_expected_bytes"] >= row["arena_bytes"]
            assert row["tflm"]["accuracy"] == pytest.approx(row["litert"]["accuracy"], abs=0.02)
    assert "valid .tflite" in rows["zero"]["reason"]


@pytest.mark.skipif(not has_tflm(), reason="tflite-micro has wheels for x86-64 Linux only")
def test_why_tflm_refuses_a_model_is_said(measured: Any) -> None:
    row = next(row for row in measured["models"] if row["file"].endswith("float16.tflite"))
    assert row["tflm"]["median_us"] is None
    assert "dequantize" in row["tflm"]["reason"]
    assert row["litert"]["median_us"] > 0


def test_tables_are_written_as_csv_and_excel(folder: Path, measured: Any) -> None:
    import pandas as pd

    tables = [pd.read_csv(folder / "b.csv"), pd.read_excel(folder / "b.xlsx", sheet_name="models")]
    for table in tables:
        assert table["file"].tolist() == [row["file"] for row in measured["models"]]
        assert table["litert_median_us"].notna().sum() == len(measured["models"]) - 1
    tensors = pd.read_csv(folder / "b_tensors.csv")
    assert len(tensors) == sum(len(row["tensors"]) for row in measured["models"])
    with pytest.raises(InputError, match=r"must end with \.csv or \.xlsx"):
        write_tables(folder / "b.txt", {"models": to_frame([])})


def test_a_bare_model_is_judged_by_the_macro_f1_on_rows_with_several_labels() -> None:
    rng = np.random.default_rng(1)
    y = (rng.random((120, 3)) < 0.4).astype(np.uint8)
    x = (rng.standard_normal((120, 3)) + 2 * y - 1).astype(np.float32)
    network = keras.Sequential([keras.Input((3,)), L.Dense(3, activation="sigmoid", kernel_initializer="identity")])
    found = nas.quantize(
        nas.Model(None, (3,), ("a", "b", "c"), keras=dump_keras(network)),
        data=nas.Data.from_arrays(x, y, x_test=x[:60], y_test=y[:60], class_names=["a", "b", "c"]),
        settings={"schemes": ["float32"]},
    )
    assert found.metric == "f1_macro"
    assert found.schemes[0].score == pytest.approx(f1_score(y[:60], x[:60] >= 0, average="macro"))


@pytest.mark.parametrize(("function", "says"), [(os.abort, "crashes the interpreter"), (int, "invalid literal")])
def test_a_crash_and_an_error_are_answers_and_the_next_call_works(function: Callable[..., Any], says: str) -> None:
    with Apart(60) as apart:
        with pytest.raises(RefusedError, match=says):
            apart.call(function, *(["x"] if function is int else []))
        assert apart.call(len, b"abc") == 3
