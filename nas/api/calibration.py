"""The rows that ranges of activations are measured on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nas.arrays import Array, Floats
from nas.data.dataset import Part
from nas.errors import InputError
from nas.study.quantization import Quantization
from nas.task.regression import Regression

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


def calibration_of(
    settings: Quantization,
    parts: Mapping[str, Part] | None,
    row_shape: tuple[int, ...],
    scaled: Callable[[Array], Floats],
) -> Calibration:
    """Return the rows that the settings ask for; noise if there are no data.

    Args:
        settings: which part or file, and how many rows.
        parts: scaled data by part; None if there are none.
        row_shape: shape of a row.
        scaled: scales rows of a file, which are in the data's units.

    Raises:
        InputError: the file with rows cannot be read, or its rows do not fit the model.
    """
    rng = np.random.default_rng(settings.seed)
    if settings.calibration not in _TO_CALIBRATE:
        rows = scaled(_read(Path(settings.calibration), row_shape))
        picked = np.sort(rng.permutation(len(rows))[: settings.calibration_rows])
        return Calibration(rows[picked], f"{len(picked)} rows of {settings.calibration}")
    if parts is None:
        noise = rng.standard_normal((settings.calibration_rows, *row_shape)).astype(np.float32)
        note = (
            "without data, ranges are measured on noise: sizes hold, but the answers are wrong; give rows with --data "
            "or --calibration FILE"
        )
        return Calibration(noise, f"{len(noise)} rows of noise", (note,))
    # It imports TensorFlow.
    from nas.model.deploy.convert import calibration_rows

    part = parts[settings.calibration]
    chosen = calibration_rows(part, _strata(part), count=settings.calibration_rows, seed=settings.seed)
    return Calibration(chosen, f"{len(chosen)} {PARTS[settings.calibration]} rows")


def _strata(part: Part) -> Array:
    """Return what calibration rows are spread over: classes, or ranges of the first target."""
    return Regression().strata(part.y) if part.y.ndim == 2 and not part.has_labels else part.strata


def _read(path: Path, row_shape: tuple[int, ...]) -> Array:
    """Return the rows [n, *row_shape] in an `.npy` or `.npz` file; see `_array`."""
    rows = _array(path)
    if rows.dtype.kind not in "iufb" or not len(rows) or int(np.prod(rows.shape[1:])) != int(np.prod(row_shape)):
        words = " x ".join(map(str, row_shape))
        raise InputError(path, f"must hold rows of {words} numbers", got=f"{rows.dtype} {list(rows.shape)}")
    return rows.reshape(len(rows), *row_shape)


def _array(path: Path) -> Array:
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
