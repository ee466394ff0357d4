"""`nas export` of models that no study has found: a lone `.tflite`, a training, and its archive."""

import re
import shlex
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from single_operators import Case, T, model_bytes

from nas.study.result import Result

TWO_INPUTS = Path(__file__).parents[2] / "native" / "fuzz" / "corpus" / "batch_matmul.tflite"


def _below_the_head(file: Path) -> list[str]:
    """Return a C file's lines without its first two, which say where the model is from."""
    return file.read_text().splitlines()[2:]


def test_a_lone_model_is_exported_as_its_study_exports_it(nas, root: Path, result: Result, tmp_path: Path) -> None:
    best = root / "mine" / "best"
    for name in ("model.tflite", "metadata.json"):
        shutil.copy(best / name, tmp_path / name)
    ended = nas("export", "model.tflite", "-o", "out")
    assert (ended.code, ended.err) == (0, "")
    files = {Path(line).name for line in ended.out.splitlines()}
    assert files >= {"model.tflite", "model_data.h", "model_data.c", "model_ops.h", "model_check.h", "README.md"}
    assert (tmp_path / "out" / "model.tflite").read_bytes() == (best / "model.tflite").read_bytes()
    for name in ("model_data.c", "model_ops.h"):
        assert _below_the_head(tmp_path / "out" / name) == _below_the_head(best / name)
    assert "model_card.md" not in (tmp_path / "out" / "README.md").read_text()


def test_what_only_a_study_knows_is_not_exported_of_another_model(
    nas, root: Path, result: Result, tmp_path: Path
) -> None:
    shutil.copy(root / "mine" / "best" / "model.tflite", tmp_path / "mine.tflite")
    ended = nas("export", "mine.tflite", "-o", "out", "--format", "card")
    assert ended.code == 1
    assert ended.err == (
        "nas: --format: must be one of tflite, tflm, firmware, arduino, cmake, esp-idf, pico-sdk, zephyr, c, keras for "
        "a model that no study has found, got card\n"
    )
    assert not (tmp_path / "out").exists()


def test_a_training_and_its_archive_are_exported_alike(nas, root: Path, result: Result, tmp_path: Path) -> None:
    folder = tmp_path / "models" / "mine"
    folder.mkdir(parents=True)
    for name in ("model.tflite", "metadata.json"):
        shutil.copy(root / "mine" / "best" / name, folder / name)
    (folder / "spec.toml").write_text('name = "mine"\n[data]\nsource = "wine"\n')
    assert nas("archive", "models/mine").code == 0
    assert nas("export", "models/mine").code == 0
    assert nas("export", "models/mine/mine.nas.zip", "-o", "out").code == 0
    for file in (folder / "firmware").iterdir():
        assert file.read_bytes() == (tmp_path / "out" / file.name).read_bytes()


def test_any_int8_model_becomes_plain_c_under_a_name_of_choice(nas, root: Path, result: Result, tmp_path: Path) -> None:
    shutil.copy(root / "mine" / "best" / "model.tflite", tmp_path / "other.tflite")
    ended = nas("export", "other.tflite", "--format", "c", "--name", "gesture", "-o", "out")
    assert (ended.code, ended.err) == (0, "")
    assert [Path(line).name for line in ended.out.splitlines()] == [
        "gesture.h",
        "gesture.c",
        "gesture_check.h",
        "gesture_main.c",
        "gesture_README.md",
    ]
    header = (tmp_path / "out" / "gesture.h").read_text()
    assert "void gesture_invoke(const int8_t *input, int8_t *output);" in header
    assert all(f"#define GESTURE_{size}_BYTES" in header for size in ("INPUT", "OUTPUT", "RAM"))


def test_a_model_of_two_inputs_is_refused_as_plain_c_without_a_file(nas, tmp_path: Path) -> None:
    ended = nas("export", TWO_INPUTS, "--format", "c", "-o", "out")
    assert ended.code == 1
    assert ended.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_the_command_that_is_proposed_for_a_float_model_makes_one_that_is_exported(nas, tmp_path: Path) -> None:
    case = Case(
        "FULLY_CONNECTED",
        [T((1, 3), "float32", scales=0), T((2, 3), "float32", range(6), 0), T((2,), "float32", [1, 2], scales=0)],
        [T((1, 2), "float32", scales=0)],
        "FullyConnectedOptions",
    )
    (tmp_path / "my float.tflite").write_bytes(model_bytes(case))
    x, y = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32), np.arange(40) % 2
    np.savez(tmp_path / "DATA.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    refused = nas("export", "my float.tflite", "--format", "c").err
    (command, made) = re.findall(r"; nas (quantize .*) makes (\S+), which", refused)[0]
    assert nas(*(word.replace("DATA", "DATA.npz") for word in shlex.split(command))).code == 0
    assert nas("export", made, "--format", "c", "-o", "firmware").code == 0


@pytest.mark.parametrize("name", ["ts_128x3_p2_i16", "ts_128x3_p2_floatio"])
def test_a_model_that_is_quantized_otherwise_has_to_be_converted_again(nas, shared: Path, name: str) -> None:
    file = str(shared / "truth" / "models" / f"{name}.tflite")
    refused = nas("export", file, "--format", "c")
    assert refused.code == 1
    assert refused.err.endswith(
        "; convert the float model again, with inference_input_type and inference_output_type int8\n"
    )
    assert "is quantized already" in nas("quantize", file).err


@pytest.mark.parametrize("dtype", ["int8", "float32"])
@pytest.mark.parametrize("verb", [("export", "--format", "c"), ("predict", "rows.npz"), ("evaluate", "--data", "wine")])
def test_a_model_that_takes_several_rows_at_once_is_refused_in_a_line_that_says_what_to_do(
    nas, tmp_path: Path, verb: tuple[str, ...], dtype: str
) -> None:
    scales, bias = (1, T((2,), "int32", [1, 2])) if dtype == "int8" else (0, T((2,), dtype, [1, 2], scales=0))
    weights = T((2, 3), dtype, range(6), scales)
    case = Case("FULLY_CONNECTED", [T((4, 3), dtype, scales=scales), weights, bias], [T((4, 2), dtype, scales=scales)])
    (tmp_path / "four.tflite").write_bytes(model_bytes(replace(case, options="FullyConnectedOptions")))
    np.savez(tmp_path / "rows.npz", x=np.ones((5, 3), np.float32))
    ended = nas(verb[0], "four.tflite", *verb[1:])
    assert ended.code == 1
    assert ended.err == (
        "nas: four.tflite: must have an input of one row, got shape (4, 3), a batch of 4; convert the Keras model "
        "again, with a batch of 1\n"
    )
