"""Training, validation and test rows of a dataset, in units, with no group in two of the parts made here."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from nas.arrays import Array
from nas.data.dataset import Dataset, Part
from nas.data.finding import Finding
from nas.data.findings import findings
from nas.data.normality import remarks
from nas.data.options import DataOptions
from nas.data.partition import partition
from nas.data.rules import check
from nas.data.sound.recordings import noise_for, noise_notes
from nas.signal.kind import Kind
from nas.task.task import CLASSES


@dataclass(frozen=True, slots=True, eq=False)
class Splits:
    """What a search trains, validates and tests on, in units.

    Holds arrays, text and numbers only, so that it can be pickled to worker processes.

    Attributes:
        train: training rows.
        val: validation rows, by which candidates are chosen.
        test: test rows, for the winner only.
        class_names: one name a class, of which y holds positions; of targets, one name for each of y's columns.
        channel_names: one name for each entry of x's last axis, or empty.
        sample_rate_hz: sample rate of the signal that the windows were cut from; None if unknown or no signal.
        stride: samples from the start of a window to that of the next; None if unknown or no signal.
        units_scale: one factor a channel from the integers of the source to x; None if the source holds units.
        source: name or path that the user gave.
        digest: SHA-256 of rows, labels, groups, names and noise. Equal digests mean the same data, split alike.
        notes: what was assumed of the source, one line each.
        findings: what looks wrong but does not stop a search.
        task: what is asked of the data: `classification`, `multi-label`, `regression` or `anomaly`.
        noise: those recordings of `Dataset` that no validation or test row is taken from.
        seed: by which the rows were divided; random changes of them are made of it.
    """

    train: Part
    val: Part
    test: Part
    class_names: tuple[str, ...]
    channel_names: tuple[str, ...]
    sample_rate_hz: float | None
    units_scale: tuple[float, ...] | None
    source: str
    digest: str
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    stride: int | None = None
    task: str = CLASSES
    noise: tuple[Array, ...] = ()
    seed: int = 0

    @property
    def kind(self) -> Kind:
        return Kind.of(self.input_shape)

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one row: (features,), (time, channels) or (height, width, channels)."""
        return self.train.x.shape[1:]

    def parts(self) -> dict[str, Part]:
        return {"train": self.train, "val": self.val, "test": self.test}


def split(dataset: Dataset, seed: int, options: DataOptions | None = None) -> Splits:
    """Hold out validation and test rows, unless the source holds them separately.

    The result depends on the arguments alone.

    Raises:
        InputError: the data break a rule of `nas.data.rules`, cannot be divided, or have a fault that makes every
            result worthless, such as a column that holds the label.
    """
    check(dataset)
    parts = partition(dataset, seed, options or DataOptions())
    found = tuple(findings(dataset, parts, options))
    for finding in found:
        if finding.is_error:
            raise finding.error(dataset.source)
    noise = noise_for(dataset, parts)
    return Splits(
        **parts,
        class_names=dataset.class_names,
        channel_names=dataset.channel_names,
        sample_rate_hz=dataset.sample_rate_hz,
        units_scale=dataset.units_scale,
        source=dataset.source,
        digest=_digest(dataset, parts, noise),
        notes=(*dataset.notes, *noise_notes(dataset, parts), *remarks(dataset, parts["train"])),
        findings=found,
        stride=dataset.stride,
        task=dataset.task,
        noise=noise,
        seed=seed,
    )


def _digest(dataset: Dataset, parts: dict[str, Part], noise: Sequence[Array]) -> str:
    # The path of the source is left out, so that equal rows in another place have the same digest.
    sha = hashlib.sha256(repr((dataset.class_names, dataset.channel_names, dataset.sample_rate_hz)).encode())
    for name, part in parts.items():
        for array in (part.x, part.y, part.groups):
            if array is not None:
                sha.update(f"{name} {array.dtype} {array.shape}".encode())
                sha.update(array.tobytes())
    for number, recording in enumerate(noise):
        sha.update(f"noise {number} {recording.dtype} {recording.shape}".encode())
        sha.update(recording.tobytes())
    return sha.hexdigest()
