"""CIFAR-10, which comes as files of records: a byte for the class, and the planes of a picture."""

from pathlib import Path

import numpy as np

from nas.arrays import Array
from nas.data.public.catalog import PUBLIC, PublicSet, Source
from nas.data.public.unpack import unpack
from nas.errors import InputError

_ARCHIVE = "cifar-10-binary.tar.gz"
_UNPACKED = 256 << 20
_SIDE, _CHANNELS = 32, 3
_RECORD = 1 + _SIDE * _SIDE * _CHANNELS
_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def _arrange(downloads: Path, folder: Path) -> None:
    packed = folder / "packed"
    unpack(downloads / _ARCHIVE, packed, _UNPACKED)
    files = sorted(packed.rglob("data_batch_*.bin"))
    x_train, y_train = _records(files, _ARCHIVE)
    x_test, y_test = _records(sorted(packed.rglob("test_batch.bin")), _ARCHIVE)
    np.savez_compressed(
        folder / "images.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test,
        class_names=np.array(_CLASSES), kind=np.array("image"),
    )  # fmt: skip
    for path in (*files, *packed.rglob("test_batch.bin")):
        path.unlink()


def _records(files: list[Path], place: str) -> tuple[Array, Array]:
    """Return pictures [n, height, width, channels] and classes [n] of files of records."""
    content = b"".join(path.read_bytes() for path in files)
    if not content or len(content) % _RECORD:
        raise InputError(place, f"must hold records of {_RECORD} bytes", hint="fetch it again")
    rows = np.frombuffer(content, np.uint8).reshape(-1, _RECORD)
    return rows[:, 1:].reshape(-1, _CHANNELS, _SIDE, _SIDE).transpose(0, 2, 3, 1), rows[:, 0]


# Size and digest: tensorflow_datasets/url_checksums/cifar10.txt.
PUBLIC.register("cifar10")(
    PublicSet(
        summary="CIFAR-10: 60,000 pictures in colour, 32 x 32, of ten kinds of animals and vehicles.",
        licence="none stated (University of Toronto)",
        cite="Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009",
        split="50,000 for training, 10,000 for the test",
        sources=(
            Source(
                f"https://www.cs.toronto.edu/~kriz/{_ARCHIVE}",
                170_052_171,
                "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
            ),
        ),
        arrange=_arrange,
        data="images.npz",
    )
)
