"""Data as files for others, and for us again: `.npz`, a table as CSV, or recordings as Edge Impulse exports them."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from nas.data.acquisition import check_form
from nas.data.dataset import Dataset
from nas.data.given import Data
from nas.data.layouts.edge_impulse import CATEGORIES, listed, sample_name, write_listing
from nas.data.samples import LabelledRecording, windows_in
from nas.errors import InputError
from nas.files import write_atomic
from nas.signal.kind import Kind

_OWN = ("label", "group", "part", "recording", "time_ms")
"""Columns that we add; a channel of such a name would be taken for one."""


def save_dataset(dataset: Dataset, path: Path, form: str) -> list[Path]:
    """Write a dataset into one `.npz` or `.csv` file, or into a folder of recordings; return the files.

    Args:
        dataset: the rows.
        path: ends with `.npz` or `.csv`, or is a folder, for recordings in Edge Impulse's format.
        form: of recordings: `json` or `cbor`.

    Raises:
        InputError: the ending is another one, or the rows have no such form.
    """
    suffix = path.suffix.lower()
    if suffix == ".npz":
        return [Data.from_dataset(dataset).save(path)]
    if suffix == ".csv":
        return [write_atomic(path, _table(dataset).to_csv(index=False))]
    if suffix and not path.is_dir():
        raise InputError(path, "must end with .npz or .csv, or be a folder for Edge Impulse", got=suffix)
    check_form(form)
    return _export(windows_in(dataset, dataset.sample_rate_hz), path, form)


def _table(dataset: Dataset) -> pd.DataFrame:
    """Return rows as lines; a window is as many lines as it has samples, with its number as `recording`.

    Targets, or several labels at once, are a column each; else the class is the column `label`.
    """
    if dataset.kind is Kind.IMAGE:
        raise InputError(dataset.source, "must be a table or windows to be written as CSV", got="images")
    width = dataset.train.x.shape[-1]
    names = list(dataset.channel_names or (f"channel_{i}" for i in range(width)))
    if taken := sorted(set(names) & {*_OWN, *(dataset.class_names if dataset.has_columns else ())}):
        raise InputError(dataset.source, "has channels with names of columns of ours", got=", ".join(taken))
    frames, number = [], 0
    for part, rows in dataset.parts().items():
        samples = 1 if dataset.kind is Kind.TABLE else rows.x.shape[1]
        frame = pd.DataFrame(rows.x.reshape(-1, width), columns=names)
        if dataset.kind is Kind.WINDOW:
            if dataset.sample_rate_hz:
                times = np.tile(np.arange(samples) * 1000 / dataset.sample_rate_hz, len(rows))
                frame.insert(0, "time_ms", times)
            frame["recording"] = np.repeat(np.arange(number, number + len(rows)), samples)
            number += len(rows)
        if dataset.has_columns:
            for name, column in zip(dataset.class_names, rows.y.T, strict=True):
                frame[name] = np.repeat(column, samples)
        else:
            frame["label"] = np.repeat(np.array(dataset.class_names)[rows.y], samples)
        if rows.groups is not None:
            frame["group"] = np.repeat(rows.groups, samples)
        frame["part"] = part
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _export(recordings: Iterator[LabelledRecording], folder: Path, form: str) -> list[Path]:
    """Write recordings as a project's export: a file each, and the list of them last."""
    entries, written = [], []
    for each in recordings:
        content = each.recording.dump(form)
        name = f"{CATEGORIES[each.part]}/{sample_name(each.label, content)}.{form}"
        written.append(write_atomic(folder / name, content))
        entries.append(listed(name, each.label, metadata={"group": each.group} if each.group else None))
    return [*written, write_listing(folder, entries)]
