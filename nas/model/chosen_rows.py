"""Which rows a training learns from, and which its model is judged by."""

from dataclasses import dataclass

from nas.data.dataset import Part
from nas.data.prepared import Prepared
from nas.study.tasks import AllButTest, Selection
from nas.task.task import Task


@dataclass(frozen=True, slots=True, eq=False)
class ChosenRows:
    """The rows of one training.

    Attributes:
        train: what the network learns from.
        val: of the learning curves' validation; None without such rows.
        judged: what the int8 model is evaluated on; None for a training whose model is not.
    """

    train: Part
    val: Part | None
    judged: Part | None


def choose_rows(rows: Selection, data: Prepared, learns: Task) -> ChosenRows:
    """Return the rows that a selection picks for a task.

    Of a network that is to know normal rows, anomalies are left out of its training and of the learning curves. Its
    last training leaves out the validation rows: its threshold is taken from rows that it has not learned from.
    """
    train, judged = rows.pick(data)
    if learns.calibrates and isinstance(rows, AllButTest):
        train, judged = data.train, data.val
    val = None if judged is None else judged.learnable(learns)
    return ChosenRows(train.learnable(learns), val if val else None, judged)
