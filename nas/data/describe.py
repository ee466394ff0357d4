"""A description of a dataset: its shapes, its split and its faults. Data that a search refuses are described too."""

import dataclasses
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nas.arrays import Array, mean_and_std
from nas.data.dataset import Dataset, Part
from nas.data.file_table import FileTable
from nas.data.finding import Finding, as_flags
from nas.data.findings import findings
from nas.data.normality import remarks
from nas.data.options import ROW_OPTIONS, DataOptions
from nas.data.partition import partition
from nas.data.rules import violations
from nas.data.sound.recordings import noise_notes
from nas.errors import InputError
from nas.signal.kind import Kind
from nas.task.task import CLASSES, LABELS, TARGETS
from nas.text import counted

_Spread = tuple[float | None, float | None, float | None, float | None]


@dataclass(frozen=True, slots=True)
class PartSummary:
    """One part of the split.

    Attributes:
        rows: number of rows; `class_counts` holds the number for each class, or with each label, in the order of the
            class names.
        groups: names of its groups, sorted; None if the data have no groups.
        from_source: whether the source holds this part separately; otherwise it was taken from train.
        majority_baseline: accuracy of always answering the most frequent class in train; None without rows or classes.
        targets: the measured targets of the rows, one summary an output; empty for classes.
    """

    rows: int
    class_counts: tuple[int, ...]
    groups: tuple[str, ...] | None
    from_source: bool
    majority_baseline: float | None
    targets: "tuple[ChannelSummary, ...]" = ()


@dataclass(frozen=True, slots=True)
class ChannelSummary:
    """The finite values of one channel or feature over the training rows, in units; None if no value is finite."""

    name: str
    min: float | None
    max: float | None
    mean: float | None
    std: float | None


@dataclass(frozen=True, slots=True, repr=False)
class Description:
    """All that `nas data SOURCE` shows.

    Attributes:
        kind: kind of the rows; `row_shape` is the shape of one.
        parts: the parts of the split by name; those of the source if it cannot be split.
        findings: what is wrong, what stops a search first; `errors` and `warnings` are their lines.
        verdict: what they mean for a search.
        mend: the command that looks at the data again with all options that mend something; None if none does.
        notes: what the reader did to the data, one line each.
        files: what the reader measured of the files.
        task: what is asked of the data; `class_names` are the names of its classes, targets or labels.
    """

    source: str
    kind: Kind
    row_shape: tuple[int, ...]
    class_names: tuple[str, ...]
    sample_rate_hz: float | None
    units_scale: tuple[float, ...] | None
    seed: int
    parts: Mapping[str, PartSummary]
    channels: tuple[ChannelSummary, ...]
    findings: tuple[Finding, ...]
    verdict: str
    mend: str | None
    notes: tuple[str, ...]
    files: tuple[FileTable, ...] = ()
    task: str = CLASSES

    @property
    def errors(self) -> tuple[str, ...]:
        return tuple(str(finding.error(self.source)) for finding in self.findings if finding.is_error)

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(finding.text for finding in self.findings if not finding.is_error)

    @property
    def outputs_counted(self) -> str:
        """How many classes or targets there are, such as `6 classes`."""
        words = {TARGETS: ("target", "s"), LABELS: ("label", "s")}.get(self.task, ("class", "es"))
        return counted(len(self.class_names), *words)

    def __repr__(self) -> str:
        """Return the shapes, the classes, the split and the verdict, a line each."""
        rate = "" if self.sample_rate_hz is None else f", {self.sample_rate_hz:g} Hz"
        shape = " x ".join(map(str, self.row_shape))
        parts = [
            f"{name} {counted(part.rows, 'row')}" + (f" of {counted(len(part.groups), 'group')}" if part.groups else "")
            for name, part in self.parts.items()
        ]
        classes = f"{self.outputs_counted}: {', '.join(self.class_names)}"
        lines = (f"{self.source}: rows of {shape}{rate}", classes, ", ".join(parts), f"verdict: {self.verdict}")
        return "<nas.Description of " + "\n  ".join(lines) + ">"

    def to_json(self) -> dict[str, Any]:
        return {
            **dataclasses.asdict(self),
            # Documents have always called a window a series.
            "kind": "series" if self.kind == Kind.WINDOW else self.kind.value,
            "findings": [finding.to_json() for finding in self.findings],
            "errors": list(self.errors),
            "warnings": list(self.warnings),
        }


def describe(dataset: Dataset, seed: int = 0, options: DataOptions | None = None) -> Description:
    """Describe `dataset` and the split that a search with `seed` would use. Faulty data are described, not refused."""
    options = options or DataOptions()
    found = list(violations(dataset))
    parts = dataset.parts()
    try:
        parts = partition(dataset, seed, options)
    except InputError as error:
        # Empty or one-class data cannot be divided either, but for them `violations` gives the better message.
        line = str(error).removeprefix(f"{dataset.source}: ")
        found = found or [Finding("y_train", line.removeprefix("y_train: "), is_error=True, kind="partition")]
    found += findings(dataset, parts, options)
    return Description(
        source=dataset.source,
        kind=dataset.kind,
        row_shape=dataset.train.x.shape[1:],
        class_names=dataset.class_names,
        sample_rate_hz=dataset.sample_rate_hz,
        units_scale=dataset.units_scale,
        seed=seed,
        parts={name: _summarize(dataset, name, part, parts["train"]) for name, part in parts.items()},
        channels=_channels(dataset, parts["train"]),
        findings=tuple(found),
        verdict=_verdict(found),
        mend=_mend(dataset, seed, options, found),
        notes=(*dataset.notes, *noise_notes(dataset, parts), *remarks(dataset, parts["train"])),
        files=dataset.files,
        task=dataset.task,
    )


def _verdict(found: Sequence[Finding]) -> str:
    if not found:
        return "ready to search"
    errors = sum(finding.is_error for finding in found)
    counts = [f"{n} {word}{'s'[: n != 1]}" for n, word in ((errors, "error"), (len(found) - errors, "warning")) if n]
    return f"{' and '.join(counts)}; a search {'refuses these data' if errors else 'can begin, and repeats this'}"


def _mend(dataset: Dataset, seed: int, options: DataOptions, found: Sequence[Finding]) -> str | None:
    """Return the command with the options that were given and all those that mend something.

    There is none if it would drop every column.
    """
    dropped = {finding.options["drop_columns"] for finding in found if "drop_columns" in finding.options}
    if len(dropped) == dataset.train.x.shape[-1]:
        return None
    given = {name: getattr(options, name) for name in ROW_OPTIONS} | {"seed": seed or None}
    settings = {name: value for name, value in given.items() if value is not None}
    for finding in found:
        for name, value in finding.options.items():
            lists = isinstance(value, str) and settings.get(name)
            settings[name] = f"{settings[name]},{value}" if lists else value
    mends = any(finding.options for finding in found)
    return f"nas data {shlex.quote(dataset.source)} {as_flags(settings)}" if mends else None


def _summarize(dataset: Dataset, name: str, part: Part, train: Part) -> PartSummary:
    groups = None if part.groups is None else tuple(str(group) for group in np.unique(part.groups).tolist())
    given = name == "train" or name in dataset.parts()
    if dataset.task == TARGETS:
        return PartSummary(len(part), (), groups, given, None, _columns(dataset.class_names, part.y))
    if dataset.task == LABELS:
        return PartSummary(len(part), tuple(part.y.sum(axis=0, dtype=np.int64).tolist()), groups, given, None)
    counts = np.bincount(part.y, minlength=len(dataset.class_names))
    baseline = float((part.y == train.majority).mean()) if len(part) and len(train) else None
    return PartSummary(len(part), tuple(counts.tolist()), groups, given, baseline)


def _channels(dataset: Dataset, train: Part) -> tuple[ChannelSummary, ...]:
    spread = _spread_of_integers if dataset.is_as_recorded else _spread
    names = [dataset.channel_name(index) for index in range(train.x.shape[-1])]
    return _columns(names, train.x.reshape(-1, train.x.shape[-1]), spread)


def _columns(
    names: Sequence[str], values: Array, spread: "Callable[[Array], _Spread] | None" = None
) -> tuple[ChannelSummary, ...]:
    return tuple(
        ChannelSummary(name, *(spread or _spread)(column)) for name, column in zip(names, values.T, strict=True)
    )


def _spread(column: Array) -> _Spread:
    values = column[np.isfinite(column)].astype(np.float64)
    if not len(values):
        return None, None, None, None
    return float(values.min()), float(values.max()), float(values.mean()), float(values.std())


def _spread_of_integers(column: Array) -> _Spread:
    """Return the spread without a copy of the values as floating point numbers, which may be billions."""
    return (float(column.min()), float(column.max()), *mean_and_std(column)) if len(column) else (None,) * 4
