"""UCI HAR: a smartphone at the waist, as the windows that the authors cut and filtered."""

from pathlib import Path

import numpy as np

from nas.arrays import Array
from nas.data.public.catalog import PUBLIC, PublicSet, Source
from nas.data.public.unpack import unpack
from nas.errors import InputError

_ARCHIVE = "UCI HAR Dataset.zip"
_UNPACKED = 512 << 20
_SIGNALS = ("total_acc", "body_acc", "body_gyro")
_CLASSES = ("WALKING", "WALKING_UPSTAIRS", "WALKING_DOWNSTAIRS", "SITTING", "STANDING", "LAYING")


def _arrange(downloads: Path, folder: Path) -> None:
    packed = folder / "packed"
    unpack(downloads / _ARCHIVE, packed, _UNPACKED)
    found = {path.name: path for path in packed.rglob("*.txt") if "__MACOSX" not in path.parts}
    channels = [f"{signal}_{axis}" for signal in _SIGNALS for axis in "xyz"]
    arrays: dict[str, Array] = {}
    for part in ("train", "test"):
        arrays[f"x_{part}"] = np.stack([_numbers(found, f"{name}_{part}.txt") for name in channels], axis=-1)
        arrays[f"y_{part}"] = _numbers(found, f"y_{part}.txt").ravel().astype(np.int64) - 1
        arrays[f"subject_{part}"] = _numbers(found, f"subject_{part}.txt").ravel().astype(np.int64)
    np.savez_compressed(
        folder / "windows.npz",
        **arrays,  # type: ignore[arg-type]
        class_names=np.array(_CLASSES), channel_names=np.array(channels),
        sample_rate_hz=np.array(50.0),
    )  # fmt: skip
    for path in found.values():
        if path.name.startswith(("X_", *_SIGNALS)):
            path.unlink()


def _numbers(found: dict[str, Path], name: str) -> Array:
    """Return the numbers of a file, a row a line."""
    if name not in found:
        raise InputError(_ARCHIVE, f"must hold {name}", hint="fetch it again")
    try:
        return np.loadtxt(found[name], dtype=np.float32, ndmin=2)
    except ValueError as error:
        raise InputError(name, "must hold numbers", got=error, hint="fetch it again") from error


# The archive publishes no digest; size and SHA-256 are those that several public projects found independently.
PUBLIC.register("uci_har")(
    PublicSet(
        summary="UCI HAR: 10,299 windows of acceleration and rotation at the waist, 30 people, six activities, 50 Hz.",
        licence="CC BY 4.0 by UCI's page; the authors' README forbids commercial use",
        cite="Anguita, Ghio, Oneto, Parra, Reyes-Ortiz, A Public Domain Dataset for HAR Using Smartphones, ESANN 2013",
        split="by person: 21 for training, 9 for the test",
        sources=(
            Source(
                "https://archive.ics.uci.edu/ml/machine-learning-databases/00240/UCI%20HAR%20Dataset.zip",
                60_999_314,
                "2045e435c955214b38145fb5fa00776c72814f01b203fec405152dac7d5bfeb0",
            ),
        ),
        arrange=_arrange,
        data="windows.npz",
    )
)
