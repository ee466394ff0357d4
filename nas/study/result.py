"""The outcome of a study: its winner, its Pareto front, and how its trials ended."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nas.codec import Place, from_data, to_data
from nas.study.costs import Cost
from nas.study.finals import Finalist
from nas.study.objectives import OBJECTIVES
from nas.study.record import Record
from nas.study.rung_correlation import RungCorrelation
from nas.study.tested import TEST_KEYS, Tested
from nas.task.errors import quantization_cost
from nas.task.task import TASKS, find_metric, metric_title, score_text, task_of
from nas.text import counted, duration, kilobytes

PLACE = Place("winner")


# The entries of a model that was not tested.
_UNTESTED: Mapping[str, Any] = {
    **dict.fromkeys(("test_accuracy", "float_test_accuracy", "baseline_accuracy")),
    **{key: {} for key in ("test_metrics", "float_test_metrics", "baseline_metrics")},
    "simple_metrics": {},
    "confusion": [],
    "drawn_from": "",
    "test_answers": None,
}
# Those that results.json leaves out: they are long, or stand there under another name.
_LEFT_OUT = ("confusion", "drawn_from", "test_answers")


@dataclass(frozen=True, slots=True, repr=False)
class Trained:
    """A trained candidate, with the results of the finals and of the test; only a study's winner has these.

    Attributes:
        record: of the training that made the model. For a winner, that is the last one, on training and validation
            rows together: its validation metrics are then those of its trial in the search, and its learning curves
            those of the first fold of the finals.
        finals: one entry for each final training that competed: `trial`, `fold`, `seed`, `epochs`, `val_accuracy`, and
            `val_score`, the study's metric.
        epochs: of the winner's last training; None if the model is a trial's own.
        ended_early: whether that training had fewer epochs because longer ones were worse on the folds.
        teachers: one entry for each teacher whose soft labels the finals learned from: `fold`, `val_accuracy` of its
            float network on the rows held out, which limits what it can teach, `epochs` and `seconds`.
        finalists: the best candidates of the search, the best first, with what they reached in the finals.
        tested: its metrics on the test rows; None for candidates other than the winner.
        planned_folds: of the cross-validation, of which `finals` may lack some for want of time; None if not known.
        test_uses: how often the study has used its test set: once for each winner, where a search went on.
        hand_made: a network that was not searched (`nas.study.hand_made`), trained and tested as the winner was; None
            if there is none, and `hand_made_missing` says why.
    """

    record: Record
    finals: tuple[Mapping[str, Any], ...] = ()
    epochs: int | None = None
    teachers: tuple[Mapping[str, Any], ...] = ()
    finalists: tuple[Finalist, ...] = ()
    tested: Tested | None = None
    planned_folds: int | None = None
    test_uses: int = 1
    hand_made: "Trained | None" = None
    hand_made_missing: str = ""
    ended_early: bool = False

    def __repr__(self) -> str:
        """Return the trial, its scores and its weights in one line."""
        parts = [f"validation {self.metric} {score_text(self.metric, self.record.val_score)}"]
        if self.tested is not None:
            main = self.tested.task.main_metric
            parts.append(f"test {metric_title(main)} {score_text(main, self.tested.metrics[main].value)}")
        facts = self.record.profiled or {}
        parts += [f"weights {kilobytes(facts['weights_bytes'])}"] if "weights_bytes" in facts else []
        return f"<nas winner: trial {self.record.trial}, {', '.join(parts)}>"

    @property
    def test_accuracy(self) -> float | None:
        """Accuracy of the int8 model on the test rows; `tested` has its interval. None if it was not tested."""
        found = None if self.tested is None else self.tested.metrics.get("accuracy")
        return None if found is None else found.value

    @property
    def test_score(self) -> float | None:
        """The study's metric of the int8 model on the test rows; None if it was not tested."""
        return None if self.tested is None else self.tested.metrics[self.metric].value

    @property
    def quantization_cost(self) -> float | None:
        """By which share the RMSE on the test rows is above that before quantization; None for other tasks."""
        return None if self.tested is None else quantization_cost(self.tested.metrics, self.tested.float_metrics)

    @property
    def guesses(self) -> bool:
        """Whether the model is no better on the test set than the constant answer that is best in training."""
        tested = self.tested
        return tested is not None and not any(
            find_metric(metric).is_better(tested.metrics[metric].value, tested.baseline_metrics[metric])
            for metric in self.headline_metrics
        )

    @property
    def metric(self) -> str:
        """Name of the metric by which the study compares candidates."""
        return self.record.metric

    @property
    def headline_metrics(self) -> tuple[str, ...]:
        """The metrics that a summary shows of the test rows: the study's, and the task's; none without a test."""
        return tuple(dict.fromkeys((self.metric, *task_of(self.metric).headline))) if self.tested else ()

    @property
    def why_ended_early(self) -> str:
        """In a sentence, why the last training had few epochs; empty if it had not."""
        if not self.ended_early:
            return ""
        return f"The last training had {self.epochs} epochs: after longer ones, the network was worse on the folds."

    @property
    def folds_left_out(self) -> int:
        """Number of folds that there was no time for."""
        planned = self.planned_folds if self.finals else None
        return 0 if planned is None else planned - len({entry["fold"] for entry in self.finals})

    @property
    def fold_scores(self) -> tuple[float, ...]:
        """The study's metric in each final training of this architecture, on the fold held out."""
        return tuple(entry["val_score"] for entry in self.finals if entry["trial"] == self.record.trial)

    @property
    def cross_validated_score(self) -> float | None:
        """The mean of `fold_scores`; None if there was no time for finals."""
        return statistics.fmean(self.fold_scores) if self.fold_scores else None

    @property
    def cross_validated_accuracy(self) -> float | None:
        """The mean accuracy over the same folds."""
        own = [entry["val_accuracy"] for entry in self.finals if entry["trial"] == self.record.trial]
        return statistics.fmean(own) if own and None not in own else None

    @property
    def fold_std(self) -> float | None:
        """Standard deviation of `fold_scores`; None with fewer than two."""
        return statistics.stdev(self.fold_scores) if len(self.fold_scores) > 1 else None

    def to_json(self) -> dict[str, Any]:
        """Return all facts in one object, without a level of their own for those of the test."""
        facts = to_data(self)
        tested = facts.pop("tested") or _UNTESTED
        return {**facts, **tested}

    @classmethod
    def from_json(cls, data: object, place: Place = PLACE) -> "Trained":
        """Read `to_json()`; InputError at `place` for anything else."""
        facts = data
        if isinstance(data, Mapping):
            tested = {field: data[key] for field, key in TEST_KEYS.items() if key in data}
            facts = {key: value for key, value in data.items() if key not in _UNTESTED}
            facts["tested"] = tested if data.get("test_metrics") else None
        return from_data(cls, facts, place)


@dataclass(frozen=True, slots=True)
class Result:
    """A study's outcome.

    Attributes:
        study: the study's name; `folder` is `studies/<name>`.
        seconds: wall time of all its runs together; `run_seconds` of the latest alone, None if nothing is running.
        run_trials: number of trials that the latest run added; None likewise.
        states: number of trials in each state; all five states are present.
        winner: the winner of the finals; None if no candidate fitted, or the finals have not ended yet.
        front: the Pareto front of complete candidates by the study's metric and the objective's costs, cheapest first.
        rungs: how well each rung predicts the final scores; empty for a study without rungs.
        stopped: why the search ended before its limits were reached; None if it did not.
        objective: name of the study's objective.
        lacked: what the winner lacks because the run was too short; None if it lacks nothing.
        ends: the number of trials at which each run of the study ended (`nas.study.repeat`).
        search_epochs: epochs of a whole training of the search; 0 as long as none has ended.
    """

    study: str
    folder: str
    seconds: float
    states: Mapping[str, int]
    winner: Trained | None
    front: tuple[Record, ...]
    rungs: tuple[RungCorrelation, ...] = ()
    stopped: str | None = None
    objective: str = "weighted"
    lacked: str | None = None
    ends: tuple[int, ...] = ()
    search_epochs: int = 0
    run_seconds: float | None = None
    run_trials: int | None = None

    @property
    def costs(self) -> tuple[Cost, ...]:
        """The costs that the study's objective weighs against its metric."""
        return OBJECTIVES[self.objective].costs

    @property
    def test_accuracy(self) -> float | None:
        """Accuracy of the winner's int8 model on the test rows; None without a winner."""
        return None if self.winner is None else self.winner.test_accuracy

    @property
    def trials(self) -> int:
        return sum(self.states.values())

    @property
    def time_words(self) -> str:
        """The number of trials and the time of all runs, and of the latest alone where there were others before it."""
        told = f"{counted(self.trials, 'trial')} in {duration(self.seconds)}"
        if self.run_seconds is None or self.run_trials in (None, self.trials):
            return told
        return f"{told} over all runs, {self.run_trials} of them in the {duration(self.run_seconds)} of this run"

    def to_json(self) -> dict[str, Any]:
        """Return `results.json`, which is the same on every machine: it has no paths, no weights and no times."""
        return {
            "study": self.study,
            "trials": self.trials,
            "states": dict(self.states),
            "best": None if self.winner is None else self._best(self.winner),
            "objective": self.objective,
            "costs": [cost.key for cost in self.costs],
            "front": [record.measured() for record in self.front],
            "rungs": [to_data(rung) for rung in self.rungs],
            "stopped": self.stopped,
            "lacked": self.lacked,
        }

    def to_contract(self, tflite: str) -> dict[str, Any]:
        """Return the document of `nas search --json`; `tflite` is the path of the winner's model."""
        data = self.to_json()
        best = data["best"] and {**data["best"], "tflite": tflite}
        return {**data, "best": best, "folder": self.folder, "seconds": self.seconds}

    def _best(self, winner: Trained) -> dict[str, Any]:
        facts = winner.to_json()
        return {
            **winner.record.measured(),
            **{key: facts[key] for key in _UNTESTED if key not in _LEFT_OUT},
            "test_accuracy_interval": _ends(facts["test_metrics"]),
            "float_test_accuracy_interval": _ends(facts["float_test_metrics"]),
            "intervals_drawn_from": facts["drawn_from"],
            "test_groups": (facts["test_answers"] or {}).get("groups", []),
            "architecture": dict(winner.record.architecture),
            "hand_made": None if winner.hand_made is None else _compared(winner.hand_made),
            "metric": winner.metric,
            "task": next(name for name, kind in TASKS.items() if kind is task_of(winner.metric)),
            "test_score": winner.test_score,
            "float_test_score": None if winner.tested is None else winner.tested.float_metrics[winner.metric].value,
            "baseline_score": None if winner.tested is None else winner.tested.baseline_metrics[winner.metric],
            "cross_validated_accuracy": winner.cross_validated_accuracy,
            "cross_validated_score": winner.cross_validated_score,
            "fold_scores": list(winner.fold_scores),
            "fold_std": winner.fold_std,
            "finalists": [to_data(finalist) for finalist in winner.finalists],
            "versions": dict(winner.record.versions),
        }


def _ends(metrics: Mapping[str, Any]) -> list[float] | None:
    """Return the ends of the accuracy's interval; None without a test, and without an interval."""
    if "accuracy" not in metrics or metrics["accuracy"]["low"] is None:
        return None
    return [metrics["accuracy"]["low"], metrics["accuracy"]["high"]]


def _compared(hand_made: Trained) -> dict[str, Any]:
    """Return the entries of the hand-made network."""
    facts = hand_made.to_json()
    return {
        "architecture": dict(hand_made.record.architecture),
        "digest": hand_made.record.digest,
        "epochs": hand_made.epochs,
        **{key: facts[key] for key in ("test_accuracy", "test_metrics", "float_test_metrics")},
        **(hand_made.record.profiled or {}),
    }
