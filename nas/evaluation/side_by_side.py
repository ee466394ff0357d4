"""What evaluations of all tasks but classification have in common: two models' answers for the same rows, judged."""

from collections.abc import Mapping
from typing import TypedDict

import numpy as np

from nas.arrays import Array
from nas.data.dataset import Part
from nas.evaluation.evaluation import GroupScores, Subject
from nas.signal.kind import Kind
from nas.task.metrics import Estimate
from nas.task.task import Task


class Common(TypedDict):
    """The fields of a `RegressionEvaluation` that are found alike for every task."""

    about: Subject
    rows: int
    inputs_are: str
    drawn_from: str
    int8: Mapping[str, Estimate] | None
    before: Mapping[str, Estimate] | None
    groups: tuple[GroupScores, ...]


def common_fields(
    judge: Task, part: Part, about: Subject, outputs: int, int8: Array | None, before: Array | None
) -> Common:
    """Return how the answers of the int8 and of the float model are judged.

    Args:
        judge: the task, with what it takes from a model, such as thresholds.
        part: the rows.
        about: what is evaluated.
        outputs: number of the models' outputs.
        int8: answers of the `.tflite`; None if there is none.
        before: answers of the float model; None if there is none, but one of the two there must be.
    """
    grouped = part.groups is not None
    tallies = [None if each is None else judge.tallies(each, part.y, part.groups, outputs) for each in (int8, before)]
    estimates = [None if each is None else judge.estimates(each, grouped=grouped) for each in tallies]
    return Common(
        about=about,
        rows=len(part),
        inputs_are=Kind.of(part.x.shape[1:]).plural,
        drawn_from=judge.drawn_from(next(each for each in tallies if each is not None), grouped=grouped),
        int8=estimates[0],
        before=estimates[1],
        groups=scores_of_groups(judge, part, *tallies),
    )


def shown_answers(int8: Array | None, before: Array | None) -> Array:
    """Return the answers of the `.tflite`, or the float model's where there is no other."""
    return next(each for each in (int8, before) if each is not None)


def points_of(y: Array, answers: Array) -> Array:
    """Return what is known and what is answered, both [n, outputs], as pairs [outputs, n, 2]."""
    return np.stack([y, answers], axis=-1).transpose(1, 0, 2)


def scores_of_groups(judge: Task, part: Part, int8: Array | None, before: Array | None) -> tuple[GroupScores, ...]:
    """Return the metrics of each group, the worst by the task's main metric first, of the tallies of groups."""
    if part.groups is None:
        return ()
    found = [
        GroupScores(
            str(name),
            int(own.sum()),
            *(None if tallies is None else judge.told(tallies[i], part.y[own]) for tallies in (int8, before)),
        )
        for i, name in enumerate(np.unique(part.groups).tolist())
        for own in [part.groups == name]
    ]
    main = judge.metrics[judge.main_metric]
    return tuple(sorted(found, key=lambda one: main.ranked_last((one.int8 or one.before or {}).get(judge.main_metric))))
