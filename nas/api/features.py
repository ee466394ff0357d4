"""The features that a front-end computes of samples: what a network reads, in Python as on the device."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nas.arrays import Array
from nas.codec import read_toml
from nas.data.readers.archive import read_arrays
from nas.data.readers.sound import ENDINGS, FULL_SCALE, read_header, read_sound
from nas.errors import InputError
from nas.files import write_atomic
from nas.keywords import explains_keywords
from nas.signal.front_end import FrontEnd, read_front_end
from nas.signal.mel import Mel
from nas.signal.window_front_end import WindowFrontEnd

# What samples are called in files of arrays, the best name first.
_NAMES = ("samples", "audio", "signal", "x", "x_train", "x_val", "x_test")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Features:
    """What a front-end has made of samples.

    Attributes:
        front_end: its settings.
        features: by the name of the samples, of sound uint16 [frames, channels], or [n, frames, channels] of several
            rows; of windows float32 [n, frames, values x channels], in units; `features` for a sound or the only array
            of a file.
        int8: of sound the same as int8, by the settings' range; those of windows have none before a model scales them.
    """

    front_end: FrontEnd
    features: Mapping[str, Array]
    int8: Mapping[str, Array]

    def arrays(self) -> dict[str, Array]:
        """Return the arrays of the file that `write` writes."""
        named = {f"{name}_int8": values for name, values in self.int8.items()}
        settings = np.array(json.dumps(self.front_end.to_json()))
        return {**self.features, **named, "front_end": settings}

    def write(self, path: Path) -> Path:
        """Write `.npz` with `features` and `features_int8`."""
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **self.arrays())  # type: ignore[arg-type]
        return write_atomic(path, buffer.getvalue())

    def to_json(self) -> dict[str, Any]:
        """Return the settings and the shapes."""
        return {
            "front_end": self.front_end.to_json(),
            "features": {name: list(values.shape) for name, values in self.features.items()},
        }

    def __repr__(self) -> str:
        shapes = ", ".join(f"{name} {' x '.join(map(str, values.shape))}" for name, values in self.features.items())
        return f"<nas.Features: {shapes}>"


@explains_keywords
def features(source: str | Path, *, front_end: FrontEnd | str | Path | None = None) -> Features:
    """Return the features of a sound, or of samples or windows in an `.npz` file.

    Args:
        source: an audio file, which is resampled to the front-end's rate; or an `.npz` file with samples of 16 bits,
            [time], or [n, time] or [n, time, 1] for several rows: one array of any name, or `samples`, `audio`,
            `signal`, `x`, or the parts `x_train`, `x_val` and `x_test` of a data set. For a front-end of windows,
            windows [n, steps] or [n, steps, channels] of any numbers; it learns from `x_train` or the only array.
        front_end: settings, or a TOML file of them, in a table `[front_end]` or without; those of TensorFlow's
            micro_speech by default.

    Raises:
        InputError: a file cannot be read, the settings cannot be computed, or there are fewer samples than a frame.
    """
    mel = front_end if isinstance(front_end, FrontEnd) else read_settings(front_end)
    if isinstance(mel, WindowFrontEnd):
        return _of_windows(mel, _arrays(Path(source)), source)
    if not isinstance(mel, Mel):
        raise InputError("front_end", "must be one that computes features", got=mel.to_json()["front_end"])
    rows = _sound(Path(source), mel) if Path(source).suffix.lower() in ENDINGS else _arrays(Path(source))
    found = {name: _features(values, mel, f"{source}: {name}") for name, values in rows.items()}
    return Features(mel, found, {name: _int8(values, mel) for name, values in found.items()})


def _int8(values: Array, mel: Mel) -> Array:
    return mel.as_int8(values[None])[0] if values.ndim == len(("frames", "channels")) else mel.as_int8(values)


def _of_windows(front_end: WindowFrontEnd, arrays: Mapping[str, Array], source: str | Path) -> Features:
    for name, values in arrays.items():
        if values.dtype.kind not in "iuf" or values.ndim not in (2, 3) or not len(values):
            got = f"{values.dtype} of shape {values.shape}"
            raise InputError(f"{source}: {name}", "must be windows [n, steps] or [n, steps, channels]", got=got)
        if not np.isfinite(values).all():
            raise InputError(f"{source}: {name}", "must be finite numbers", got="an infinite or missing one")
    windows = {name: values.reshape(*values.shape[:2], -1) for name, values in arrays.items()}
    fitted = front_end.fitted(windows.get("features_train", next(iter(windows.values()))))
    return Features(fitted, {name: fitted.apply(values) for name, values in windows.items()}, {})


def read_settings(file: str | Path | None) -> FrontEnd:
    """Return the front-end in a TOML file; that of micro_speech without one; InputError for wrong settings."""
    if file is None:
        return Mel()
    table = read_toml(Path(file))
    table = table.get("front_end", table) if isinstance(table.get("front_end", ""), Mapping) else table
    return read_front_end({"front_end": "mel", **table}, str(file))


def _sound(path: Path, mel: Mel) -> dict[str, Array]:
    if not path.is_file():
        raise InputError(path, "must be an audio or an .npz file that is there")
    read_header(path, str(path))
    return {"features": read_sound(path, str(path), mel.sample_rate_hz).samples}


def _arrays(path: Path) -> dict[str, Array]:
    if not path.is_file() or path.suffix != ".npz":
        raise InputError(path, "must be an audio or an .npz file that is there", hint=f"one of {', '.join(ENDINGS)}")
    _, keys = read_arrays(str(path), path, lambda key: None)
    wanted = [name for name in _NAMES if name in keys] or keys
    if len(wanted) != 1 and not all(name.startswith("x_") for name in wanted):
        wanted = wanted[:1] if wanted[0] in _NAMES else []
    if not wanted:
        raise InputError(path, f"must hold one array, or one called {', '.join(_NAMES)}", got=", ".join(keys) or "none")
    arrays, _ = read_arrays(str(path), path, lambda key: key if key in wanted else None)
    alone = len(arrays) == 1
    return {"features" if alone else f"features_{name[2:]}": values for name, values in arrays.items()}


def _features(samples: Array, mel: Mel, place: str) -> Array:
    shaped = samples.ndim in (1, 2) or samples.shape[2:] == (1,)
    if samples.dtype.kind not in "iuf" or not shaped:
        got = f"{samples.dtype} of shape {samples.shape}"
        raise InputError(place, "must be samples [time], [n, time] or [n, time, 1]", got=got)
    if samples.size:
        _check_range(float(samples.min()), float(samples.max()), samples.dtype, place)
    rows = samples[None, :, None] if samples.ndim == 1 else samples.reshape(*samples.shape[:2], 1)
    mel.shape(rows.shape[1:])
    found = mel.features(rows)[..., 0]
    return found[0] if samples.ndim == 1 else found


def _check_range(low: float, high: float, dtype: np.dtype[Any], place: str) -> None:
    """Raise an InputError unless samples from `low` to `high`, NaN if one is, are of 16 bits, and not from -1 to 1."""
    fits = low >= -FULL_SCALE and high <= FULL_SCALE  # where 1 becomes 32768, that is clipped
    from_minus_1_to_1 = dtype.kind == "f" and 0 < max(-low, high) <= 1
    if not fits or from_minus_1_to_1:
        hint = "multiply numbers from -1 to 1 by 32768" if from_minus_1_to_1 else None
        got = f"{dtype} from {low:g} to {high:g}"
        raise InputError(place, "must be samples of 16 bits, from -32768 to 32767", got=got, hint=hint)
