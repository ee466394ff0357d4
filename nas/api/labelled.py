"""Labelled rows as a model reads them: scaled as it wants them, with the classes in its order."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from nas.api.model import Model
from nas.api.model_data import check_task, gives_one_of_two, is_own_data, like_training
from nas.arrays import Array, Floats, Ints
from nas.data.choice import DataChoice
from nas.data.dataset import Part
from nas.data.given import Data
from nas.data.options import DataOptions
from nas.data.splits import Splits, split
from nas.errors import InputError
from nas.evaluation.class_names import match_labels, match_one_output, match_targets
from nas.task.choice import judge_of
from nas.task.classification import Classification
from nas.task.task import LABELS, TARGETS, Task

DataSource: TypeAlias = str | DataChoice | Data
"""Data as the functions of `nas` take them: a name or path, one with options, or rows in memory."""


def labelled(model: Model, data: DataSource | None) -> dict[str, Part] | None:
    """Return the training, validation and test rows for a model by name; None if it is not known which.

    Args:
        model: whose rows they are to be.
        data: where they come from; what the model was trained on if None.

    Raises:
        InputError: the data cannot be read, or have other shapes, classes or targets than the model.
    """
    source = model.data if data is None else data
    if source is None:
        return None
    if model.task.reconstructs:
        hint = "nas evaluate judges it, and its float model beside it"
        raise InputError(model.origin, "must give classes or values: it detects anomalies", hint=hint)
    splits = _splits(model, source)
    check_task(model, splits.source, splits.train.y)
    if splits.task == LABELS:
        order = match_labels(splits.class_names, model.class_names, splits.source)
        return {n: replace(part, x=model.scaled(part.x), y=part.y[:, order]) for n, part in splits.parts().items()}
    if splits.task == TARGETS:
        match_targets(splits.class_names, model.class_names, splits.source)
        return {name: replace(part, x=model.scaled(part.x)) for name, part in splits.parts().items()}
    places = _places(model, splits)
    return {name: replace(part, x=model.scaled(part.x), y=places[part.y]) for name, part in splits.parts().items()}


def score(model: Model, outputs: Floats, y: Array) -> float:
    """Return the share of rows whose answer is right; for measured targets the RMSE, for labels the macro-F1.

    Args:
        model: which says what its outputs mean.
        outputs: [n, outputs].
        y: class of each row [n], or measured targets or labels [n, outputs].
    """
    judge = judge_of(model.task, y)
    if y.ndim == 1 and outputs.shape[1] == 1:  # of the second of two classes
        outputs = np.insert(outputs, 0, 0.0 if model.is_logit else 0.5, axis=1)
    return judge.scores(judge.tally(judge.answers(outputs), y, outputs.shape[1]))[judge.main_metric]


def judged_in(model: Model, y: Array | None) -> str:
    """Return the metric that `score` is for rows of such classes or targets; without rows, for what the model gives."""
    return (model.task if y is None else judge_of(model.task, y)).main_metric


def judged_by(data: DataSource | None) -> str:
    """Return the part that schemes are compared on: of a model's own data, the validation rows.

    To compare is to choose, and a test set that was chosen by is none any more.
    """
    return "val" if data is None else "test"


def baseline_score(parts: Mapping[str, Part], part: str, learns: Task | None = None) -> float:
    """Return the score of the constant answer that is best for the training rows, on the rows of a part.

    Of classes, it is the share of the rows that have the most frequent one; of measured targets, the RMSE of their
    mean; of labels, the macro-F1 of what is more frequent of each; of a detector, the area under the ROC of the
    distance from the training rows' mean.

    Args:
        parts: the rows by part, `train` among them; those of a detector must be scaled.
        part: the one that is judged.
        learns: the task; None for the one that the rows are for.
    """
    rows, y = parts[part], parts["train"].y
    judge = judge_of(learns or Classification(), y)
    outputs = y.shape[1] if y.ndim == 2 else 1 + int(max(y.max(), rows.y.max(initial=0)))
    answers = None
    if judge.reconstructs:
        outputs = judge.outputs(y, (), rows.x.shape[1:])
        answers = judge.answers(np.zeros((len(rows), outputs), np.float32), rows.x)
    return judge.scores(judge.baseline(y, rows.y, outputs, answers))[judge.main_metric]


def _splits(model: Model, source: DataSource) -> Splits:
    if isinstance(source, Data):
        return split(source.dataset(), 0)
    choice = DataChoice(source) if isinstance(source, str) else source
    if choice is model.data or (choice.options == DataOptions() and is_own_data(model, choice.source)):
        choice = model.data or choice
    return replace(choice, options=like_training(model, choice.source, choice.options)).splits()


def _places(model: Model, splits: Splits) -> Ints:
    """Return the model's output for each class of the data."""
    ours, theirs = splits.class_names, model.class_names
    if gives_one_of_two(model, splits.train.y):
        order, _ = match_one_output(ours, theirs[0], splits.source)
        return np.array([order.index(name) for name in ours], np.int64)
    if set(ours) <= set(theirs):
        return np.array([theirs.index(name) for name in ours], np.int64)
    unnamed = theirs == tuple(map(str, range(len(theirs))))
    if unnamed and len(ours) <= len(theirs):
        return np.arange(len(ours))
    got = ", ".join(name for name in ours if name not in theirs)
    raise InputError(splits.source, f"classes must be the model's ({', '.join(theirs)})", got=got)
