"""Compiles plain C and compares its answers with the packaged TFLM, to the bit."""

import ctypes
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from plain_c_batch import tflm_answers
from plain_c_cases import CASES, bias, image, pool, weights
from single_operators import Case, T, ints, model_bytes
from whole_models import Node, Part, write

from nas.errors import InputError
from nas.exporters.c_source import source_text
from nas.exporters.format import FORMATS, Destination
from nas.exporters.format import write as write_files
from nas.target.plain_c.batch import batch_of
from nas.target.plain_c.model import read_network
from nas.target.plain_c.plan import Buffer, best_plan
from nas.target.plain_c.program import compile_network

STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror"]
CORPUS = Path(__file__).parents[2] / "native" / "fuzz" / "corpus"
SPACES = ("cnn_timeseries", "cnn_image", "mlp_tabular")
RANDOM = np.random.default_rng(0)


def compiled(folder, tflite, *flags):
    """Return the network and its function, compiled with every warning as an error."""
    if shutil.which("gcc") is None:
        pytest.skip("no gcc to compile plain C with")
    network = read_network(tflite, "model")
    program = compile_network(network, "model")
    (folder / "net.h").write_text(
        f"#include <stdint.h>\n#define NET_RAM_BYTES {program.ram_bytes}\n"
        "void net_invoke(const int8_t *input, int8_t *output);\n"
    )
    (folder / "net.c").write_text(source_text("net", network, program))
    command = ["gcc", *STRICT, "-O2", *flags, "-shared", "-fPIC", "net.c", "-o", "net.so"]
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert built.stderr == ""
    return network, ctypes.CDLL(str(folder / "net.so")).net_invoke


def inputs_of(network, rows):
    """Return rows of random numbers: of the whole range, small, and extreme ones."""
    count = sum(tensor.size for tensor in network.inputs)
    whole = RANDOM.integers(-128, 128, (rows, count))
    return np.concatenate([whole, whole // 16, np.where(whole < 0, -128, 127)]).astype(np.int8)


def answers_in_c(network, function, rows):
    outputs = np.zeros((len(rows), sum(tensor.size for tensor in network.outputs)), np.int8)
    for row, output in zip(rows, outputs, strict=True):
        function(row.ctypes.data_as(ctypes.c_void_p), output.ctypes.data_as(ctypes.c_void_p))
    return outputs


def assert_equal_answers(folder, tflite, rows=8):
    pytest.importorskip("tflite_micro.python.tflite_micro.runtime")
    network, function = compiled(folder, tflite)
    given = inputs_of(network, rows)
    expected = tflm_answers(tflite, network, given)
    np.testing.assert_array_equal(answers_in_c(network, function, given), expected)
    if (batch := batch_of(tflite)) is not None:
        np.testing.assert_array_equal(batch.run(given), expected)


@pytest.mark.parametrize("name", CASES)
def test_every_operator_answers_as_tflm_does(tmp_path, name):
    assert_equal_answers(tmp_path, model_bytes(CASES[name]))


@pytest.mark.parametrize("length", [65_535, 65_536])
def test_sizes_that_take_more_than_two_bytes_answer_as_tflm_does(tmp_path, length):
    halves = pool("MAX_POOL_2D", (1, length, 1), (1, length // 2, 1), (1, 2), (1, 2))
    assert_equal_answers(tmp_path, model_bytes(halves), rows=2)


@pytest.mark.parametrize("name", SPACES)
def test_networks_of_the_spaces_answer_as_tflm_does(tmp_path, name):
    assert_equal_answers(tmp_path, (CORPUS / f"{name}.tflite").read_bytes(), rows=30)


def residual():
    """Return a network whose input is read twice, with a sum in place and an output that is read again."""
    wide = image(4, 4, 6, scale=0.05, zero_point=-7)
    tensors = {"x": wide, "a": wide, "b": wide, "sum": image(4, 4, 6, scale=0.1), "flat": T((1, 96), scale=0.1)}
    tensors |= {"w": weights(6, 3, 3, 6), "c": bias(6), "shape": ints(1, 96)}
    conv_options = {"padding": 0, "strideH": 1, "strideW": 1, "fusedActivationFunction": 1}
    tensors |= {"v": weights(4, 96), "d": bias(4), "y": T((1, 4), scale=0.3)}
    nodes = [
        Node("CONV_2D", ["x", "w", "c"], ["a"], "Conv2DOptions", conv_options),
        Node("CONV_2D", ["a", "w", "c"], ["b"], "Conv2DOptions", conv_options),
        Node("ADD", ["b", "x"], ["sum"], "AddOptions"),
        Node("RESHAPE", ["sum", "shape"], ["flat"], "ReshapeOptions"),
        Node("FULLY_CONNECTED", ["flat", "v", "d"], ["y"], "FullyConnectedOptions"),
    ]
    return write(Part(tensors, nodes, ["x"], ["y", "a"]))


def test_a_network_with_branches_and_two_outputs_answers_as_tflm_does(tmp_path):
    assert_equal_answers(tmp_path, residual())


def gated():
    """Return a network with squeeze and excite: its channels are multiplied by gates that it computes; then a sum."""
    wide, one = image(4, 5, 6, scale=0.05, zero_point=-7), T((1, 1, 1, 6), scale=0.05, zero_point=3)
    tensors = {"x": wide, "axes": ints(1, 2), "mean": one, "gates": T((1, 1, 1, 6), scale=1 / 256, zero_point=-128)}
    tensors |= {"product": image(4, 5, 6, scale=0.03, zero_point=9), "y": image(4, 5, 6, scale=0.06, zero_point=-2)}
    nodes = [
        Node("MEAN", ["x", "axes"], ["mean"], "ReducerOptions", {"keepDims": True}),
        Node("LOGISTIC", ["mean"], ["gates"]),
        Node("MUL", ["x", "gates"], ["product"], "MulOptions"),
        Node("ADD", ["product", "x"], ["y"], "AddOptions", {"fusedActivationFunction": 1}),
    ]
    return write(Part(tensors, nodes, ["x"], ["y"]))


def test_a_network_with_gates_answers_as_tflm_does_and_on_many_rows_at_once_too(tmp_path):
    assert batch_of(gated()) is not None
    assert_equal_answers(tmp_path, gated())


RUN = r"""
#include <stdlib.h>
#include "net.h"
int main(void) {
  int8_t *in = malloc(%d), *out = malloc(%d);
  for (int i = 0; i < %d; ++i) in[i] = (int8_t)(i * 37 - 128);
  net_invoke(in, out);
  free(in);
  free(out);
  return 0;
}
"""


@pytest.mark.parametrize("name", ["residual", "depthwise with a multiplier", "join", "softmax", "factor above one"])
def test_no_byte_outside_of_the_buffers_is_touched_and_nothing_is_undefined(tmp_path, name):
    tflite = residual() if name == "residual" else model_bytes(CASES[name])
    network, _ = compiled(tmp_path, tflite)
    sizes = [sum(tensor.size for tensor in tensors) for tensors in (network.inputs, network.outputs)]
    (tmp_path / "main.c").write_text(RUN % (sizes[0], sizes[1], sizes[0]))
    sanitize = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g"]
    subprocess.run(["gcc", *STRICT, *sanitize, "main.c", "net.c", "-o", "main"], cwd=tmp_path, check=True)
    ran = subprocess.run([tmp_path / "main"], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_what_a_model_does_not_need_is_not_in_its_source(tmp_path):
    compiled(tmp_path, model_bytes(CASES["dense"]))
    text = (tmp_path / "net.c").read_text()
    assert "dense(" in text
    assert not {"softmax", "max_pool", "depthwise", "fill_patch", "dot_two"} & set(text.replace("(", " ").split())


def test_an_operator_that_plain_c_does_not_know_is_named_with_the_formats_that_take_it():
    network = read_network(model_bytes(Case("ABS", [image(2, 2, 2)], [image(2, 2, 2)])), "here.tflite")
    with pytest.raises(InputError, match=r"here\.tflite: .* operator 0, ABS, is not known; the formats tflite, tflm"):
        compile_network(network, "here.tflite")


def test_an_output_that_no_operator_writes_is_refused():
    lost = write(Part({"x": image(2, 2, 2), "y": image(2, 2, 2)}, [], ["x"], ["y"]))
    with pytest.raises(InputError, match="tensor 1, an output, is never computed"):
        compile_network(read_network(lost, "here"), "here")


@pytest.mark.parametrize("given", ["int", "string", "two words", "2nd", "größe", 'a"b', "a\nb", "a__b", "../up", ""])
def test_a_name_that_c_cannot_have_is_refused(make_archive, tmp_path, given):
    archive = make_archive(tflite=model_bytes(CASES["dense"]))
    with pytest.raises(InputError, match="name: must be an identifier of C"):
        write_files(Destination(tmp_path, name=given), archive, ["c"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["int", "while", "string", "größe 2", "My study ??/\\", "a\nb", '"'])
def test_any_name_and_any_class_names_compile(make_archive, tmp_path, name):
    classes = ('say "hi"', "größe ??/", "two\nlines \\")
    archive = make_archive(tflite=model_bytes(CASES["dense"]), name=name, class_names=classes)
    header, source = write_files(tmp_path, archive, ["c"])[:2]
    symbol = source.stem.upper()
    (tmp_path / "main.c").write_text(
        f'#include <stdio.h>\n#include "{header.name}"\nint main(void) {{\n'
        f"  static int8_t in[{symbol}_INPUT_BYTES], out[{symbol}_OUTPUT_BYTES];\n"
        f"  static const char *const names[] = {symbol}_CLASS_NAMES;\n  {source.stem}_invoke(in, out);\n"
        "  for (int i = 0; i < 3; ++i) fputs(names[i], stdout);\n  return 0;\n}\n"
    )
    for compiler in (["gcc", *STRICT], ["g++", "-std=c++17", "-Wall", "-Wextra", "-Werror", "-x", "c++"]):
        if shutil.which(compiler[0]) is None:
            pytest.skip(f"no {compiler[0]}")
        objects = ["main.c"] if compiler[0] == "g++" else ["main.c", source.name]
        link = ["-c", "-o", "main.o"] if compiler[0] == "g++" else ["-o", "main"]
        subprocess.run([*compiler, *objects, *link], cwd=tmp_path, check=True)
    ran = subprocess.run([tmp_path / "main"], capture_output=True, check=True)
    assert ran.stdout.decode() == "".join(classes)


def test_a_file_that_nas_did_not_write_is_overwritten_by_force_only(make_archive, tmp_path):
    archive = make_archive(tflite=model_bytes(CASES["dense"]))
    (tmp_path / "mine.c").write_text("int mine;\n")
    with pytest.raises(InputError, match=r"mine\.c: is there, and nas did not write it; .* force=True"):
        write_files(Destination(tmp_path, name="mine"), archive, ["c"])
    assert [path.name for path in tmp_path.iterdir()] == ["mine.c"]
    write_files(Destination(tmp_path, name="mine", force=True), archive, ["c"])
    write_files(Destination(tmp_path, name="mine"), archive, ["c"])
    assert "mine_invoke" in (tmp_path / "mine.c").read_text()


def test_plain_c_is_described_among_the_formats():
    assert "Plain C" in FORMATS.summary("c")


def test_a_plan_never_lets_living_buffers_overlap_and_reaches_the_bound_where_one_can():
    for seed in range(40):
        numbers = np.random.default_rng(seed)
        begins = numbers.integers(0, 6, 6)
        buffers = [Buffer(int(size), int(first), int(first + more)) for size, first, more in
                   zip(numbers.integers(1, 90, 6), begins, numbers.integers(0, 4, 6), strict=True)]  # fmt: skip
        offsets, total = best_plan(buffers)
        most_at_once = max(sum(b.bytes for b in buffers if b.first <= now.first <= b.last) for now in buffers)
        assert most_at_once <= total <= sum(buffer.bytes for buffer in buffers)
        for i, one in enumerate(buffers):
            assert 0 <= offsets[i] <= total - one.bytes
            for j, other in enumerate(buffers[:i]):
                apart = offsets[i] + one.bytes <= offsets[j] or offsets[j] + other.bytes <= offsets[i]
                assert apart or not one.overlaps(other)


CROSS = {
    "Cortex-M0+": ["arm-none-eabi-gcc", "-mcpu=cortex-m0plus", "-mthumb"],
    "Cortex-M4": ["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb"],
    "RISC-V": ["riscv64-unknown-elf-gcc", "-march=rv32imc", "-mabi=ilp32", "--specs=picolibc.specs"],
    "RISC-V without a multiplier": [
        "riscv64-unknown-elf-gcc",
        "-march=rv32ec",
        "-mabi=ilp32e",
        "--specs=picolibc.specs",
    ],
    "AVR": ["avr-gcc", "-mmcu=atmega328p"],
}


@pytest.mark.parametrize("core", CROSS)
def test_every_core_compiles_it_without_a_warning(tmp_path, core):
    if shutil.which(CROSS[core][0]) is None:
        pytest.skip(f"no {CROSS[core][0]}")
    compiled(tmp_path, residual())
    command = [*CROSS[core], *STRICT[:-2], "-Werror", "-Os", "-c", "net.c", "-o", "net.o"]
    built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert built.stderr == ""
