"""Many models as plain C in one program, compiled with every warning as an error and under sanitizers."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nas.exporters.c_source import source_text
from nas.target.plain_c.model import Network, read_network
from nas.target.plain_c.program import compile_network

STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Werror"]
SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g1"]
MAIN = r"""
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include "batch.h"
int main(void) {
  for (size_t n = 0; n < sizeof networks / sizeof networks[0]; ++n) {
    for (int row = 0; row < ROWS; ++row) {
      // Of exactly these sizes, so that a sanitizer sees every byte beyond.
      int8_t *in = malloc(networks[n].inputs), *out = malloc(networks[n].outputs);
      if (fread(in, 1, networks[n].inputs, stdin) != networks[n].inputs) return 2;
      networks[n].invoke(in, out);
      fwrite(out, 1, networks[n].outputs, stdout);
      free(in);
      free(out);
    }
  }
  return 0;
}
"""


@dataclass(frozen=True)
class Written:
    """A model with its source in C."""

    network: Network
    source: str
    ram_bytes: int

    @property
    def sizes(self) -> tuple[int, int]:
        return sum(t.size for t in self.network.inputs), sum(t.size for t in self.network.outputs)


def written(tflite: bytes, name: str) -> Written:
    """Return a model as C whose names begin with `name`; InputError if plain C cannot express it."""
    network = read_network(tflite, name)
    program = compile_network(network, name)
    return Written(network, source_text(name, network, program), program.ram_bytes)


def answers(models: Sequence[Written], rows: Sequence[Any], folder: Path, *flags: str) -> list[Any]:
    """Return the outputs [rows, outputs] of each model, which are named net0, net1 and so on.

    Raises:
        subprocess.CalledProcessError: a warning of the compiler, or what a sanitizer found.
    """
    listed = []
    for i, model in enumerate(models):
        declared = f"void net{i}_invoke(const int8_t *input, int8_t *output);\n"
        ram = f"#define NET{i}_RAM_BYTES {model.ram_bytes}\n"
        (folder / f"net{i}.h").write_text(f"#include <stdint.h>\n{ram}{declared}")
        (folder / f"net{i}.c").write_text(model.source)
        listed.append(f"{{net{i}_invoke, {model.sizes[0]}, {model.sizes[1]}}}")
    include = "".join(f'#include "net{i}.h"\n' for i in range(len(models)))
    kind = "struct { void (*invoke)(const int8_t *, int8_t *); size_t inputs, outputs; }"
    table = f"static const {kind} networks[] = {{\n{', '.join(listed)}}};\n"
    (folder / "batch.h").write_text(f"#define ROWS {len(rows[0])}\n{include}{table}")
    (folder / "main.c").write_text(MAIN)
    sources = [f"net{i}.c" for i in range(len(models))]
    command = ["gcc", *STRICT, *SANITIZE, *flags, "main.c", *sources, "-o", "batch"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    given = b"".join(row.astype(np.int8).tobytes() for row in rows)
    ran = subprocess.run([folder / "batch"], input=given, check=True, capture_output=True)
    found, start = [], 0
    for model, own in zip(models, rows, strict=True):
        size = len(own) * model.sizes[1]
        found.append(np.frombuffer(ran.stdout[start : start + size], np.int8).reshape(len(own), model.sizes[1]))
        start += size
    return found


def rows_for(model: Written, count: int, rng: np.random.Generator) -> Any:
    """Return random inputs of a model: of the whole range, small, and extreme ones."""
    whole = rng.integers(-128, 128, (count, model.sizes[0]))
    kinds = (whole, whole // 16, np.where(whole < 0, -128, 127))
    return np.stack([kinds[i % 3][i] for i in range(count)]).astype(np.int8)


def tflm_answers(tflite: bytes, network: Network, rows: Any) -> Any:
    """Return the outputs of the package `tflite-micro`; inputs, and outputs, lie one behind the other in a row."""
    from tflite_micro.python.tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(tflite, arena_size=8 << 20)
    found = []
    for row in rows:
        start = 0
        for place, tensor in enumerate(network.inputs):
            interpreter.set_input(row[start : start + tensor.size].reshape(tensor.shape), place)
            start += tensor.size
        interpreter.reset()
        interpreter.invoke()
        found.append(np.concatenate([interpreter.get_output(i).ravel() for i in range(len(network.outputs))]))
    return np.stack(found)
