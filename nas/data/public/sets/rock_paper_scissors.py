"""Rock, paper, scissors: rendered hands, by Laurence Moroney."""

from pathlib import Path

from nas.data.public.catalog import PUBLIC, PublicSet, Source
from nas.data.public.unpack import unpack
from nas.errors import InputError

_UNPACKED = 600 << 20
_PARTS = {"train": "rps.zip", "test": "rps-test-set.zip"}


def _arrange(downloads: Path, folder: Path) -> None:
    for part, name in _PARTS.items():
        packed = folder / f"{part}-packed"
        unpack(downloads / name, packed, _UNPACKED)
        inside = [path for path in packed.iterdir() if path.is_dir() and not path.name.startswith("__")]
        if len(inside) != 1:
            raise InputError(name, "must hold one folder", got=f"{len(inside)}", hint="fetch it again")
        inside[0].rename(folder / part)


# Sizes and digests: tensorflow_datasets/url_checksums/rock_paper_scissors.txt.
PUBLIC.register("rock_paper_scissors")(
    PublicSet(
        summary="Rock, paper, scissors: 2,892 rendered pictures of hands in colour, 300 x 300.",
        licence="CC BY 2.0",
        cite="Moroney, Rock, Paper, Scissors Dataset, 2019",
        split="2,520 for training, 372 of other hands for the test",
        sources=(
            Source(
                "https://storage.googleapis.com/download.tensorflow.org/data/rps.zip",
                200_682_221,
                "c2403444395842ad04c53612bad54b574443eae17a0723117a2ff87b9d72194f",
            ),
            Source(
                "https://storage.googleapis.com/download.tensorflow.org/data/rps-test-set.zip",
                29_516_758,
                "c27ab9fa43ce40b2e453de711365b477f4424586edf0388116674fd320f07503",
            ),
        ),
        arrange=_arrange,
    )
)
