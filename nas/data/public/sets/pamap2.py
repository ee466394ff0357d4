"""PAMAP2: sensors at wrist, chest and ankle and the heart rate, as a table of samples for each person."""

from pathlib import Path

from nas.data.public.catalog import PUBLIC, PublicSet, Source
from nas.data.public.unpack import unpack
from nas.errors import InputError

_ARCHIVE = "pamap2+physical+activity+monitoring.zip"
_INNER = "PAMAP2_Dataset.zip"
_UNPACKED = 8 << 30
_COLUMNS = 54
_ACTIVITIES = {
    1: "lying", 2: "sitting", 3: "standing", 4: "walking", 5: "running", 6: "cycling", 7: "nordic_walking",
    12: "ascending_stairs", 13: "descending_stairs", 16: "vacuum_cleaning", 17: "ironing", 24: "rope_jumping",
}  # fmt: skip
"""Those of the protocol. 0 marks the time between them, which the authors ask to discard."""

# Columns of a file: time, activity, heart rate, and 17 of each sensor. Of these, the acceleration up to 6 g saturates
# and the orientation is invalid, as the authors say, so both are left out.
_OF_SENSOR = {"temperature": 0, **{f"acc_{axis}": 1 + n for n, axis in enumerate("xyz")}}
_OF_SENSOR |= {f"{kind}_{axis}": at + n for kind, at in (("gyro", 7), ("mag", 10)) for n, axis in enumerate("xyz")}
_CHANNELS = {"heart_rate": 2}
_CHANNELS |= {
    f"{place}_{name}": 3 + 17 * n + at
    for n, place in enumerate(("hand", "chest", "ankle"))
    for name, at in _OF_SENSOR.items()
}

_HELD = 500
"""Samples, 5 s, for which the last heart rate holds: the monitor tells one about nine times a second."""


def _arrange(downloads: Path, folder: Path) -> None:
    packed = folder / "packed"
    unpack(downloads / _ARCHIVE, packed, _UNPACKED)
    for inner in packed.rglob(_INNER):
        unpack(inner, packed, _UNPACKED)
        inner.unlink()
    files = sorted(packed.rglob("Protocol/subject*.dat"))
    if not files:
        raise InputError(_ARCHIVE, "must hold Protocol/subject*.dat", hint="fetch it again")
    recordings = folder / "recordings"
    recordings.mkdir()
    for path in files:
        _write_samples(path, recordings / f"{path.stem}.csv")
    for path in packed.rglob("*.dat"):
        path.unlink()


def _write_samples(path: Path, to: Path) -> None:
    """Write the samples of the protocol's activities, with subject, activity and time; blank where one is missing."""
    import pandas as pd  # the list of all sets needs none of it

    try:
        table = pd.read_csv(path, sep=r"\s+", header=None, dtype="float64")
    except (ValueError, UnicodeError) as error:
        raise InputError(path.name, "must be a table of numbers", got=error, hint="fetch it again") from error
    if table.shape[1] != _COLUMNS:
        raise InputError(path.name, f"must have {_COLUMNS} columns", got=table.shape[1], hint="fetch it again")
    table[2] = table[2].ffill(limit=_HELD)
    table = table[table[1].isin(_ACTIVITIES)]
    named = table[list(_CHANNELS.values())].set_axis(list(_CHANNELS), axis=1)
    named.insert(0, "time_s", table[0])
    named.insert(0, "activity", table[1].map(_ACTIVITIES))
    named.insert(0, "subject", path.stem.removeprefix("subject"))
    named.to_csv(to, index=False, float_format="%.7g")


# UCI publishes no digest, and we know none; the size is what public projects that use the file say.
PUBLIC.register("pamap2")(
    PublicSet(
        summary="PAMAP2: acceleration, rotation, magnetic field at wrist, chest and ankle, heart rate; nine people, "
        "twelve activities, 100 Hz.",
        licence="CC BY 4.0 by UCI's page",
        cite="Reiss, Stricker, Introducing a New Benchmarked Dataset for Activity Monitoring, ISWC 2012",
        split="none; divided by person",
        sources=(Source(f"https://archive.ics.uci.edu/static/public/231/{_ARCHIVE}"),),
        arrange=_arrange,
        data="recordings",
        about_bytes=688_000_000,
    )
)
