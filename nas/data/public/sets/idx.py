"""MNIST and Fashion-MNIST, which come as IDX files: a header of sizes, and bytes."""

import math
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np

from nas.arrays import Array
from nas.data.public.catalog import PUBLIC, PublicSet, Source
from nas.data.public.unpack import read_gzip
from nas.errors import InputError

_MOST_BYTES = 100 << 20
_BYTES = 8
"""The code of unsigned bytes in the third byte of a header."""


def read_idx(content: bytes, place: str) -> Array:
    """Return the array of an IDX file of bytes; InputError if it is none, or ends early."""
    kind, axes = (content[2], content[3]) if len(content) >= 4 and content[:2] == b"\0\0" else (0, 0)
    start = 4 + 4 * axes
    shape = struct.unpack(f">{axes}I", content[4:start]) if len(content) >= start else ()
    if kind != _BYTES or not shape or len(content) - start != math.prod(shape):
        raise InputError(place, "must be an IDX file of bytes", hint="fetch it again")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _arrange(class_names: tuple[str, ...]) -> Callable[[Path, Path], None]:
    def arrange(downloads: Path, folder: Path) -> None:
        def array(name: str) -> Array:
            return read_idx(read_gzip(downloads / f"{name}.gz", _MOST_BYTES), name)

        np.savez_compressed(
            folder / "images.npz",
            x_train=array("train-images-idx3-ubyte"),
            y_train=array("train-labels-idx1-ubyte"),
            x_test=array("t10k-images-idx3-ubyte"),
            y_test=array("t10k-labels-idx1-ubyte"),
            class_names=np.array(class_names),
            kind=np.array("image"),
        )

    return arrange


def _sources(folder: str, sizes_and_digests: tuple[tuple[int, str], ...]) -> tuple[Source, ...]:
    names = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    return tuple(
        Source(f"{folder}/{name}-ubyte.gz", size, digest)
        for name, (size, digest) in zip(names, sizes_and_digests, strict=True)
    )


# Sizes and digests: tensorflow_datasets/url_checksums/mnist.txt and fashion_mnist.txt.
PUBLIC.register("mnist")(
    PublicSet(
        summary="MNIST: 70,000 handwritten digits, grey, 28 x 28.",
        licence="CC BY-SA 3.0, as mirrors state it; the original page names none",
        cite="LeCun, Cortes, Burges, The MNIST database of handwritten digits",
        split="60,000 for training, 10,000 of other writers for the test",
        sources=_sources(
            "https://storage.googleapis.com/cvdf-datasets/mnist",
            (
                (9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
                (28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
                (1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
                (4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
            ),
        ),
        arrange=_arrange(tuple("0123456789")),
        data="images.npz",
    )
)

PUBLIC.register("fashion_mnist")(
    PublicSet(
        summary="Fashion-MNIST: 70,000 pictures of clothes, grey, 28 x 28, ten classes.",
        licence="MIT",
        cite="Xiao, Rasul, Vollgraf, Fashion-MNIST, arXiv:1708.07747",
        split="60,000 for training, 10,000 for the test",
        sources=_sources(
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
            (
                (26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
                (29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
                (4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
                (5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
            ),
        ),
        arrange=_arrange(
            ("T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
        ),
        data="images.npz",
    )
)
