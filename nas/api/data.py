"""Data: which sources there are, what one of them holds, and how a study divides it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from nas.data.choice import DataChoice
from nas.data.dataset import Dataset
from nas.data.describe import Description, describe
from nas.data.given import Data
from nas.data.options import ROW_OPTIONS, DataOptions
from nas.data.readers.archive import read_arrays
from nas.data.readers.npz import key_of
from nas.data.saving import save_dataset
from nas.data.selection import select
from nas.data.source import READERS, SOURCES, load
from nas.data.splits import Splits
from nas.errors import InputError, unknown
from nas.keywords import explains_keywords
from nas.space.file import load_space
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


@explains_keywords
def describe_data(
    source: str | Data, options: DataOptions | None = None, seed: int = 0, **settings: Any
) -> Description:
    """Return the shapes, classes, groups and split of a data source, and what looks wrong.

    Data that a search would refuse are described too: `errors` says why they would be.

    Args:
        source: name of a data source, path of a file or folder, or rows in memory.
        options: how files become rows.
        seed: of the split, and of simulated data.
        settings: fields of `DataOptions`, such as `window=128`; they come before those of `options`.

    Raises:
        InputError: there is no such source, it cannot be read, or a setting is unknown.
    """
    options = _options(options, settings)
    return describe(_read(source, options, seed), seed, options)


@explains_keywords
def save_data(
    source: str | Data,
    path: str | Path,
    options: DataOptions | None = None,
    *,
    seed: int = 0,
    form: str = "json",
    **settings: Any,
) -> list[Path]:
    """Write a data source as files that `nas data` and others read, and return them.

    Parts, groups and names are kept; rows are in units. What a search would refuse is written too.

    Args:
        source: name of a data source, path of a file or folder, or rows in memory.
        path: an `.npz` or `.csv` file; or a folder, for recordings in Edge Impulse's data acquisition format.
        options: how files become rows.
        seed: of simulated data.
        form: of recordings: `json` or `cbor`.
        settings: fields of `DataOptions`, such as `window=128`; they come before those of `options`.

    Raises:
        InputError: the source cannot be read, cannot be written in this form, or a setting is unknown.
    """
    dataset = _read(source, _options(options, settings), seed)
    return save_dataset(dataset, Path(path), form)


def _options(options: DataOptions | None, settings: Mapping[str, Any]) -> DataOptions:
    """Return options with some of their fields set anew."""
    known = [field.name for field in fields(DataOptions)]
    for name in settings:
        if name not in known:
            raise unknown("data", "setting", name, known)
    return replace(options or DataOptions(), **settings)


def _read(source: str | Data, options: DataOptions, seed: int) -> Dataset:
    if isinstance(source, Data):
        return select(source.dataset(), options)
    return load(source, seed=seed, options=options)


def data_of(study: Study) -> DataChoice:
    """Return which data a study names."""
    given = {name: getattr(study, name) for name in ROW_OPTIONS if name != "kind"}
    return DataChoice(study.data, DataOptions(**given, kind=load_space(study.space).input), study.seed)


@explains_keywords
def load_data(study: Study) -> Splits:
    """Return a study's data, divided into training, validation and test rows as its search divides them.

    Raises:
        InputError: `study` is none, the data cannot be read, or a search refuses them.
    """
    if not isinstance(study, Study):
        hint = 'make one that names the data: nas.Study(space="mlp_tabular", data="rows.csv")'
        raise InputError("study", "must be a nas.Study", got=type(study).__name__, hint=hint)
    return data_of(study).splits()


def keep_data(study: Study, data: Data, root: Path) -> Study:
    """Write rows in memory into the folder of a study, and return the study with their path as its data.

    A name that was made from the other fields is made anew.

    Raises:
        InputError: `data` are no `Data`, or the study has begun with other rows.
    """
    if not isinstance(data, Data):
        hint = "give nas.Data.from_arrays(x, y) or nas.Data.from_frame(frame)"
        raise InputError("data", "must be nas.Data", got=type(data).__name__, hint=hint)
    if study.name == replace(study, name="").name:
        study = replace(study, name="", data="data.npz")
    path = root / study.name / "data.npz"
    if (path.parent / "study.toml").is_file() and path.is_file():
        known, _ = read_arrays(str(path), path, key_of)
        if not (set(known) == set(data.arrays) and all(np.array_equal(known[key], data.arrays[key]) for key in known)):
            raise InputError(
                path, "holds other rows, with which the study has begun", hint="give the study another name"
            )
    else:
        data.save(path)
    return replace(study, data=str(path))
