"""`nas export FILE.tflite --format tflite`: any model as the smallest file that computes the same."""

from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

import nas
from nas.errors import InputError
from nas.target.flatbuffer import write


def _outputs(path: Path) -> list[np.ndarray]:
    kernels = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = Interpreter(str(path), experimental_op_resolver_type=kernels)
    interpreter.allocate_tensors()
    rng = np.random.default_rng(0)
    for detail in interpreter.get_input_details():
        noise = rng.normal(size=detail["shape"]) * (1 if detail["dtype"] == np.float32 else 40)
        interpreter.set_tensor(detail["index"], noise.astype(detail["dtype"]))
    interpreter.invoke()
    return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]


@pytest.mark.parametrize(
    "name", ["kws_49x10_ds_s", "ts_two_inputs", "ts_two_outputs", "mlp_33_32_16_f32", "ts_128x3_inception"]
)
def test_any_model_becomes_smaller_with_equal_outputs(name: str, shared: Path, tmp_path: Path) -> None:
    model = shared / "truth" / "models" / f"{name}.tflite"
    (small,) = nas.export(str(model), tmp_path, ["tflite"])
    assert small == tmp_path / "model.tflite"
    assert small.stat().st_size < model.stat().st_size
    for before, after in zip(_outputs(model), _outputs(small), strict=True):
        np.testing.assert_array_equal(before, after)
    (again,) = nas.export(str(small), tmp_path / "again", ["tflite"])
    assert again.read_bytes() == small.read_bytes()


def test_parameters_of_a_file_stay_more_can_be_added_and_bare_leaves_them_out(shared: Path, tmp_path: Path) -> None:
    file = tmp_path / "model.tflite"
    file.write_bytes((shared / "truth" / "models" / "mlp_9_16.tflite").read_bytes())
    nas.set_params(file, {"class_names": ["no", "yes"]})
    exported = {
        "kept": nas.export(str(file), tmp_path / "kept", ["tflite"]),
        "more": nas.export(str(file), tmp_path / "more", ["tflite"], parameters={"version": 3}),
        "bare": nas.export(str(file), tmp_path / "bare", ["tflite"], bare=True),
    }
    keys = {name: set(nas.params(path).values) for name, (path,) in exported.items()}
    assert keys == {"kept": {"class_names"}, "more": {"class_names", "version"}, "bare": set()}


def test_a_file_that_is_no_model_is_refused_in_a_line(tmp_path: Path) -> None:
    file = tmp_path / "broken.tflite"
    file.write_bytes(b"\x08\0\0\0TFL3")
    with pytest.raises(InputError, match=r"must be a valid \.tflite file"):
        nas.export(str(file), tmp_path, ["tflite"])


def test_equal_parts_of_a_file_are_written_once_and_a_vector_within_a_longer_one_takes_no_bytes() -> None:
    def words(*numbers: int) -> tuple[object, ...]:
        return "words", np.array(numbers, "<i4").tobytes(), len(numbers), 4

    long, short = words(4, 1, 1, 16), words(16)

    def size(*vectors: tuple[object, ...]) -> int:
        fields = [(number, 0, number) for number in range(len(vectors))]
        return len(write([*vectors, ("table", fields)], "TFL3"))

    # Each further reference takes 4 bytes in the table and 2 in its vtable.
    assert size(long, long) == size(long, short) == size(long) + 6
    assert size(long, words(1, 17)) > size(long) + 6


def test_data_are_aligned_to_16_bytes_and_the_gaps_before_them_are_filled() -> None:
    small = [("vector", bytes([i, 0, 0, 0]), 1, 4) for i in range(12)]
    data = [("alone", bytes(16), 16, 16) for _ in range(3)]
    parts = [*small, *data]
    file = write([*parts, ("table", [(i, 0, i) for i in range(len(parts))])], "TFL3")
    used = 8 + 4 + 4 * len(parts) + 4 + 2 * len(parts) + 8 * len(small) + 20 * len(data)
    assert used <= len(file) <= used + 12
