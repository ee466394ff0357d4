"""Compiles plain C and compares its answers with the packaged TFLM, to the bit."""

import ctypes
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from plain_c_batch import tflm_answers
from single_operators import Case, T, ints, model_bytes, table
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


def weights(*shape, axis=0, scale=0.004):
    return T(shape, "int8", RANDOM.integers(-127, 128, shape), scales=shape[axis], scale=scale, axis=axis)


def bias(count):
    return T((count,), "int32", RANDOM.integers(-3000, 3000, count), scales=0)


def image(*shape, scale=0.05, zero_point=-7):
    return T((1, *shape), scale=scale, zero_point=zero_point)


def conv(shape, out, kernel, padding=0, stride=1, dilation=1, activation=0, out_scale=0.5):
    """A convolution; padding 0 is SAME, activation 1 is RELU and 3 is RELU6."""
    inputs = [image(*shape), weights(out[-1], *kernel, shape[-1]), bias(out[-1])]
    fields = {"padding": padding, "strideH": stride, "strideW": stride, "fusedActivationFunction": activation}
    fields |= {"dilationHFactor": dilation, "dilationWFactor": dilation}
    return Case("CONV_2D", inputs, [image(*out, scale=out_scale, zero_point=4)], "Conv2DOptions", fields)


def depthwise(shape, out, kernel, padding=0, stride=1, dilation=1):
    inputs = [image(*shape), weights(1, *kernel, out[-1], axis=3), bias(out[-1])]
    fields = {"padding": padding, "strideH": stride, "strideW": stride, "depthMultiplier": out[-1] // shape[-1]}
    fields |= {"dilationHFactor": dilation, "dilationWFactor": dilation}
    return Case("DEPTHWISE_CONV_2D", inputs, [image(*out, scale=0.1)], "DepthwiseConv2DOptions", fields)


def dense(inputs, outputs, scales=None, rows=1):
    matrix = weights(outputs, inputs)
    matrix = T(matrix.shape, "int8", matrix.data, scales=scales or outputs, scale=0.003)
    out = T((rows, outputs), scale=0.2, zero_point=-3)
    return Case(
        "FULLY_CONNECTED", [T((rows, inputs), scale=0.05), matrix, bias(outputs)], [out], "FullyConnectedOptions"
    )


def pool(kind, shape, out, window, stride, padding=1, activation=0):
    fields = {"padding": padding, "strideH": stride[0], "strideW": stride[1]}
    fields |= {"filterHeight": window[0], "filterWidth": window[1], "fusedActivationFunction": activation}
    return Case(kind, [image(*shape)], [image(*out)], "Pool2DOptions", fields)


def pairwise(kind, a, b, activation=0):
    fields = {"fusedActivationFunction": activation}
    inputs = [T(a, scale=0.03, zero_point=5), T(b, scale=0.05, zero_point=-9)]
    return Case(kind, inputs, [T(max(a, b), scale=0.04, zero_point=-2)], f"{kind.title()}Options", fields)


def alone(kind, zero_point=-20, scale=0.05, out=(0.04, 3), options="", **fields):
    return Case(
        kind,
        [image(6, 5, 7, scale=scale, zero_point=zero_point)],
        [image(6, 5, 7, scale=out[0], zero_point=out[1])],
        options,
        fields,
    )


def reduced(kind, shape, axes, out, **scales):
    same = image(*shape, **scales)
    target = T(out, scale=0.05, zero_point=-7) if kind == "REDUCE_MAX" else T(out, scale=0.02, zero_point=9)
    return Case(kind, [same, ints(*axes)], [target], "ReducerOptions")


CASES = {
    "sequence": conv((1, 21, 9), (1, 21, 16), (1, 7), activation=1),
    "sequence along the height": conv((21, 1, 3), (11, 1, 5), (5, 1), stride=2),
    "image": conv((9, 8, 3), (9, 8, 8), (3, 3), activation=3),
    "image without padding": conv((9, 8, 6), (7, 6, 5), (3, 3), padding=1),
    "one output channel": conv((5, 5, 3), (5, 5, 1), (3, 3)),
    "strides": conv((9, 9, 4), (5, 5, 6), (3, 3), stride=2),
    "dilation": conv((9, 9, 4), (9, 9, 6), (3, 3), dilation=2),
    "one place": conv((4, 5, 7), (4, 5, 6), (1, 1)),
    "one place in two": conv((6, 6, 4), (3, 3, 6), (1, 1), stride=2),
    "kernel as large as the input": conv((4, 5, 3), (1, 1, 6), (4, 5), padding=1),
    "factor above one": conv((6, 6, 4), (6, 6, 5), (3, 3), out_scale=0.0001),
    "depthwise": depthwise((9, 8, 6), (9, 8, 6), (3, 3)),
    "depthwise sequence": depthwise((1, 30, 8), (1, 15, 8), (1, 5), stride=2),
    "depthwise with a multiplier": depthwise((6, 6, 3), (6, 6, 9), (3, 3)),
    "depthwise on one channel": depthwise((6, 6, 1), (4, 4, 9), (3, 3), padding=1),
    "depthwise with dilation": depthwise((9, 9, 5), (9, 9, 5), (3, 3), dilation=2),
    "dense": dense(37, 10),
    "dense with one scale": dense(64, 5, scales=1),
    "dense on rows": dense(12, 7, rows=3),
    "maximum": pool("MAX_POOL_2D", (9, 8, 6), (4, 4, 6), (2, 2), (2, 2)),
    "maximum with padding": pool("MAX_POOL_2D", (9, 8, 5), (5, 4, 5), (3, 3), (2, 2), padding=0),
    "overlapping maximum": pool("MAX_POOL_2D", (1, 20, 9), (1, 18, 9), (1, 3), (1, 1), activation=1),
    "average": pool("AVERAGE_POOL_2D", (9, 8, 6), (4, 4, 6), (2, 2), (2, 2)),
    "average with padding": pool("AVERAGE_POOL_2D", (9, 8, 5), (5, 4, 5), (3, 3), (2, 2), padding=0, activation=3),
    "mean over an image": reduced("MEAN", (6, 7, 5), (1, 2), (1, 5)),
    "mean over a sequence": reduced("MEAN", (32, 8), (1,), (1, 8)),
    "sum": reduced("SUM", (6, 5), (1,), (1, 5), scale=0.001),
    "mean that scales up": reduced("MEAN", (2, 5), (1,), (1, 5), scale=0.9),
    "greatest": reduced("REDUCE_MAX", (9, 5), (1,), (1, 5)),
    "sum of two": pairwise("ADD", (1, 6, 5, 4), (1, 6, 5, 4), activation=1),
    "difference": pairwise("SUB", (1, 6, 5, 4), (1, 6, 5, 4)),
    "sum with a row": pairwise("ADD", (1, 6, 5, 4), (1, 1, 1, 4)),
    "product": pairwise("MUL", (1, 6, 5, 4), (1, 6, 5, 4)),
    "product with gates": pairwise("MUL", (1, 6, 5, 4), (1, 1, 1, 4)),
    "product with a column": pairwise("MUL", (1, 6, 5, 4), (1, 6, 5, 1)),
    "product with one number": pairwise("MUL", (1, 6, 5, 4), (1, 1, 1, 1)),
    "relu": alone("RELU"),
    "relu without a table": alone("RELU", out=(0.05, -20)),
    "relu6": alone("RELU6", out=(0.05, -20)),
    "leaky relu": alone("LEAKY_RELU", options="LeakyReluOptions", alpha=0.1),
    "logistic": alone("LOGISTIC", out=(1 / 256, -128)),
    "logistic of large numbers": alone("LOGISTIC", zero_point=90, scale=0.2, out=(1 / 256, -128)),
    "tanh": alone("TANH", out=(1 / 128, 0)),
    "tanh of small numbers": alone("TANH", zero_point=3, scale=0.01, out=(1 / 128, 0)),
    "hard swish": alone("HARD_SWISH"),
    "hard swish of large numbers": alone("HARD_SWISH", zero_point=90, scale=0.8, out=(0.3, -120)),
    "hard swish of small numbers": alone("HARD_SWISH", zero_point=3, scale=0.003, out=(0.002, 5)),
    "requantization": alone("QUANTIZE", options="QuantizeOptions"),
    "softmax": alone("SOFTMAX", scale=0.11, out=(1 / 256, -128), options="SoftmaxOptions", beta=1.0),
    "sharp softmax": alone("SOFTMAX", scale=1.5, out=(1 / 256, -128), options="SoftmaxOptions", beta=2.0),
    "flat softmax": alone("SOFTMAX", scale=0.001, out=(1 / 256, -128), options="SoftmaxOptions", beta=1.0),
    "pad": Case("PAD", [image(5, 4, 3), table((0, 0), (1, 2), (2, 0), (0, 1))], [image(8, 6, 4)], "PadOptions"),
    "transpose": Case("TRANSPOSE", [image(5, 4, 3), ints(0, 2, 3, 1)], [image(4, 3, 5)], "TransposeOptions"),
    "slice": Case("SLICE", [image(5, 4, 3), ints(0, 1, 2, 0), ints(1, 3, 2, 2)], [image(3, 2, 2)], "SliceOptions"),
    "join": Case(
        "CONCATENATION", [image(5, 4, 3), image(5, 4, 2)], [image(5, 4, 5)], "ConcatenationOptions", {"axis": 3}
    ),
    "split": Case("SPLIT", [ints(3), image(5, 4, 6)], [image(5, 4, 3)] * 2, "SplitOptions", {"numSplits": 2}),
    "transposed convolution": Case(
        "TRANSPOSE_CONV", [ints(1, 8, 8, 5), weights(5, 3, 3, 4), image(4, 4, 4)],
        [image(8, 8, 5, scale=0.3)], "TransposeConvOptions", {"strideH": 2, "strideW": 2},
    ),
}  # fmt: skip


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
