"""The rows that a model is trained on, from wherever its specification, or the user, takes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nas.arrays import Rows
from nas.data.choice import DataChoice
from nas.data.dataset import Part
from nas.data.given import Data
from nas.data.options import DataOptions
from nas.data.prepared import Prepared, Scaling, fitted_front_end, prepare
from nas.data.selection import select
from nas.data.sound.variants import varied
from nas.data.splits import Splits, split
from nas.errors import InputError
from nas.signal.front_end import FrontEnd, require_rows
from nas.signal.raw import RAW
from nas.study.applicable_rows import require_for_rows, require_for_targets
from nas.study.model_spec import ModelSpec, ResolvedSpec
from nas.study.tasks import AllButTest, HoldOut

if TYPE_CHECKING:
    from nas.model.user_code import UserCode

TEST_ROWS, TEST_BATCHES = 8, 2
"""Rows of each class that a dry run takes of each part, and batches of a dataset."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainingData:
    """Rows to train and validate on.

    Attributes:
        prepared: the features of the rows, scaled.
        digest: equal digests mean the same rows, divided alike.
        source: where they come from, in a word.
        sample_rate_hz: of windows of a signal; None if unknown.
        units_scale: from the integers of the source to units; None if they are in units.
        choice: the data as other parts take them; None for those of a function, or from memory.
        splits: the rows in units; None for a `tf.data.Dataset`.
        dataset: the user's `tf.data.Dataset` of training batches; None if the rows are in memory.
        notes: what was assumed, one line each.
        front_end: what the features are computed by.
    """

    prepared: Prepared
    digest: str
    source: str
    sample_rate_hz: float | None = None
    units_scale: tuple[float, ...] | None = None
    choice: DataChoice | None = None
    splits: Splits | None = None
    dataset: Any = None
    notes: tuple[str, ...] = ()
    front_end: FrontEnd = RAW

    @property
    def row_shape(self) -> tuple[int, ...]:
        """Shape of a row of data, before the front-end."""
        return self.prepared.row_shape if self.splits is None else self.splits.input_shape

    @property
    def channel_names(self) -> tuple[str, ...]:
        """One name for each channel of such a row, or empty."""
        return self.prepared.channel_names if self.splits is None else self.splits.channel_names

    def resolved(self, spec: ModelSpec) -> ResolvedSpec:
        """Return the specification with what these rows show."""
        return ResolvedSpec(
            name=spec.name,
            input_shape=self.prepared.row_shape,
            class_names=self.prepared.class_names,
            channel_names=self.prepared.channel_names,
            sample_rate_hz=self.sample_rate_hz,
            rows=len(self.prepared.train),
            options=spec.model.options,
            training=spec.training,
            target=spec.target,
            parameters=spec.parameters,
        )

    def few(self) -> "TrainingData":
        """Return a few rows of each class of each part, for a dry run."""
        all_rows = self.prepared
        few = replace(all_rows, train=_few(all_rows.train), val=_few(all_rows.val), test=_few(all_rows.test))
        dataset = None if self.dataset is None else self.dataset.take(TEST_BATCHES)
        return replace(self, prepared=few, dataset=dataset, digest=f"{self.digest}-few")


def load_training_data(
    spec: ModelSpec, code: "UserCode", given: Data | None = None, front_end: FrontEnd = RAW
) -> TrainingData:
    """Return the rows of a specification, or those given in its place, behind a front-end, with their variants.

    Raises:
        InputError: there are none, they cannot be read or divided, or the user's function raises or gives something
            else.
    """
    if spec.data.function and given is None:
        found = _of_function(spec, code, front_end)
        if found.front_end != front_end:
            hint = "return arrays (x, y) of raw rows"
            raise InputError(found.source, "must give rows for the architecture's front-end", hint=hint)
        return found
    choice = spec.data.choice
    if given is not None:
        return _of_data(spec, given, "data in memory", front_end)
    if choice is None:
        hint = 'write [data] source = "recordings/" into the specification, or give --data'
        raise InputError(spec.name, "must say which data it is trained on", hint=hint)
    return _of_splits(spec, choice.splits(), choice, front_end)


def _of_splits(spec: ModelSpec, splits: Splits, choice: DataChoice | None, front_end: FrontEnd) -> TrainingData:
    front_end = fitted_front_end(splits, front_end)
    require_rows(front_end, splits.input_shape, splits.sample_rate_hz, splits.source)
    require_for_rows(spec.augment, splits, (front_end,))
    require_for_targets(spec.training, splits)
    parts = AllButTest.parts if spec.training.rows == "all" else HoldOut.parts
    return TrainingData(
        prepared=varied(prepare(splits, front_end), splits, front_end, spec.augment, parts),
        digest=splits.digest,
        source=splits.source,
        sample_rate_hz=splits.sample_rate_hz,
        units_scale=splits.units_scale,
        choice=choice,
        splits=splits,
        notes=(*splits.notes, *(one.text for one in splits.findings)),
        front_end=front_end,
    )


def _of_data(spec: ModelSpec, data: Data, source: str, front_end: FrontEnd) -> TrainingData:
    if not isinstance(data, Data):
        hint = "give nas.Data.from_arrays(x, y), or the path of data"
        raise InputError("data", "must be nas.Data", got=type(data).__name__, hint=hint)
    options = DataOptions(val_fraction=spec.data.val_fraction, test_fraction=spec.data.test_fraction)
    splits = split(select(data.dataset(), options), spec.data.seed, options)
    return replace(_of_splits(spec, splits, None, front_end), source=source)


def _of_function(spec: ModelSpec, code: "UserCode", front_end: FrontEnd) -> TrainingData:
    from nas.model.keras_training.datasets import is_dataset, rows_of

    found = code.find(spec.data.function)
    given = found()
    if isinstance(given, Data):
        return _of_data(spec, given, found.name, front_end)
    if isinstance(given, Mapping):
        given = tuple(given.values()) if set(given) == {"train", "val"} else Data.from_arrays(**given)
    if isinstance(given, Data):
        return _of_data(spec, given, found.name, front_end)
    if isinstance(given, Sequence) and len(given) in (2, 3) and is_dataset(given[0]):
        names = tuple(map(str, given[2])) if len(given) == 3 else ()
        return _of_datasets(found.place, found.name, given[0], rows_of(given[0]), rows_of(given[1]), names)
    if isinstance(given, tuple) and len(given) in (2, 3):
        return _of_data(spec, Data.from_arrays(*given), found.name, front_end)
    rule = "must return nas.Data, arrays (x, y) or (x, y, groups), or tf.data.Datasets (train, val)"
    raise InputError(found.place, rule, got=type(given).__name__)


def _of_datasets(
    place: str, name: str, dataset: Any, train: Part, val: Part, class_names: tuple[str, ...]
) -> TrainingData:
    """Return datasets of batches as they are: the user has scaled and divided them."""
    names = class_names or tuple(map(str, range(int(max(train.y.max(), val.y.max())) + 1)))
    if int(train.y.max()) >= len(names):
        raise InputError(place, "must name every class", got=f"{len(names)} names, class {int(train.y.max())}")
    channels = train.x.shape[-1]
    unscaled = Scaling((0.0,) * channels, (1.0,) * channels)
    return TrainingData(Prepared(train, val, val, unscaled, names, ()), f"dataset-{len(train)}", name, dataset=dataset)


def _few(part: Part) -> Part:
    """Return the first rows of each class, in the order in which they are."""
    kept: Rows = np.sort(
        np.concatenate([np.flatnonzero(part.strata == one)[:TEST_ROWS] for one in np.unique(part.strata)])
    )
    return part.take(kept)
