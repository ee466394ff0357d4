"""Reading an `.npz` file of arrays: `x_train`, `y_train`, the other parts, groups and names."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from nas.arrays import Array, Floats
from nas.data import labels, multi_labels, targets
from nas.data.dataset import Dataset, Part
from nas.data.options import DataOptions
from nas.data.readers.archive import read_arrays
from nas.data.row_kind import assumed, row_kind
from nas.data.source import READERS, Reader
from nas.errors import InputError
from nas.signal.kind import Kind
from nas.task.task import CLASSES, LABELS, TARGETS, TASK_NAMES

PARTS = ("train", "val", "test")
GROUP_WORDS = ("group", "subject", "speaker")


ARRAYS = ("class_names", "target_names", "channel_names", "sample_rate_hz", "scale", "kind", "task")
"""Keys beside those of the parts."""

SHORT = {"x": "x_train", "y": "y_train"} | dict.fromkeys(
    ("group", "groups", "subject", "subjects", "speaker", "speakers"), "group_train"
)
SHORT |= {"target_name": "target_names"}
"""What arrays are called in files that do not divide them into parts."""


def read_npz(source: str, path: Path, options: DataOptions) -> Dataset:
    """Read the arrays `x_train`, `y_train` and optional others from `path`.

    Raises:
        InputError: the file is damaged or not an `.npz`, holds pickled objects, or its arrays do not fit together.
    """
    arrays, keys = read_arrays(source, path, key_of)
    if "x_train" not in arrays or "y_train" not in arrays:
        missing = "x_train" if "x_train" not in arrays else "y_train"
        raise InputError(source, f"must hold {missing}", got=", ".join(sorted(keys)) or "no arrays")
    unusual = {key: name for key in keys if (name := key_of(key)) and name != key and name not in keys}
    notes = [f"array {key} is read as {name}" for key, name in unusual.items()]
    return dataset_of(source, arrays, notes, options)


def key_of(key: str) -> str | None:
    """Return the name of an array by its key in any form, such as `X_train`; None for keys that mean nothing here."""
    name = key.lower()
    name = SHORT.get(name, name)
    word, _, part = name.rpartition("_")
    known = part in PARTS and word.removesuffix("s") in ("x", "y", *GROUP_WORDS)
    return f"{word.removesuffix('s')}_{part}" if known else name if name in ARRAYS else None


def dataset_of(
    source: str, arrays: Mapping[str, Array], notes: Sequence[str] = (), options: DataOptions | None = None
) -> Dataset:
    """Return the dataset that arrays make, under the names that they have in an `.npz` file.

    Raises:
        InputError: the arrays do not fit together.
    """
    present = [name for name in PARTS if f"x_{name}" in arrays]
    for name in present:
        if f"y_{name}" not in arrays:
            hint = f"add y_{name}: one label a row of x_{name}"
            raise InputError(source, f"must hold y_{name}, since it holds x_{name}", hint=hint)
    options = options or DataOptions()
    y, class_names, task, task_notes = _labels(source, arrays, present, options)
    arrays, kind_notes = _with_channels(arrays, options)
    scale = _scale(source, arrays)
    parts = {
        name: Part(_units(source, f"x_{name}", arrays, scale), y[name], _groups(source, name, arrays))
        for name in present
    }
    return Dataset(
        source=source,
        train=parts["train"],
        val=parts.get("val"),
        test=parts.get("test"),
        class_names=class_names,
        channel_names=_texts(arrays, "channel_names"),
        sample_rate_hz=_number(source, arrays, "sample_rate_hz"),
        units_scale=scale,
        notes=(*notes, *task_notes, *kind_notes),
        task=task,
    )


def _labels(
    source: str, arrays: Mapping[str, Array], parts: Sequence[str], options: DataOptions
) -> tuple[Mapping[str, Array], tuple[str, ...], str, tuple[str, ...]]:
    """Return the classes or targets of each part, the names of the outputs, the task, and what was assumed."""
    columns = {name: arrays[f"y_{name}"] for name in parts}
    stored = _texts(arrays, "task")
    asked = options.task or (stored[0] if stored and stored[0] in TASK_NAMES else None)
    if multi_labels.are_labels(columns, asked):
        known = _texts(arrays, "class_names") or _texts(arrays, "target_names")
        return *multi_labels.encode(columns, known, source), LABELS, () if asked else (multi_labels.OF_ARRAYS,)
    if not targets.are_targets(columns, asked):
        return *labels.encode(columns, _texts(arrays, "class_names") or None, source), CLASSES, ()
    y, names = targets.encode(columns, _texts(arrays, "target_names"), source)
    return y, names, TARGETS, () if asked else (targets.NOTE,)


def read_bare_rows(source: str, path: Path, options: DataOptions) -> dict[str, Array]:
    """Return the rows of an `.npz` file, without their classes, by the name of their array.

    They are in units if the file has a `scale`; else whole numbers are left as they are, for a model that knows how to
    bring them to units. Rows are all arrays of rows, such as `x_test`; if there are none, the only array of the file.

    Raises:
        InputError: the file is damaged, or holds no rows.
    """
    _, keys = read_arrays(source, path, lambda key: None)
    found = {key: name for key in keys if (name := key_of(key)) and name.startswith("x_")}
    found = found or (dict.fromkeys(keys, "x_train") if len(keys) == 1 else {})
    if not found:
        raise InputError(source, "must hold rows as the array x", got=", ".join(sorted(keys)) or "no arrays")
    arrays, _ = read_arrays(source, path, lambda key: key if key in found or key_of(key) in ARRAYS else None)
    known = {key_of(key) or key: array for key, array in arrays.items() if key not in found}
    rows = {}
    for key in found:
        single, _ = _with_channels(known | {"x_train": arrays[key]}, options)
        scale = _scale(source, single)
        whole = scale is None and single["x_train"].dtype.kind in "iu"
        rows[key] = single["x_train"] if whole else _units(source, "x_train", single, scale)
    return rows


def _with_channels(arrays: Mapping[str, Array], options: DataOptions) -> tuple[dict[str, Array], tuple[str, ...]]:
    """Return the arrays with channels as the last axis of all rows, and what was assumed of the rows."""
    arrays = dict(arrays)
    for key in (f"x_{name}" for name in PARTS if f"x_{name}" in arrays):
        if options.channels_first and arrays[key].ndim == 3:
            arrays[key] = arrays[key].swapaxes(1, 2)
    x = arrays["x_train"]
    stored = next((kind for kind in Kind if _texts(arrays, "kind") == (kind.value,)), None)
    asked = Kind.WINDOW if options.channels_first else stored or options.kind
    kind = row_kind(x, asked, "sample_rate_hz" in arrays, "channel_names" in arrays)
    for key in (f"x_{name}" for name in PARTS if f"x_{name}" in arrays):
        if arrays[key].ndim == x.ndim == {Kind.WINDOW: 2, Kind.IMAGE: 3}.get(kind):
            arrays[key] = arrays[key][..., np.newaxis]
    return arrays, tuple(assumed(x, kind)) if x.ndim == 3 and asked is None else ()


def _scale(source: str, arrays: Mapping[str, Array]) -> tuple[float, ...] | None:
    """Return the factors that bring integers to units, one a channel; a single number applies to all channels."""
    if "scale" not in arrays:
        return None
    scale, x = arrays["scale"], arrays["x_train"]
    if scale.dtype.kind not in "iuf" or scale.ndim > 1 or not np.isfinite(scale).all() or (scale == 0).any():
        raise InputError(
            f"{source}: scale", "must be finite numbers other than 0: one for all channels, or one a channel"
        )
    channels = x.shape[-1] if x.ndim else 1
    if scale.size not in (1, channels):
        raise InputError(
            f"{source}: scale", f"must have one entry for all channels, or {channels}, one a channel", got=scale.size
        )
    return tuple(np.broadcast_to(scale.astype(np.float64).reshape(-1), channels).tolist())


def _units(source: str, key: str, arrays: Mapping[str, Array], scale: tuple[float, ...] | None) -> Floats:
    """Return the rows as float32 in units, with a channel axis."""
    x = arrays[key]
    if x.dtype.kind not in "iufb":
        raise InputError(f"{source}: {key}", "must be numbers", got=x.dtype)
    if x.ndim == 0:
        raise InputError(f"{source}: {key}", "must be [n, ...], one entry a row", got="a single number")
    with np.errstate(over="ignore"):  # too large numbers become infinite, which nas.data.rules reports
        x = x.astype(np.float32)
        return x if scale is None else x * np.asarray(scale, np.float32)


def _groups(source: str, name: str, arrays: Mapping[str, Array]) -> Array | None:
    keys = [f"{word}_{name}" for word in GROUP_WORDS if f"{word}_{name}" in arrays]
    if not keys:
        return None
    groups = labels.as_text(arrays[keys[0]])
    if groups.dtype.kind not in "iufU":
        raise InputError(f"{source}: {keys[0]}", "must be numbers or text", got=groups.dtype)
    return groups


def _texts(arrays: Mapping[str, Array], key: str) -> tuple[str, ...]:
    names = labels.as_text(np.atleast_1d(np.asarray(arrays.get(key, ())))).ravel().tolist()
    return tuple(map(str, names))


def _number(source: str, arrays: Mapping[str, Array], key: str) -> float | None:
    if key not in arrays:
        return None
    value = arrays[key]
    if value.size != 1 or value.dtype.kind not in "iuf":
        raise InputError(f"{source}: {key}", "must be one number", got=value)
    return float(value.reshape(()))


READERS.register("npz")(
    Reader(
        accepts=lambda path: path.suffix == ".npz" and path.is_file(),
        read=read_npz,
        what="an .npz file",
        pattern="FILE.npz",
        summary="Your arrays: x_train, y_train, and if you have them x_test, y_test, group_train ...",
        options=frozenset({"channels_first"}),
    )
)
