"""The scores of a winner, each under the one name that every text gives it.

The test score is that of the winner's int8 model on the test set. The cross-validated score is the mean over the folds
of the finals, by which the winner was chosen. The validation score is that of the winner's trial in the search, which
made it a finalist; the Pareto front shows it.
"""

from nas.study.result import Trained
from nas.task.task import find_metric, metric_title, score_text


def as_accuracy(metric: str, score: float | None) -> float | None:
    """Return a score if it is an accuracy, else None: what is called so holds nothing else."""
    return score if metric == "accuracy" else None


def on_test_set(metric: str) -> str:
    """Return the name of a metric on the test set."""
    return f"test {metric_title(metric)}"


def in_cross_validation(metric: str) -> str:
    """Return the name of the mean of a metric over the folds of the finals."""
    return f"cross-validated {metric_title(metric)}"


def in_validation(metric: str) -> str:
    """Return the name of a metric of a candidate of the search."""
    return f"validation {metric_title(metric)}"


def validated(trained: Trained) -> list[tuple[str, str]]:
    """Return the names and values of what the study judged by: the cross-validated score, and the validation score."""
    pairs = [(in_validation(trained.metric), score_text(trained.record.metric, trained.record.val_score))]
    if trained.cross_validated_score is None:
        return pairs
    metric = find_metric(trained.metric)
    spread = "" if trained.fold_std is None else f" +- {metric.text(trained.fold_std).removesuffix(' %')}"
    mean = f"{metric.text(trained.cross_validated_score)}{spread} over {len(trained.fold_scores)} folds"
    return [(in_cross_validation(trained.metric), mean), *pairs]


def uses_of_test_set(trained: Trained) -> str:
    """Return in a sentence how often the study has used its test set."""
    if trained.test_uses == 1:
        return "The test set was used once, for the study's winner."
    return (
        f"The study has evaluated {trained.test_uses} times on its test set: once for each winner that it chose, and "
        "once for each `nas evaluate`. If you searched on because of these figures, they are too optimistic."
    )
