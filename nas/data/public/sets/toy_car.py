"""ToyCar of DCASE 2023, from ToyADMOS2: sounds of a toy car, normal ones to learn from, and anomalies to find."""

import re
from pathlib import Path

from nas.data.public.catalog import PUBLIC, PublicSet, Source
from nas.data.public.unpack import unpack
from nas.errors import InputError

_ARCHIVE = "dev_ToyCar.zip"
_UNPACKED = 2 << 30
_NAME = re.compile(r"section_\d+_(?:source|target)_(train|test)_(normal|anomaly)_\d+.*\.wav")
"""Section, domain, part, kind, number, and the attributes of the car and the microphone."""


def _arrange(downloads: Path, folder: Path) -> None:
    packed = folder / "packed"
    unpack(downloads / _ARCHIVE, packed, _UNPACKED)
    found = [(path, match) for path in sorted(packed.rglob("*.wav")) if (match := _NAME.fullmatch(path.name))]
    if {match[1] for _, match in found} != {"train", "test"}:
        raise InputError(_ARCHIVE, "must hold sounds of train and test, by their names", hint="fetch it again")
    # A list with each clip as a group, since the section in the names would be taken for one, and all parts have it.
    sounds, lines = folder / "sounds", ["file,label,split,group"]
    sounds.mkdir()
    for path, match in found:
        path.rename(sounds / path.name)
        lines.append(f"{path.name},{match[2]},{match[1]},{path.stem}")
    (sounds / "labels.csv").write_text("\n".join(lines) + "\n")


# The MD5 is Zenodo's; the licence is what the authors state there.
PUBLIC.register("toy_car")(
    PublicSet(
        summary="ToyCar of DCASE 2023 Task 2, from ToyADMOS2: sounds of a toy car, 16 kHz; normal ones for training.",
        licence="CC BY-NC-SA 4.0: not for commercial use",
        cite="Harada et al., ToyADMOS2, DCASE 2021 Workshop; First-Shot Anomaly Detection, arXiv:2303.00455",
        split="as its authors give it; anomalies are in the test alone",
        sources=(
            Source(f"https://zenodo.org/records/7882613/files/{_ARCHIVE}", md5="4e3bf15f4101ed4ed4f1fecde2e2b2a3"),
        ),
        arrange=_arrange,
        data="sounds",
    )
)
