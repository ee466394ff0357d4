"""The rows that ranges of activations are measured on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nas.api.model import Model
from nas.arrays import Array, Floats
from nas.data.dataset import Part
from nas.errors import InputError
from nas.study.quantization import Quantization

PARTS = {"train": "training", "val": "validation", "test": "test"}
"""What texts call the parts of data."""
_TO_CALIBRATE = ("train", "val")
_ROWS = ("x_train", "x", "rows", "features")


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Scaled rows to calibrate on.

    Attributes:
        rows: [n, ...].
        words: what they are.
        notes: what to know of them, a sentence each.
    """

    rows: Floats
    words: str
    notes: tuple[str, ...] = ()


def calibration_of(model: Model, settings: Quantization, parts: Mapping[str, Part] | None) -> Calibration:
    """Return the rows that the settings ask for; noise if there are no data.

    Args:
        model: which the rows are for.
        settings: which part or file, and how many rows.
        parts: the data by part; None if there are none.

    Raises:
        InputError: the file with rows cannot be read, or its rows do not fit the model.
    """
    rng = np.random.default_rng(settings.seed)
    if settings.calibration not in _TO_CALIBRATE:
        rows = model.scaled(_read(Path(settings.calibration)))
        picked = np.sort(rng.permutation(len(rows))[: settings.calibration_rows])
        return Calibration(rows[picked], f"{len(picked)} rows of {settings.calibration}")
    if parts is None:
        noise = rng.standard_normal((settings.calibration_rows, *model.input_shape)).astype(np.float32)
        note = (
            "without data, ranges are measured on noise: sizes hold, but the answers are wrong; give rows with --data "
            "or --calibration FILE"
        )
        return Calibration(noise, f"{len(noise)} rows of noise", (note,))
    # It imports TensorFlow.
    from nas.model.deploy.convert import calibration_rows

    part = parts[settings.calibration]
    rows = calibration_rows(part, part.y, count=settings.calibration_rows, seed=settings.seed)
    return Calibration(rows, f"{len(rows)} {PARTS[settings.calibration]} rows")


def _read(path: Path) -> Array:
    """Return the rows in an `.npy` or `.npz` file; of the latter, those under a usual name, or its only array."""
    try:
        content = np.load(path, allow_pickle=False)
        if isinstance(content, np.ndarray):
            return content
        with content:
            name = next((name for name in _ROWS if name in content.files), None)
            if name is None and len(content.files) == 1:
                (name,) = content.files
            if name is None:
                raise InputError(path, f"must hold an array {' or '.join(_ROWS)}", got=", ".join(content.files))
            rows: Array = content[name]
            return rows
    except (OSError, ValueError, EOFError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(path, "must be an .npy or .npz file with rows", got=error) from error
