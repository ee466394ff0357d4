"""Which task a study's networks learn, by the names that users give."""

from dataclasses import dataclass

from nas.arrays import Array
from nas.errors import InputError, unknown
from nas.task.anomaly import FALSE_ALARM_RATE, Anomaly
from nas.task.classification import Classification
from nas.task.metrics import AUTO
from nas.task.multi_label import MultiLabel, holds_labels
from nas.task.regression import REGRESSION_LOSSES, Regression
from nas.task.task import ANOMALIES, CLASSES, LABELS, TARGETS, TASKS, Task


@dataclass(frozen=True, slots=True)
class TaskSettings:
    """Settings of single tasks; None leaves one at its default.

    Attributes:
        loss: of regression.
        false_alarm_rate: of anomaly detection.
        softmax: of classification, whether models give probabilities.
    """

    loss: str | None = None
    false_alarm_rate: float | None = None
    softmax: bool = True


_ONLY = {"loss": TARGETS, "false_alarm_rate": ANOMALIES}
"""The task that a setting belongs to."""


def check_learning(task: str | None, metric: str, settings: TaskSettings) -> None:
    """Raise an InputError for a task, a metric or a setting that there is not; without a task, for none of any task."""
    kinds = list(TASKS.values()) if task is None else [TASKS.find(task, "--task")]
    known = (AUTO, *(name for kind in kinds for name in kind.metrics))
    if metric not in known:
        raise unknown("--metric", "metric", metric, known)
    if settings.loss is not None and settings.loss not in REGRESSION_LOSSES:
        raise unknown("--loss", "loss", settings.loss, REGRESSION_LOSSES)
    if settings.false_alarm_rate is not None and not 0 <= settings.false_alarm_rate < 1:
        raise InputError("--false-alarm-rate", "must be from 0 to below 1", got=settings.false_alarm_rate)


def learned(task: str | None, metric: str, settings: TaskSettings) -> Task:
    """Return the task of this name, which is not fitted to targets yet; InputError for what does not go with it.

    Args:
        task: its name; None for classification.
        metric: that is judged by, or `auto`.
        settings: of the task.
    """
    for name, kind in _ONLY.items():
        given, flag = getattr(settings, name), f"--{name.replace('_', '-')}"
        if given is not None and task != kind:
            raise InputError(flag, f"applies to {kind} only, not to {task or CLASSES}", got=given, hint="leave it out")
    learns: Task = Classification(softmax=settings.softmax)
    if task == TARGETS:
        learns = Regression(loss=settings.loss or REGRESSION_LOSSES[0])
    elif task == LABELS:
        learns = MultiLabel()
    elif task == ANOMALIES:
        rate = settings.false_alarm_rate
        learns = Anomaly(false_alarm_rate=FALSE_ALARM_RATE if rate is None else rate)
    type(learns).check_metric(metric, "--metric")
    return learns


def judge_of(task: Task, y: Array) -> Task:
    """Return what judges a model's answers to rows with classes [n], or with labels or measured targets [n, k].

    It is the model's task, or where that answers something else, one that knows nothing of the model.
    """
    kind = _kind_of(y)
    return task if task.truth == kind.truth else kind()


def _kind_of(y: Array) -> type[Task]:
    if y.ndim == 1:
        return Classification
    return MultiLabel if holds_labels(y) else Regression
