"""Networks in plain C hop by hop: on a long signal, each answer is TFLM's for the newest window, to the bit."""

import dataclasses
import random
import shutil
import subprocess

import numpy as np
import pytest
from graph_files import file_of
from plain_c_batch import SANITIZE, STRICT, tflm_answers
from single_operators import T, ints
from whole_models import Node, Part, write

from nas.api.device_archive import device_archive
from nas.api.loading import load
from nas.data.prepared import Scaling
from nas.errors import InputError
from nas.exporters.c_source import source_text
from nas.exporters.format import Destination
from nas.exporters.format import write as write_files
from nas.graph.builder import GraphBuilder
from nas.target.plain_c.model import read_network
from nas.target.plain_c.program import compile_network

pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="no gcc to compile plain C with")

# Each network runs on its part of the standard input, in buffers of exactly its sizes, so that a sanitizer sees more.
MAIN = r"""
#include <stdio.h>
#include <stdlib.h>
#include "networks.h"
int main(void) {
  for (size_t n = 0; n < sizeof networks / sizeof networks[0]; ++n) {
    int8_t *rows = malloc(networks[n].hop), *output = malloc(networks[n].outputs);
    networks[n].reset();
    for (int i = 0; i < networks[n].hops; ++i) {
      if (fread(rows, 1, networks[n].hop, stdin) != networks[n].hop) return 2;
      if (networks[n].push(rows, output)) fwrite(output, 1, networks[n].outputs, stdout);
    }
    free(rows);
    free(output);
  }
  return 0;
}
"""
TABLE = """
static const struct {
  void (*reset)(void);
  int (*push)(const int8_t *, int8_t *);
  size_t hop, outputs;
  int hops;
} networks[] = {
"""
ANSWERS = 5  # that are compared of each network


class Streamed:
    """A network hop by hop, as C, and a signal with the answers that TFLM gives for its windows."""

    def __init__(self, tflite, hop, seed):
        self.network = read_network(tflite, "net")
        self.program = compile_network(self.network, "net", hop)
        stream, (source,) = self.program.stream, self.network.inputs
        row_bytes = source.size // stream.window
        self.hop_bytes, self.hops = row_bytes * stream.hop, stream.pushes + ANSWERS - 1
        rows = self.hops * stream.hop
        self.signal = np.random.default_rng(seed).integers(-128, 128, (rows, row_bytes)).astype(np.int8)
        ends = range(stream.pushes * stream.hop, rows + 1, stream.hop)
        windows = np.stack([self.signal[end - stream.window : end].ravel() for end in ends])
        self.expected = tflm_answers(tflite, self.network, windows)

    def written(self, folder, name):
        """Write the network as `name`; return its entry in the table."""
        upper, stream = name.upper(), self.program.stream
        defines = f"#define {upper}_RAM_BYTES {self.program.ram_bytes}\n"
        defines += f"#define {upper}_WINDOW_PUSHES {stream.pushes}\n"
        declared = f"void {name}_stream_reset(void);\nint {name}_push(const int8_t *input, int8_t *output);\n"
        (folder / f"{name}.h").write_text(f"#include <stdint.h>\n{defines}{declared}")
        (folder / f"{name}.c").write_text(source_text(name, self.network, self.program))
        outputs = self.expected.shape[1]
        return f"{{{name}_stream_reset, {name}_push, {self.hop_bytes}, {outputs}, {self.hops}}},\n"


def assert_equal_answers(folder, models):
    """Compile networks, with every warning as an error, and compare their answers, under sanitizers."""
    entries = [model.written(folder, f"net{i}") for i, model in enumerate(models)]
    includes = "".join(f'#include "net{i}.h"\n' for i in range(len(models)))
    (folder / "networks.h").write_text(f"{includes}{TABLE}{''.join(entries)}}};\n")
    (folder / "main.c").write_text(MAIN)
    sources = [f"net{i}.c" for i in range(len(models))]
    subprocess.run(["gcc", *STRICT, *SANITIZE, "main.c", *sources, "-o", "networks"], cwd=folder, check=True)
    given = b"".join(model.signal.tobytes() for model in models)
    ran = subprocess.run([folder / "networks"], input=given, capture_output=True, check=True)
    assert ran.stdout == b"".join(model.expected.tobytes() for model in models)


def random_graph(seed):
    """Return a network without padding in time: of windows, or of images whose rows come one after the other."""
    rng = random.Random(seed)
    shape = (1, rng.randint(60, 90), rng.randint(2, 6)) if seed % 3 else (rng.randint(60, 80), 6, 2)
    g, time = GraphBuilder(shape), int(shape[0] == 1)
    most = 1 + (seed % 3 > 0)  # stride
    kinds = ["conv", "dilated", "depthwise", "residual", "conv", "max", "average"][: 5 if most == 1 else None]
    for kind in [kinds[seed % len(kinds)], *rng.choices(kinds, k=3)]:
        if g.shape[time] >= 20:
            _add(g, kind, rng, rng.randint(1, most))
    g.conv2d(5, 3, padding="VALID")
    if seed % 2:
        g.mean()
    g.flatten()
    if rng.random() < 0.3:
        g.fully_connected(6)
    g.fully_connected(rng.randint(2, 5), activation="NONE")
    g.softmax()
    return g.graph()


def _add(g, kind, rng, stride):
    if kind in ("max", "average"):
        g.pool2d(kind)
    elif kind == "depthwise":
        g.depthwise_conv2d(rng.choice((2, 3, 5)), multiplier=rng.choice((1, 2)), stride=stride, padding="VALID")
    elif kind == "dilated":
        g.conv2d(rng.randint(3, 8), 3, dilation=rng.randint(2, 3), padding="VALID")
    elif kind == "residual":
        start = g.tensor
        g.conv2d(g.shape[-1], 1, activation="NONE")
        g.add(start, activation="RELU")
    else:
        g.conv2d(rng.randint(3, 8), rng.choice((1, 2, 3, 5)), stride=stride, padding="VALID")


def test_each_answer_is_that_of_the_whole_window(tmp_path):
    files = [file_of(random_graph(seed), np.random.default_rng(seed), odd=seed % 4 == 3) for seed in range(14)]
    models = [Streamed(tflite, 1 + seed % 4, seed) for seed, tflite in enumerate(files)]
    assert {model.program.stream.hop for model in models} >= {1, 2, 3, 4}
    assert_equal_answers(tmp_path, [*models, Streamed(of_conv1d(), 1, 0), Streamed(partly(), 2, 0)])


def of_conv1d():
    """Return a network as Keras's Conv1D becomes one: with changes of shape around each convolution."""
    random_numbers = np.random.default_rng(0)

    def numbers(*shape):
        return T(shape, "int8", random_numbers.integers(-127, 128, shape), scales=shape[0], scale=0.004)

    tensors = {"x": T((1, 20, 3)), "w": numbers(4, 1, 3, 3), "b": T((4,), "int32", [5, -900, 70, 3000], scales=0)}
    tensors |= {"four": ints(1, 1, 20, 3), "three": ints(1, 18, 4), "again": ints(1, 1, 18, 4), "flat": ints(1, 68)}
    tensors |= {"x4": T((1, 1, 20, 3)), "y4": T((1, 1, 18, 4), scale=0.2), "y": T((1, 18, 4), scale=0.2)}
    tensors |= {"z4": T((1, 1, 18, 4), scale=0.2), "v": numbers(4, 1, 2, 4), "u4": T((1, 1, 17, 4), scale=0.3)}
    tensors |= {"u": T((1, 68), scale=0.3), "d": numbers(3, 68), "out": T((1, 3), scale=0.5)}
    tensors |= {"c": T((3,), "int32", [1, 2, 3], scales=0)}
    fields = {"padding": 1, "strideH": 1, "strideW": 1}
    nodes = [
        Node("RESHAPE", ["x", "four"], ["x4"], "ReshapeOptions"),
        Node("CONV_2D", ["x4", "w", "b"], ["y4"], "Conv2DOptions", fields),
        Node("RESHAPE", ["y4", "three"], ["y"], "ReshapeOptions"),
        Node("RESHAPE", ["y", "again"], ["z4"], "ReshapeOptions"),
        Node("CONV_2D", ["z4", "v", "b"], ["u4"], "Conv2DOptions", fields),
        Node("RESHAPE", ["u4", "flat"], ["u"], "ReshapeOptions"),
        Node("FULLY_CONNECTED", ["u", "d", "c"], ["out"], "FullyConnectedOptions"),
    ]
    return write(Part(tensors, nodes, ["x"], ["out"]))


def partly():
    """Return a network whose second convolution pads: from there on, whole windows are computed."""
    g = GraphBuilder((1, 40, 3))
    g.conv2d(6, 5, padding="VALID")
    g.pool2d("max")
    g.conv2d(6, 3)
    g.mean()
    g.flatten()
    g.fully_connected(3, activation="NONE")
    return file_of(g.graph(), np.random.default_rng(0))


@pytest.mark.parametrize("is_scaled", [True, False])
def test_the_exported_program_passes_its_self_test(tmp_path, is_scaled):
    (tmp_path / "mine.tflite").write_bytes(partly())
    archive = dataclasses.replace(device_archive(load(tmp_path / "mine.tflite")), streaming=3)
    if is_scaled:
        archive = dataclasses.replace(archive, scaling=Scaling((0.5, -1.0, 3.0), (0.25, 1.0, 2.0)))
    write_files(Destination(tmp_path, name="mine"), archive, ["c"])
    sources = ["mine_main.c", "mine.c", "-lm", "-o", "program"]
    subprocess.run(["gcc", *STRICT, *SANITIZE, *sources], cwd=tmp_path, check=True)
    ran = subprocess.run([tmp_path / "program"], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("self-test: passed\nanswer: ")


@pytest.mark.skipif(shutil.which("arm-none-eabi-gcc") is None, reason="no arm-none-eabi-gcc")
def test_the_static_ram_is_the_linker_s(tmp_path):
    model = Streamed(partly(), 2, 0)
    model.written(tmp_path, "net")
    command = ["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-O2", "-c", "net.c"]
    subprocess.run(command, cwd=tmp_path, check=True)
    said = subprocess.check_output(["arm-none-eabi-size", "net.o"], cwd=tmp_path, text=True)
    _, data, bss, *_ = said.splitlines()[1].split()
    # The linker may lay an odd byte between the arena and the counter.
    assert 0 <= int(data) + int(bss) - model.program.ram_bytes <= 3


def padded():
    g = GraphBuilder((1, 40, 3))
    g.conv2d(6, 5)
    return g


def causal():
    g = GraphBuilder((1, 40, 3))
    g.conv2d(6, 5, padding="CAUSAL")
    return g


def without_head():
    g = GraphBuilder((1, 40, 3))
    g.conv2d(6, 5, padding="VALID")
    return g


def a_table():
    g = GraphBuilder((7,))
    g.fully_connected(3)
    return g


def spanning():
    g = GraphBuilder((1, 8, 3))
    g.conv2d(6, 8, padding="VALID")
    return g


@pytest.mark.parametrize(
    ("build", "hop", "words"),
    [
        (padded, 1, r'operator 0, CONV_2D, pads the time: its block needs padding = "valid"'),
        (causal, 1, 'operator 1, CONV_2D, pads the time: its block needs padding = "valid"'),
        (without_head, 1, "its output has a row for each time"),
        (a_table, 1, "its input has no time"),
        (spanning, 1, "operator 0, CONV_2D, takes the whole window at once"),
        (without_head, 40, "its output has a row for each time"),
    ],
)
def test_what_cannot_be_streamed_is_refused_with_the_reason(build, hop, words):
    network = read_network(file_of(build().graph(), np.random.default_rng(0)), "here")
    with pytest.raises(
        InputError, match=f"here: must be a model that can be streamed, but {words}.*leave streaming out"
    ):
        compile_network(network, "here", hop)


def test_a_hop_is_shorter_than_the_window_and_a_multiple_of_the_strides():
    network = read_network(partly(), "here")
    assert [compile_network(network, "here", hop).stream.hop for hop in (1, 2, 3, 38)] == [2, 2, 4, 38]
    with pytest.raises(InputError, match="a hop of 40 rows is not shorter than the window of 40"):
        compile_network(network, "here", 39)


def test_the_buffers_hold_the_rows_that_the_kernels_reach_back_to(tmp_path):
    g = GraphBuilder((1, 50, 4))
    g.conv2d(8, 5, padding="VALID")
    g.conv2d(6, 3, dilation=2, padding="VALID")
    g.mean()
    g.flatten()
    g.fully_connected(3, activation="NONE")
    network = read_network(file_of(g.graph(), np.random.default_rng(0)), "here")
    stream = compile_network(network, "here", 3).stream
    rows = {tensor.shape[-1]: tensor.shape[2] for tensor in stream.buffers.values()}
    assert rows == {4: (5 - 1) + 3, 8: (3 - 1) * 2 + 3, 6: 50 - 4 - 4}
