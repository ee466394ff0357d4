"""Data: which sources there are, what one of them holds, and how a study divides it."""

from dataclasses import dataclass

from nas.data.dataset import READER_OPTIONS, DataOptions
from nas.data.describe import Description, describe
from nas.data.source import READERS, SOURCES, load
from nas.data.splits import Splits, split
from nas.study.study import Study


@dataclass(frozen=True, slots=True)
class DataSource:
    """Where data can come from.

    Attributes:
        name: name of a source that comes with nas, or the form of a path, such as `FILE.npz`.
        summary: what it holds, in a sentence.
        embedded: whether it comes with nas.
    """

    name: str
    summary: str
    embedded: bool


def list_data() -> list[DataSource]:
    """Return the data sources that come with nas, then the forms of files and folders that are read."""
    embedded = [DataSource(name, SOURCES.summary(name), True) for name in SOURCES]
    return embedded + [DataSource(reader.pattern, reader.summary, False) for reader in READERS.values()]


def describe_data(source: str, options: DataOptions | None = None, seed: int = 0) -> Description:
    """Return the shapes, classes, groups and split of a data source, and what looks wrong.

    Data that a search would refuse are described too: `errors` says why they would be.

    Args:
        source: name of a data source, path of an `.npz` file, or of a folder of CSV recordings.
        options: how recordings are cut into windows.
        seed: of the split, and of simulated data.

    Raises:
        InputError: there is no such source, or it cannot be read.
    """
    return describe(load(source, seed=seed, options=options), seed, options)


def load_data(study: Study) -> Splits:
    """Return a study's data, divided into training, validation and test rows as its search divides them.

    Raises:
        InputError: the data cannot be read, or a search refuses them.
    """
    options = DataOptions(**{name: getattr(study, name) for name in READER_OPTIONS})
    return split(load(study.data, seed=study.seed, options=options), study.seed, options)
