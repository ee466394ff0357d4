"""A folder of recordings of noise that a user names, beside data of sound."""

from dataclasses import replace
from pathlib import Path

from nas.data.dataset import Dataset
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
    return replace(dataset, noise=recordings, notes=(*dataset.notes, told))
