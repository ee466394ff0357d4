"""Quantization-aware training (QAT): the last epochs of a final training, with the rounding of int8."""

from dataclasses import replace

import numpy as np

from nas.arrays import Floats
from nas.data.dataset import Part
from nas.model.deploy.convert import CALIBRATION_ROWS, calibration_rows
from nas.model.deploy.fake_quantized import FakeQuantizedNetwork, fake_quantize
from nas.model.deploy.tflite_model import float_outputs
from nas.model.network.network import Network
from nas.model.training.training import Trained, TrainingRun, train
from nas.study.recipe import Recipe
from nas.task.task import Task

# These epochs fine-tune: their peak learning rate is this part of the training's.
LEARNING_RATE = 1 / 8
COVERED = 0.999
"""Values up to this quantile, at either end, decide the range of an input that is reconstructed."""
LEAST_TIMES, MOST_TIMES = 2.0, 4.0
"""That range is at least and at most so many times theirs."""
ROUNDING = 0.05
"""The share of the mean score of normal rows that rounding may add to it, where the range is wider than the least."""
_STEPS = 255
MOST_VALUES = 1_000_000
"""Of calibration rows, where a task asks for more of them; the activations of all are in memory."""


def input_range(network: Network, x: Floats, learns: Task) -> tuple[float, float]:
    """Return the range of the inputs and outputs of a network that reconstructs rows.

    It is wider than that of normal rows: values of anomalies lie beyond theirs, and those beyond the ends are clipped,
    so that they count less in the score (`benchmarks/detector_ranges.md`). On the other hand, rounding inputs and
    outputs to steps of s adds two variances of s^2 / 12 to each score.

    Args:
        network: the float network.
        x: scaled normal rows [n, ...] that it has learned from.
        learns: the task.
    """
    low, high = np.quantile(x, [1 - COVERED, COVERED]).tolist()
    width = high - low or 1.0
    score = float(learns.answers(float_outputs(network, learns.read(x)), x)[:, 0].mean())
    widest = _STEPS * (6 * ROUNDING * score) ** 0.5
    times = min(MOST_TIMES, max(LEAST_TIMES, widest / width))
    spread = width * (times - 1) / 2
    return min(0.0, low - spread), max(0.0, high + spread)


def round_and_tune(
    network: Network, rows: Part, val: Part | None, recipe: Recipe, run: TrainingRun
) -> tuple[FakeQuantizedNetwork, Trained | None]:
    """Return a trained network with the rounding of int8, after `run.epochs` quantization-aware epochs.

    Where the task says so, these learn the float network's outputs in place of the targets: only rounding is made up
    for. Further epochs on the targets would give another model than the float one, better or worse on new rows.

    Args:
        network: with the weights of its training; it is left unchanged.
        rows: what it was trained on; its ranges are measured on some of them.
        val: rows to choose the best epoch by, as in `train`.
        recipe: of the training; the learning rate is an eighth of its own.
        run: as in `train`, with the number of quantization-aware epochs, which may be 0.

    Returns:
        The network that is deployed, and how its epochs went; None without any.
    """
    count = run.task.calibration_rows or CALIBRATION_ROWS
    count = min(count, max(CALIBRATION_ROWS, MOST_VALUES * len(rows) // rows.x.size))
    calibration = calibration_rows(rows, run.task.strata(rows.y), count=count, seed=run.seed)
    inputs = run.input_range
    if run.task.reconstructs and inputs is None:
        inputs = input_range(network, calibration, run.task)
    wanted = inputs, run.task.span(rows.y), run.task.range_margin, run.task.reconstructs
    rounded = fake_quantize(network, run.task.read(calibration), run.task.loss, *wanted)
    if not run.epochs:
        return rounded, None
    gentle = recipe.replace(learning_rate=recipe.training.learning_rate * LEARNING_RATE)
    if run.task.follows_float:
        gentle = gentle.replace(distillation=1.0)
        run = replace(run, soft_labels=float_outputs(network, run.task.read(rows.x)))
    return rounded, train(rounded, rows, val, gentle, run)
