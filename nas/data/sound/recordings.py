"""Recordings of noise to mix with training rows of sound: those of the data, or of a folder that a user names."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from nas.arrays import Array
from nas.data.dataset import Dataset, Part
from nas.data.options import DataOptions
from nas.errors import InputError
from nas.signal.kind import Kind

PLACE = "--noise"


def with_noise(dataset: Dataset, options: DataOptions) -> Dataset:
    """Return a dataset with the recordings of the folder that `options` name, in place of its own.

    Raises:
        InputError: the folder holds no audio, a file cannot be read, or rows are no sound.
    """
    if options.noise is None:
        return dataset
    from nas.data.layouts.media import media_files
    from nas.data.readers.silence import read_noise
    from nas.data.readers.sound import ENDINGS

    rate_hz, folder = dataset.sample_rate_hz, Path(options.noise).expanduser()
    if dataset.kind is not Kind.WINDOW or rate_hz is None or rate_hz != round(rate_hz):
        rule = "needs rows of sound at a known rate"
        raise InputError(PLACE, rule, got=f"{dataset.kind.plural} from {dataset.source}", hint="leave it out")
    if not folder.is_dir():
        raise InputError(PLACE, "must be a folder of recordings of noise", got=options.noise)
    recordings = read_noise(media_files(options.noise, folder, ENDINGS), int(rate_hz))
    told = f"noise to mix with training rows: {len(recordings)} recordings of {options.noise}"
    return replace(dataset, noise=recordings, noise_groups=(), notes=(*dataset.notes, told))


def noise_for(dataset: Dataset, parts: Mapping[str, Part]) -> tuple[Array, ...]:
    """Return the recordings to mix with training rows: those whose group is in no part that was made here.

    Where the source gives a part, its reader has left out the recordings of that part already.
    """
    held = _held_groups(dataset, parts)
    groups = dataset.noise_groups or ("",) * len(dataset.noise)
    return tuple(recording for recording, group in zip(dataset.noise, groups, strict=True) if group not in held)


def noise_notes(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[str]:
    """Yield how many recordings of the data's own noise are mixed with training rows."""
    if not dataset.noise_groups:
        return
    mixed = len(noise_for(dataset, parts))
    others = len(dataset.noise) - mixed
    left_out = f"; not mixed, since validation or test rows are from them: {others}" if others else ""
    yield f"recordings of noise to mix with training rows: {mixed}{left_out}"


def _held_groups(dataset: Dataset, parts: Mapping[str, Part]) -> frozenset[str]:
    """Return the groups of the validation and test rows that the source did not hold separately."""
    made = [part.groups for name, part in parts.items() if name not in dataset.parts()]
    return frozenset(str(group) for groups in made if groups is not None for group in set(groups.tolist()))
