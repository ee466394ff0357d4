"""Quantization-aware training (QAT): the last epochs of a final training, with the rounding of int8."""

from nas.data.dataset import Part
from nas.model.deploy.convert import calibration_rows
from nas.model.deploy.fake_quantized import FakeQuantizedNetwork, fake_quantize
from nas.model.network.network import Network
from nas.model.training.training import Trained, TrainingRun, train
from nas.study.recipe import Recipe

# These epochs fine-tune: their peak learning rate is this part of the training's.
LEARNING_RATE = 1 / 8


def round_and_tune(
    network: Network, rows: Part, val: Part | None, recipe: Recipe, run: TrainingRun
) -> tuple[FakeQuantizedNetwork, Trained | None]:
    """Return a trained network with the rounding of int8, after `run.epochs` quantization-aware epochs.

    Args:
        network: with the weights of its training; it is left unchanged.
        rows: what it was trained on; its ranges are measured on some of them.
        val: rows to choose the best epoch by, as in `train`.
        recipe: of the training; the learning rate is an eighth of its own.
        run: as in `train`, with the number of quantization-aware epochs, which may be 0.

    Returns:
        The network that is deployed, and how its epochs went; None without any.
    """
    calibration = calibration_rows(rows, run.task.strata(rows.y), seed=run.seed)
    rounded = fake_quantize(network, calibration, run.task.loss, run.input_range)
    if not run.epochs:
        return rounded, None
    gentle = recipe.replace(learning_rate=recipe.training.learning_rate * LEARNING_RATE)
    return rounded, train(rounded, rows, val, gentle, run)
