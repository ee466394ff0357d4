"""Which task a study's networks learn, by the names that users give."""

from nas.errors import InputError, unknown
from nas.task.classification import Classification
from nas.task.metrics import AUTO
from nas.task.regression import REGRESSION_LOSSES, Regression
from nas.task.task import CLASSES, TARGETS, TASKS, Task


def check_learning(task: str | None, metric: str, loss: str | None) -> None:
    """Raise an InputError for a task, a metric or a loss that there is not; without a task, for none of any task."""
    kinds = list(TASKS.values()) if task is None else [TASKS.find(task, "--task")]
    known = (AUTO, *(name for kind in kinds for name in kind.metrics))
    if metric not in known:
        raise unknown("--metric", "metric", metric, known)
    if loss is not None and loss not in REGRESSION_LOSSES:
        raise unknown("--loss", "loss", loss, REGRESSION_LOSSES)


def learned(task: str | None, metric: str, loss: str | None, *, softmax: bool = True) -> Task:
    """Return the task of this name, which is not fitted to targets yet; InputError for what does not go with it.

    Args:
        task: its name; None for classification.
        metric: that is judged by, or `auto`.
        loss: of regression; None for the usual one.
        softmax: of classification, whether models give probabilities.
    """
    learns: Task = Classification(softmax=softmax)
    if task == TARGETS:
        learns = Regression(loss=loss or REGRESSION_LOSSES[0])
    elif loss is not None:
        raise InputError("--loss", f"applies to {TARGETS} only, not to {CLASSES}", got=loss, hint="leave it out")
    type(learns).check_metric(metric, "--metric")
    return learns
