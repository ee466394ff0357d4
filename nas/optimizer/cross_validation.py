"""The cross-validation of a study's finals: every finalist is trained on every fold, all for as many epochs."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nas.optimizer.clock import Clock
from nas.optimizer.dispatcher import Dispatcher
from nas.optimizer.judge import Judge
from nas.optimizer.ledger import Ledger
from nas.optimizer.observer import FinalPlace, Observer
from nas.optimizer.problem import Problem
from nas.optimizer.teachers import SoftLabels
from nas.optimizer.timing import OVERHEAD_SECONDS, FinalsPlan, Pace
from nas.seeds import derive
from nas.space.architecture import Architecture
from nas.study.finals import Final
from nas.study.record import Record
from nas.study.tasks import AllButTest, Fold, TrainingOutcome, TrainingTask
from nas.task.task import metric_title
from nas.text import counted, duration


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """Trains finalists on folds, and goes on with the trainings of an earlier run.

    Trainings are compared only with those of as many epochs, since more epochs are better ones. So an earlier run's
    count if this run, too, has time for as many; otherwise all are done anew, with the epochs that there is time for.

    Attributes:
        plan: the epochs that are wanted, and how they fit in the time.
        folds: whose rows can tell the study's metric.
        wanted: number of finalists if time is not short.
    """

    problem: Problem
    judge: Judge
    ledger: Ledger
    dispatcher: Dispatcher
    observer: Observer
    clock: Clock
    plan: FinalsPlan
    folds: Sequence[Fold]
    wanted: int

    def perform(self, chosen: Sequence[Record], pace: Pace, soft_labels: SoftLabels) -> list[Final]:
        """Return the trainings of the finalists.

        One that the time limit has cut short is left out: its learning rate has not come down, so it says little of
        the network.

        Args:
            chosen: the finalists that there is time for, one or more.
            pace: of their trainings in the search.
            soft_labels: what trainings on each fold learn from besides the labels.
        """
        if not self.folds:
            lacking = f"no fold has rows that can tell the {metric_title(self.judge.metric)}"
            self.observer.phase(f"finals: {lacking}, so the best candidate of the search wins")
            return []
        planned, stored = len(chosen) * len(self.folds), self._stored(chosen)
        epochs = self._epochs(planned, pace, stored)
        done = {(final.record.trial, final.fold): final for final in stored if final.planned_epochs == epochs}
        missing = [(record, fold) for fold in self.folds for record in chosen if (record.trial, fold.index) not in done]
        self.observer.phase(self._announcement(chosen, pace, len(missing)))
        for fold, answer in self.dispatcher.perform(self._tasks(missing, epochs, pace, soft_labels, done)):
            if isinstance(answer, TrainingOutcome) and Final(answer.record, fold.index).is_whole:
                final = Final(self.judge.judged(answer.record), fold.index, epochs)
                self.ledger.append("finals", final.to_json())
                done[final.record.trial, final.fold] = final
                self.observer.final(final.record, FinalPlace(fold.index, fold.count, len(done), planned))
        return list(done.values())

    def _announcement(self, chosen: Sequence[Record], pace: Pace, missing: int) -> str:
        about = f", about {duration(self.plan.seconds(pace, missing))}" if self.clock.limit is None else ""
        best = counted(len(chosen), "best candidate")
        fewer = f", as many of {self.wanted} as there is time for," if len(chosen) < self.wanted else ""
        return f"finals: cross-validating the {best}{fewer} on {counted(len(self.folds), 'fold')}{about}"

    def _stored(self, chosen: Sequence[Record]) -> list[Final]:
        """Return the whole trainings of finalists that earlier runs have done."""
        trials, folds = {record.trial for record in chosen}, {fold.index for fold in self.folds}
        entries = [Final.from_json(entry) for entry in self.ledger.listed("finals")]
        return [one for one in entries if one.is_whole and one.record.trial in trials and one.fold in folds]

    def _epochs(self, planned: int, pace: Pace, stored: Sequence[Final]) -> int:
        """Return the epochs of each of the planned trainings.

        They are those of an earlier run if this one has time for what is missing of them and none for longer ones.
        """
        if self.clock.limit is None:
            return self.plan.fold_epochs
        remaining = self._remaining()
        winner = self.plan.winner_seconds(pace, remaining)
        most, seconds = self.plan.winner_epochs_in_time(pace, winner), remaining - winner
        anew = self.plan.fold_epochs_in_time(pace, seconds, planned, most)
        done = Counter(epochs for *_, epochs in {(one.record.trial, one.fold, one.planned_epochs) for one in stored})
        lacking = {epochs: planned - count for epochs, count in done.items() if epochs is not None}
        fit = [n for n, count in lacking.items() if self.plan.has_time_for_folds(pace, seconds, count, n)]
        return max([anew, *fit])

    def _remaining(self) -> float:
        assert self.clock.limit is not None
        return self.clock.limit - self.clock.seconds - OVERHEAD_SECONDS

    def _tasks(
        self,
        missing: Sequence[tuple[Record, Fold]],
        epochs: int,
        pace: Pace,
        soft_labels: SoftLabels,
        done: Mapping[tuple[int, int], Final],
    ) -> Iterator[tuple[Fold, TrainingTask]]:
        """Yield the trainings on folds, each with the time limit that is right when it starts.

        None is begun that would be cut short at the pace of those that are `done`; the winner gets their time.
        """
        # If the estimate is wrong, the folds are cut short, and not the winner's last training.
        limited = self.clock.limit is not None
        kept = OVERHEAD_SECONDS + (self.plan.winner_seconds(pace, self._remaining()) if limited else 0.0)
        for record, fold in missing:
            seconds, ended = self.clock.remaining(reserved=kept), [final.record for final in done.values()]
            if seconds is not None and ended:
                known = Pace.of(ended, self.plan.fold_rows)
                if seconds < known.seconds(self.problem.recipe, epochs, self.plan.fold_rows):
                    return
            task = final_training(self.problem, self.judge, record, fold, epochs, soft_labels)
            yield fold, replace(task, seconds=seconds)


def final_training(
    problem: Problem, judge: Judge, record: Record, rows: Fold | AllButTest, epochs: int, soft_labels: SoftLabels
) -> TrainingTask:
    """Return the task of training a finalist once more, on a fold or on all rows except the test set's."""
    return TrainingTask(
        trial=record.trial,
        architecture=Architecture.from_json(record.architecture),
        params=record.params,
        target=problem.target,
        budget=judge.budget,
        recipe=problem.recipe,
        epochs=epochs,
        seed=derive(problem.study.seed, record.digest, "final", rows.seed_text),
        rows=rows,
        metric=judge.metric,
        soft_labels=soft_labels.get(rows),
    )
