"""The end of a study: the best candidates are cross-validated, one wins, and it is evaluated on the test set."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from nas.errors import InputError
from nas.optimizer.clock import Clock
from nas.optimizer.cross_validation import CrossValidation, final_training
from nas.optimizer.dispatcher import Dispatcher
from nas.optimizer.executor.executor import Failed
from nas.optimizer.hand_made import NO_TIME, Rival
from nas.optimizer.judge import Judge
from nas.optimizer.lacking import lacked
from nas.optimizer.models import ModelFolder, weights_name
from nas.optimizer.observer import Observer
from nas.optimizer.problem import Problem
from nas.optimizer.teachers import SoftLabels, Teachers
from nas.optimizer.test_set import count_test_use
from nas.optimizer.timing import OVERHEAD_SECONDS, TEACHER_SHARE, FinalsPlan, Pace
from nas.optimizer.trials import Trials
from nas.optimizer.winner_files import WINNER_MODEL, WINNER_WEIGHTS
from nas.space.architecture import Architecture
from nas.study.costs import front
from nas.study.enough_epochs import enough_epochs
from nas.study.finals import Final, Finalist, comparable, telling_folds
from nas.study.record import Record
from nas.study.result import Trained
from nas.study.tasks import AllButTest, EvaluationTask, Fold, TrainingOutcome
from nas.study.tested import Tested
from nas.text import counted


@dataclass(frozen=True, slots=True)
class Finals:
    """Decides a study.

    The best candidates of the search are trained again, longer, on every fold of a cross-validation over training and
    validation rows. The best mean score wins. The winner is trained once more, on all these rows, and is evaluated on
    the test set, which happens once in a study.

    Life cycle: made before the search, which asks for `reserved_seconds`; `decide` follows the search.
    """

    problem: Problem
    judge: Judge
    trials: Trials
    models: ModelFolder
    dispatcher: Dispatcher
    observer: Observer
    clock: Clock

    @property
    def plan(self) -> FinalsPlan:
        splits, calibrates = self.problem.splits, self.problem.space.task.calibrates
        rows = len(splits.train), len(splits.val)
        return FinalsPlan(self.problem.recipe, *rows, self.dispatcher.size, calibrates)

    def finalists(self) -> list[Record]:
        """Return the complete candidates with the best scores, those with lower costs first if scores are equal.

        In a Pareto study they are of its front, so that no candidate beats the winner in accuracy and in cost. Where
        several searches have trained the same network, only its best trial is among them.
        """
        complete, objective = self.trials.complete, self.judge.objective
        eligible = front(complete, objective.costs) if objective.is_pareto else complete
        ranked = sorted(eligible, key=lambda record: objective.order(record, self.judge.score(record)))
        networks: dict[str, Record] = {}
        for record in ranked:
            networks.setdefault(record.digest, record)
        return list(networks.values())[: self.problem.recipe.finals.finalists]

    def reserved_seconds(self) -> float:
        """Return the time of this run that the search must leave for the finals; 0 without a limit."""
        if self.clock.limit is None:
            return 0.0
        chosen = self.finalists()
        first = self.trials.ledger.get("lacked") is not None and self._has_time_for_more(chosen)
        return self.plan.reserved_seconds(self._pace(chosen) if chosen else None, self.clock.limit, first=first)

    def decide(self) -> None:
        """Train the finalists, choose the winner by validation alone, and evaluate it on the test set.

        If a study is resumed and has the same finalists, its earlier winner stays, even if there is more time now: the
        test set must not be used again. Only if the winner lacked time, and there is enough now, is it chosen anew.
        """
        chosen = self.finalists()
        if not chosen or self._is_decided(chosen):
            return
        ledger = self.trials.ledger
        competing = chosen[: self._number_in_time(chosen)]
        soft_labels, folds = self._soft_labels(competing[0]) if competing else {}, self._folds()
        finals = comparable(self._cross_validate(competing, folds, soft_labels, len(chosen)))
        best = choose(finals, self.judge) if finals else [Final(chosen[0], fold=0)]
        plan = replace(self.plan, enough=enough_epochs(best) if finals else None)
        rival = Rival(self.problem, self.dispatcher, self.clock)
        record, epochs, beside = self._last_training(best, plan, soft_labels, rival)
        self.observer.phase("finals: evaluating the winner on the test set")
        winner = Trained(
            record=replace(record, history=best[0].record.history),
            finals=tuple(final.line() for final in sorted(finals, key=lambda f: (f.record.trial, f.fold))),
            epochs=epochs,
            teachers=tuple(ledger.listed("teachers")),
            finalists=tuple(Finalist.of(one, finals) for one in chosen),
            tested=self._test(record),
            planned_folds=len(folds),
            test_uses=count_test_use(ledger, record.trial),
            ended_early=epochs is not None and plan.ends_early(epochs),
        )
        hand_made, missing = rival.test(beside)
        ledger.put("winner", replace(winner, hand_made=hand_made, hand_made_missing=missing).to_json())
        ledger.put("lacked", lacked(winner, self._searched(best)[0], chosen, plan, self.clock, self.trials))
        ledger.put("decided", [record.trial for record in chosen])

    def _is_decided(self, chosen: Sequence[Record]) -> bool:
        """Return whether an earlier run has decided between these finalists, and this one could not do more."""
        ledger = self.trials.ledger
        if ledger.get("decided") != [record.trial for record in chosen]:
            return False
        return ledger.get("lacked") is None or not self._has_time_for_more(chosen)

    def _has_time_for_more(self, chosen: Sequence[Record]) -> bool:
        """Return whether there is time for a cross-validation, or for a last training of twice the epochs."""
        remaining, had = self.clock.remaining(), self.trials.ledger.get("winner")["epochs"] or 0
        if self._number_in_time(chosen) or remaining is None:
            return True
        return self.plan.winner_epochs_in_time(self._pace(chosen), remaining) >= max(1, 2 * had)

    def _pace(self, records: Sequence[Record]) -> Pace:
        """Return the pace of trainings of the search."""
        return Pace.of(records, len(self.problem.splits.train))

    def _number_in_time(self, chosen: Sequence[Record]) -> int:
        """Return the number of finalists that there is time to cross-validate; with 0, the search's best one wins."""
        remaining = self.clock.remaining()
        if self.clock.limit is None or remaining is None:
            return len(chosen)
        return self.plan.finalists_in_time(self._pace(chosen), remaining, self.clock.limit, len(chosen))

    def _soft_labels(self, best: Record) -> SoftLabels:
        limit, front_end = self.clock.limit, Architecture.from_json(best.architecture).front_end
        teachers = Teachers(self.problem, self.trials.ledger, self.models, self.dispatcher, self.observer)
        return teachers.soft_labels(self.plan.fold_epochs, None if limit is None else TEACHER_SHARE * limit, front_end)

    def _folds(self) -> list[Fold]:
        """Return the folds whose rows can tell the metric."""
        study, splits = self.problem.study, self.problem.splits
        wanted = Fold(0, self.problem.recipe.finals.final_folds, study.seed)
        return telling_folds(splits.train.join(splits.val), wanted, self.problem.space.task, self.judge.metric)

    def _cross_validate(
        self, competing: Sequence[Record], folds: Sequence[Fold], soft_labels: SoftLabels, wanted: int
    ) -> list[Final]:
        if not competing:
            return []
        parts = self.problem, self.judge, self.trials.ledger, self.dispatcher, self.observer, self.clock, self.plan
        return CrossValidation(*parts, folds, wanted).perform(competing, self._pace(competing), soft_labels)

    def _last_training(
        self, best: Sequence[Final], plan: FinalsPlan, soft_labels: SoftLabels, rival: Rival
    ) -> tuple[Record, int | None, TrainingOutcome | Failed]:
        """Make the winner's model; return its record, the epochs of its last training, and the rival's answer.

        If there is no time for as many epochs as the winner had in the search, it keeps its model of the search; the
        epochs are then None.
        """
        (searched,) = self._searched(best)
        weights = self.models.file(weights_name(searched.trial))
        seconds, had = self._seconds_for_winner(), len(searched.history["loss"])
        late = seconds is not None and not plan.has_time_for_winner(self._winner_pace(best), seconds, had)
        if late and weights.is_file():
            self.models.write(WINNER_MODEL, self.models.file(f"{searched.trial}.tflite").read_bytes())
            self.models.write(WINNER_WEIGHTS, weights.read_bytes())
            return searched, None, Failed(NO_TIME)
        record, beside = self._train_winner(best, plan, soft_labels, rival)
        return record, len(record.history["loss"]), beside

    def _seconds_for_winner(self) -> float | None:
        """Return the seconds that are left for the winner's last training; None without a limit."""
        return None if self.clock.limit is None else self.clock.limit - self.clock.seconds - OVERHEAD_SECONDS

    def _train_winner(
        self, best: Sequence[Final], plan: FinalsPlan, soft_labels: SoftLabels, rival: Rival
    ) -> tuple[Record, TrainingOutcome | Failed]:
        """Train the winner on all rows except the test set's, and keep its files.

        Returns:
            Its record, and the answer for the hand-made network, which is trained beside it.
        """
        epochs, seconds = plan.winner_epochs, self._seconds_for_winner()
        if seconds is not None:
            epochs = plan.winner_epochs_in_time(self._winner_pace(best), seconds)
        early = f" for {counted(epochs, 'epoch')}: longer, it was worse on the folds" if plan.ends_early(epochs) else ""
        self.observer.phase(f"finals: training the winner on {plan.winner_data}{early}")
        task = final_training(self.problem, self.judge, best[0].record, AllButTest(), epochs, soft_labels)
        answer, beside = rival.train(replace(task, seconds=self.clock.remaining()))
        if isinstance(answer, Failed):
            raise self._unfinished("the winner's last training", answer.reason)
        if answer.tflite is None or answer.weights is None:
            raise self._unfinished("the winner's last training", answer.record.reason)
        self.models.write(WINNER_MODEL, answer.tflite)
        self.models.write(WINNER_WEIGHTS, answer.weights)
        (searched,) = self._searched(best)
        return self.judge.judged(answer.record.with_scores_of(searched)), beside

    def _searched(self, best: Sequence[Final]) -> list[Record]:
        """Return the record of the winner's trial in the search."""
        return [record for record in self.trials.complete if record.trial == best[0].record.trial]

    def _winner_pace(self, best: Sequence[Final]) -> Pace:
        """Return the pace of the winner's own folds; without any, that of its training in the search."""
        searched = self._searched(best)
        records = [final.record for final in best]
        return self._pace(searched) if records == searched else Pace.of(records, self.plan.fold_rows, searched)

    def _test(self, record: Record) -> Tested:
        task = EvaluationTask(
            architecture=Architecture.from_json(record.architecture),
            tflite=self.models.file(WINNER_MODEL).read_bytes(),
            weights=self.models.file(WINNER_WEIGHTS).read_bytes(),
        )
        answer = self.dispatcher.perform_one(task)
        if isinstance(answer, Failed):
            raise self._unfinished("the winner's test", answer.reason)
        return answer

    def _unfinished(self, what: str, reason: str | None) -> InputError:
        return InputError(
            f"study {self.problem.study.name}", f"{what} must end", got=reason, hint="run the same command again"
        )


def choose(finals: Sequence[Final], judge: Judge) -> list[Final]:
    """Return the folds of the winner: the best mean score, of equal ones the lowest cost, then the earliest trial."""
    groups = defaultdict(list)
    for final in sorted(finals, key=lambda final: final.fold):
        groups[final.record.trial].append(final)

    def order(group: Sequence[Final]) -> tuple[float, ...]:
        return judge.objective.order(group[0].record, fmean(judge.score(final.record) for final in group))

    return min(groups.values(), key=order)
