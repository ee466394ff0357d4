"""MIT-BIH Arrhythmia Database: electrocardiograms of half an hour, as a window around each beat."""

from pathlib import Path

import numpy as np

from nas.arrays import Array
from nas.data.public.catalog import PUBLIC, PublicSet, Source
from nas.data.public.checksums import check_files
from nas.data.public.unpack import unpack
from nas.data.public.wfdb import read_212, read_annotations, read_header
from nas.errors import InputError
from nas.files import read_regular

_ARCHIVE = "mit-bih-arrhythmia-database-1.0.0.zip"
_LIST = "SHA256SUMS.txt"
_UNPACKED = 512 << 20
_MOST_BYTES = 64 << 20
_LEAD, _RATE_HZ, _GAIN = "MLII", 360.0, 200.0
_BEFORE, _AFTER = 360, 144
"""Samples of a window: 1 s before the beat, in which the last one mostly lies, and 0.4 s after it."""

# The classes of ANSI/AAMI EC57, and the codes of beats (ecgcodes.h) that each has.
_CLASSES = {
    "N": (1, 2, 3, 11, 25, 34),  # normal, bundle branch block, escape beats of atrium and node
    "S": (4, 7, 8, 9, 35),  # premature and ectopic beats from above the ventricles
    "V": (5, 10, 41),  # premature and escape beats of the ventricles
    "F": (6,),  # fusion of a normal and a ventricular beat
    "Q": (12, 13, 30, 38),  # paced, unclassifiable
}
_CLASS_OF = {code: number for number, codes in enumerate(_CLASSES.values()) for code in codes}

# DS1 and DS2 of de Chazal et al., 2004; they leave out the four records with paced beats, as EC57 asks.
_RECORDS = {
    "train": "101 106 108 109 112 114 115 116 118 119 122 124 201 203 205 207 208 209 215 220 223 230",
    "test": "100 103 105 111 113 117 121 123 200 202 210 212 213 214 219 221 222 228 231 232 233 234",
}


def _arrange(downloads: Path, folder: Path) -> None:
    packed = folder / "packed"
    unpack(downloads / _ARCHIVE, packed, _UNPACKED)
    root = next((path.parent for path in sorted(packed.rglob("100.hea"))), packed)
    arrays: dict[str, Array] = {}
    for part, names in _RECORDS.items():
        records = [_beats(root, name, downloads / _LIST) for name in names.split()]
        rows = [len(y) for _, y in records]
        arrays[f"x_{part}"] = np.concatenate([x for x, _ in records])
        arrays[f"y_{part}"] = np.concatenate([y for _, y in records])
        arrays[f"group_{part}"] = np.repeat(names.split(), rows)
    np.savez_compressed(
        folder / "beats.npz",
        **arrays,  # type: ignore[arg-type]
        class_names=np.array(tuple(_CLASSES)), channel_names=np.array([_LEAD]), sample_rate_hz=np.array(_RATE_HZ),
        scale=np.array([1 / _GAIN]),
    )  # fmt: skip


def _beats(root: Path, name: str, listing: Path) -> tuple[Array, Array]:
    """Return windows [beats, time, 1] around the beats of a record, int16 in 1/200 mV, and their classes [beats]."""
    files = [root / f"{name}.{ending}" for ending in ("hea", "dat", "atr")]
    head, signal, marks = (read_regular(path, _MOST_BYTES) for path in files)
    check_files(listing, files)
    header = read_header(head.decode("utf-8", "replace"), files[0].name)
    leads = [number for number, each in enumerate(header.signals) if each.name == _LEAD]
    if not leads or (header.rate_hz, header.signals[leads[0]].gain) != (_RATE_HZ, _GAIN):
        rule = f"must have the lead {_LEAD} at {_RATE_HZ:g} Hz and {_GAIN:g} units a mV"
        raise InputError(files[0].name, rule, hint="fetch it again")
    values = read_212(signal, header, files[1].name)[:, leads[0]] - header.signals[leads[0]].zero
    times, codes = read_annotations(marks, header.samples, files[2].name)
    whole = (times >= _BEFORE) & (times + _AFTER <= header.samples) & np.isin(codes, list(_CLASS_OF))
    at = times[whole, np.newaxis] + np.arange(-_BEFORE, _AFTER)
    return values[at][..., np.newaxis].astype(np.int16), np.array([_CLASS_OF[code] for code in codes[whole].tolist()])


# The list's SHA-256 is what several public projects found independently; the size is PhysioNet's, rounded.
PUBLIC.register("mit_bih")(
    PublicSet(
        summary="MIT-BIH Arrhythmia Database: 100,000 heartbeats of 43 people, AAMI's five classes, 360 Hz.",
        licence="ODC-By 1.0",
        cite="Moody, Mark, The impact of the MIT-BIH Arrhythmia Database, IEEE Eng. in Med. and Biol. 20(3), 2001",
        split="by record as de Chazal et al., 2004: DS1 for training, DS2 for the test; 201 and 202 are one person",
        sources=(
            Source(
                f"https://physionet.org/files/mitdb/1.0.0/{_LIST}",
                sha256="b61158a96d5f2ca80edfb354a9a66a6324836c390a84e1966dcee2b907d6be43",
            ),
            Source(f"https://physionet.org/static/published-projects/mitdb/{_ARCHIVE}", listed=_LIST),
        ),
        arrange=_arrange,
        data="beats.npz",
        about_bytes=73_500_000,
    )
)
