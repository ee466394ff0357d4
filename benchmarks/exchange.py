"""How far ONNX answers as Keras and LiteRT do: networks drawn from the spaces, trained a little on their own data.

    pip install 'nas[onnx]'
    python benchmarks/exchange.py synthetic > benchmarks/exchange.md

Draws the networks at random, trains each for EPOCHS epochs (the argument names the windows), and compares on all test
rows: float ONNX with Keras, int8 ONNX (QDQ) with the `.tflite` in LiteRT, both in onnxruntime by default settings.
"""

import sys
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import onnxruntime

from nas.data.prepared import prepare
from nas.data.source import load
from nas.data.splits import Splits, split
from nas.exporters.onnx.qdq import tflite_to_onnx
from nas.model import runtime
from nas.model.deploy.convert import calibration_rows, quantize
from nas.model.deploy.fake_quantized import fake_quantize
from nas.model.deploy.tflite_model import TfliteModel
from nas.model.host.onnx_runtime import run_onnx
from nas.model.keras_file import dump_keras, load_keras
from nas.model.keras_model import to_keras
from nas.model.keras_onnx import keras_to_onnx
from nas.model.keras_runtime import keras_outputs
from nas.model.network.network import Network
from nas.model.training.training import TrainingRun, train
from nas.space.dims import RandomChooser
from nas.space.file import load_space
from nas.study.recipe import Recipe

EPOCHS = 1
TITLES = (
    "space", "rows", ".tflite", "int8 ONNX", "float: largest difference", "float: same class", "int8: most steps",
    "int8: equal", "int8: same class",
)  # fmt: skip
DRAWN = {"mlp_tabular": 4, "cnn_image": 8, "cnn_timeseries": 8}


class Row(NamedTuple):
    """One network: sizes in bytes, and how its ONNX answers."""

    name: str
    rows: int
    tflite: int
    int8: int
    difference: float
    argmax: float
    steps: int
    equal: float
    int8_argmax: float


def compare(name: str, splits: Splits, seed: int) -> Row:
    """Draw and train a network, and compare its files on all test rows."""
    space = load_space(name)
    architecture = space.sample(RandomChooser(seed), splits.train.x.shape[1:], len(splits.class_names))
    data = prepare(splits, architecture.front_end)
    network = Network(architecture.lower(), seed=seed)
    train(network, data.train, data.val, Recipe(), TrainingRun(epochs=EPOCHS))
    tflite = quantize(fake_quantize(network, calibration_rows(data.train, data.train.y)))
    content, x = dump_keras(to_keras(network)), data.test.x
    int8 = tflite_to_onnx(tflite, name)
    loaded = load_keras(content, name)
    wanted, answers = keras_outputs(loaded, x), run_onnx(keras_to_onnx(loaded, name), x, name)
    model = TfliteModel(tflite, in_litert=True)
    reference, found = model.predict(x), run_onnx(int8, x, name)
    steps = np.abs(np.round((found - reference) / model.output_quantization[0]))
    return Row(
        name, len(x), len(tflite), len(int8),
        float(np.abs(answers - wanted).max()), _same(answers, wanted),
        int(steps.max()), float((steps == 0).mean()), _same(found, reference),
    )  # fmt: skip


def _same(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.mean(a.argmax(axis=1) == b.argmax(axis=1)))


def compared(windows: str) -> Iterator[Row]:
    sources = {"cnn_timeseries": windows, "cnn_image": "digits", "mlp_tabular": "breast_cancer"}
    for name, count in DRAWN.items():
        splits = split(load(sources[name]), 0)
        yield from (compare(name, splits, seed) for seed in range(count))


def main() -> None:
    runtime.use_one_thread()
    print(f"""# ONNX against Keras and LiteRT

Written by `benchmarks/exchange.py`, which says how: networks drawn from the spaces, trained for {EPOCHS} epoch each,
compared on all test rows in onnxruntime {onnxruntime.__version__} with default settings. Sizes in bytes; a step is one
of the int8 output.

| {" | ".join(TITLES)} |
|{"---|" * len(TITLES)}""")
    rows = []
    for row in compared(sys.argv[1]):
        rows.append(row)
        float_cells = f"{row.difference:.1e} | {100 * row.argmax:.2f} %"
        int8_cells = f"{row.steps} | {100 * row.equal:.3f} % | {100 * row.int8_argmax:.2f} %"
        cells = f"{row.name} | {row.rows:,} | {row.tflite:,} | {row.int8:,} | {float_cells} | {int8_cells}"
        print(f"| {cells} |", flush=True)
    print(f"""
Over all {len(rows)} networks: float ONNX gives Keras' class for at least {100 * min(row.argmax for row in rows):.2f} %
of the rows, and its outputs differ by at most {max(row.difference for row in rows):.1e}. The largest difference of
int8 outputs, in steps: {max(row.steps for row in rows)}; equal are at least
{100 * min(row.equal for row in rows):.3f} %.""")


if __name__ == "__main__":
    main()
