"""WISDM: a phone in the trouser pocket, as recordings of one person and one activity each."""

from pathlib import Path

from nas.data.public.catalog import PUBLIC, PublicSet, Source
from nas.data.public.unpack import unpack
from nas.errors import InputError

_ARCHIVE = "WISDM_ar_latest.tar.gz"
_UNPACKED = 256 << 20
_RAW = "*_raw.txt"
_FIELDS = 6
_RATE_HZ = 20
_GAP = 1_000_000_000
"""Nanoseconds without a sample, or a step back in time, that begin another recording."""


def _arrange(downloads: Path, folder: Path) -> None:
    packed = folder / "packed"
    unpack(downloads / _ARCHIVE, packed, _UNPACKED)
    raw = next(iter(sorted(packed.rglob(_RAW))), None)
    if raw is None:
        raise InputError(_ARCHIVE, f"must hold {_RAW}", hint="fetch it again")
    lines, last = ["user,activity,recording,time_s,x,y,z"], ("", "", 0)
    recording, number = 0, 0
    # A line is user,activity,timestamp,x,y,z; some lines hold several records, and some are incomplete.
    for record in raw.read_text("utf-8", "replace").replace("\n", "").split(";"):
        cells = [cell.strip() for cell in record.strip().rstrip(",").split(",")]
        if len(cells) != _FIELDS or not all(map(_is_number, (cells[0], *cells[2:]))):
            continue
        user, activity, time = cells[0], cells[1], int(float(cells[2]))
        if time == 0:
            continue
        begins = (user, activity) != last[:2] or not 0 <= time - last[2] < _GAP
        recording, number = (recording + 1, 0) if begins else (recording, number + 1)
        last = (user, activity, time)
        # The stamps jitter and repeat; the authors give 20 samples a second.
        lines.append(f"{user},{activity},{recording},{number / _RATE_HZ:.2f},{','.join(cells[3:])}")
    if len(lines) < 2:
        raise InputError(raw.name, "must hold records", hint="fetch it again")
    (folder / "recordings.csv").write_text("\n".join(lines) + "\n")
    raw.unlink()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


# Neither size nor digest is published, and we know none.
PUBLIC.register("wisdm")(
    PublicSet(
        summary="WISDM 1.1: acceleration of a phone in the trouser pocket, 36 people, six activities, 20 Hz.",
        licence="free with citation, as its README asks",
        cite="Kwapisz, Weiss, Moore, Activity Recognition using Cell Phone Accelerometers, SensorKDD 2010",
        split="none; divided by person",
        sources=(Source(f"https://www.cis.fordham.edu/wisdm/includes/datasets/latest/{_ARCHIVE}"),),
        arrange=_arrange,
        data="recordings.csv",
    )
)
