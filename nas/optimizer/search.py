"""The search of a study: candidates are proposed, checked and trained, and the sampler learns from the results."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nas.optimizer.dispatcher import TICK_SECONDS, Dispatcher
from nas.optimizer.executor.executor import Answer, Failed
from nas.optimizer.judge import Judge
from nas.optimizer.ladder import Ladder
from nas.optimizer.models import ModelFolder, weights_name
from nas.optimizer.patience import Patience
from nas.optimizer.problem import Problem
from nas.optimizer.trial import Trial
from nas.optimizer.trials import Trials
from nas.seeds import derive
from nas.study.candidate import Candidate
from nas.study.record import Record, State
from nas.study.tasks import Task, TrainingOutcome, TrainingTask

# A training that has less time than this is not started.
MIN_SECONDS = 5.0
# A run of at least this long ends with a winner: if reading the data has used up the time of the search, one candidate
# is trained nevertheless, and this many are proposed for it.
LEAST_RUN_SECONDS = 30.0
MOST_PROPOSED = 500
# With one worker, an answer waits until the next candidate is ready, or until so many were rejected since the training
# began. It is a number and no time, so that a study repeats exactly on any machine.
MOST_REJECTED = 200


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A candidate that the sampler has proposed, or one that resumes from a checkpoint.

    Attributes:
        trial: which has chosen the dimensions.
        candidate: the architecture that they describe, with its estimate.
    """

    trial: Trial
    candidate: Candidate

    def record(self, number: int, seed: int, state: State, reason: str | None = None) -> Record:
        """Return what is known of the candidate without training."""
        return Record(
            trial=number,
            state=state,
            reason=reason,
            digest=self.candidate.digest,
            params=self.trial.params,
            architecture=self.candidate.architecture.to_json(),
            seed=seed,
            estimated=self.candidate.footprint.summary(),
            continues=self.trial.continues,
        )


class Search:
    """Runs the trials of a study until its limits are reached.

    Life cycle: made with what an earlier run has left; `run` takes one `step` after the other.

    The order of proposals is: trials that an earlier run has left unfinished, the known good candidates that a study
    begins with, paused candidates that are to be promoted, new ones by the sampler. While all workers are busy, the
    next proposal is prepared, so that no worker waits for sampling and storing. With one worker, the search takes up an
    answer only then, so that what the sampler knows does not depend on how long a training takes: the study repeats
    exactly. The worker would wait for the next candidate in any case.

    Args:
        problem: what is searched.
        judge: compares candidates by objective, metric and budget.
        trials: those that have ended.
        ladder: the rungs.
        models: where models are kept.
        dispatcher: of the workers.
        remaining: returns the seconds that are left for the search; None for no limit.
    """

    def __init__(
        self,
        problem: Problem,
        judge: Judge,
        trials: Trials,
        ladder: Ladder,
        models: ModelFolder,
        dispatcher: Dispatcher,
        remaining: Callable[[], float | None],
    ) -> None:
        self._problem = problem
        self._judge = judge
        self._trials = trials
        self._ledger = trials.ledger
        self._ladder = ladder
        self._models = models
        self._dispatcher = dispatcher
        self._remaining = remaining
        self._unfinished = self._ledger.unfinished()
        self._next: _Proposal | None = None
        self._running: dict[int, _Proposal] = {}
        self._answers: list[tuple[Task[Any], Answer | Failed]] = []  # that are not taken up yet
        self._rejected = 0  # since the last training began
        self._begun_with = len(trials.records)
        self._patience = Patience(problem.study.patience, judge.gains, trials.records)
        for params in problem.starts():
            self._ledger.propose(params)
        self._ledger.slim()

    def run(self) -> None:
        """Search until the study's limits are reached."""
        self._ledger.put("rungs", self._ladder.epochs)
        while self.step():
            pass
        self._ladder.close()
        self._ledger.put("stopped", self._patience.used_up())

    def step(self) -> bool:
        """Take the next action; return False when the search has ended.

        If another trial is wanted, its candidate is proposed and examined. If a worker is idle, the candidate is
        trained; otherwise, the search waits for results of the workers and reports them to the sampler.
        """
        self._hear()
        wanted = self._is_wanted()
        if wanted and self._next is None and not self._has_rejected_enough():
            self._next = self._examined(self._propose())
        if wanted and self._dispatcher.idle and not self._answers:
            self._train_next()
        elif self._running:
            # Without a candidate to train next, the search does not wait for workers, but proposes one.
            self._collect(at_once=wanted and self._next is None and not self._has_rejected_enough())
        elif self._ledger.elsewhere and self._has_time() and self._patience.used_up() is None:
            time.sleep(TICK_SECONDS)  # for the last trials of other processes, which might die
        else:
            return False
        return True

    def _hear(self) -> None:
        """Take up what other processes have found in the same study, and the trials of those that have died."""
        records, left = self._ledger.hear()
        self._unfinished += left
        for record in records:
            self._trials.hear(record)
            self._learn(record)

    def _is_wanted(self) -> bool:
        """Return whether another trial is to run: one is left unfinished, or no limit has been reached."""
        return bool(self._unfinished) or self._is_within_limits(len(self._running))

    def _has_rejected_enough(self) -> bool:
        """Return whether the only worker's answer comes before another proposal."""
        return self._dispatcher.size == 1 and bool(self._running) and self._rejected >= MOST_REJECTED

    def _is_within_limits(self, running: int) -> bool:
        trials = self._problem.study.trials
        if trials is not None and len(self._trials.records) + running + self._ledger.elsewhere >= trials:
            return False
        enough = self._has_time() or (running == 0 and self._lacks_first())
        return enough and self._patience.used_up() is None

    def _has_time(self) -> bool:
        seconds = self._remaining()
        return seconds is None or seconds > MIN_SECONDS

    def _lacks_first(self) -> bool:
        """Return whether a run that should end with a winner has trained nothing yet, nor an earlier run."""
        minutes, ended = self._problem.study.minutes or 0.0, self._trials.records[self._begun_with :]
        tried = any(record.history or record.state == State.FAILED for record in ended)
        return (
            60 * minutes >= LEAST_RUN_SECONDS and not tried and not self._trials.complete and len(ended) < MOST_PROPOSED
        )

    def _propose(self) -> _Proposal:
        """Take the next trial in order and let it choose its candidate."""
        if self._unfinished:
            trial = self._unfinished.pop(0)
        elif not self._ledger.proposed and (paused := self._ladder.promote()) is not None:
            trial = self._ledger.resume(paused)
        else:
            trial = self._ledger.ask()
        return _Proposal(trial, self._problem.sample(trial))

    def _examined(self, proposal: _Proposal) -> _Proposal | None:
        """Return the proposal if its candidate is to be trained; None if it is rejected, which ends its trial."""
        verdict = self._reason_to_reject(proposal)
        if verdict is None:
            return proposal
        self._rejected += 1
        state, reason = verdict
        number = self._ledger.number(proposal.trial)
        self._end(proposal, proposal.record(number, self._problem.study.seed, state, reason))
        return None

    def _reason_to_reject(self, proposal: _Proposal) -> tuple[State, str] | None:
        candidate = proposal.candidate
        if proposal.trial.continues is not None:
            return None
        if candidate.over:
            return State.OVER_BUDGET, self._judge.budget.describe(candidate.footprint)
        twin = self._trials.twin(candidate.digest)
        if twin is None:
            running = (n for n, other in self._running.items() if other.candidate.digest == candidate.digest)
            twin = next(running, None)
        return None if twin is None else (State.DUPLICATE, f"same network as trial {twin}")

    def _train_next(self) -> None:
        """Give the next candidate, if there is one, to an idle worker."""
        if self._next is None:
            return
        proposal, self._next = self._next, None
        self._rejected = 0
        recipe, candidate = self._problem.recipe, proposal.candidate
        number = self._ledger.start(proposal.trial)
        seed = derive(self._problem.study.seed, candidate.digest)
        self._running[number] = proposal
        training = recipe.training
        self._dispatcher.submit(
            TrainingTask(
                trial=number,
                architecture=candidate.architecture,
                params=proposal.trial.params,
                target=self._problem.target,
                budget=self._judge.budget,
                recipe=recipe,
                epochs=training.at_least_min_steps(training.epochs, len(self._problem.splits.train)),
                seed=seed,
                seconds=self._remaining(),
                metric=self._judge.metric,
                rungs=self._ladder.rungs(proposal.record(number, seed, State.PRUNED)),
                restart_epochs=self._ladder.epochs,
                continues=proposal.trial.continues,
                checkpoint=self._ladder.checkpoint(proposal.trial.continues),
                needed=not self._trials.complete,
            )
        )

    def _collect(self, *, at_once: bool) -> None:
        """Wait for the workers and end the trials whose trainings have ended; with one worker, not if `at_once`."""
        self._answers += self._dispatcher.wait(at_once=at_once or bool(self._answers))
        if at_once and self._dispatcher.size == 1:
            return
        answers, self._answers = self._answers, []
        for task, answer in answers:
            assert isinstance(task, TrainingTask)
            proposal = self._running.pop(task.trial)
            # The worker is idle again and gets its next task before this answer is stored; but if the study has
            # patience, this answer may end the search.
            if not self._problem.study.patience and self._is_within_limits(len(self._running) + 1):
                self._train_next()
            self._tell(proposal, _outcome(task, proposal, answer))

    def _tell(self, proposal: _Proposal, outcome: TrainingOutcome) -> None:
        """Keep the files of a finished training, and end its trial."""
        record = replace(outcome.record, estimated=proposal.candidate.footprint.summary())
        if record.is_cut_short and any(not other.is_cut_short for other in self._trials.complete):
            record = replace(record, state=State.PRUNED, val_metrics={}, float_val_accuracy=None)
        if record.state == State.COMPLETE:
            record = self._judge.judged(record)
        model = None
        if outcome.tflite is not None:
            model = self._models.write(f"{record.trial}.tflite", outcome.tflite)
        if outcome.weights is not None:
            self._models.write(weights_name(record.trial), outcome.weights)
        if outcome.checkpoint is not None:
            self._ladder.pause(record.trial, outcome.checkpoint)
        self._end(proposal, record, model)
        if record.continues is not None:
            self._ladder.drop(record.continues)

    def _end(self, proposal: _Proposal, record: Record, model: Path | None = None) -> None:
        """Tell everyone how a trial has ended."""
        if self._trials.end(proposal.trial, record, self._judge.violations(proposal.candidate), model):
            self._learn(record)

    def _learn(self, record: Record) -> None:
        """Count a trial that has ended at the rungs, and for the study's patience."""
        self._ladder.add(record)
        self._patience.add(record)


def _outcome(task: TrainingTask, proposal: _Proposal, answer: Answer | Failed) -> TrainingOutcome:
    """Return the result of a task, or for a failed one a record with the reason."""
    if isinstance(answer, Failed):
        return TrainingOutcome(proposal.record(task.trial, task.seed, State.FAILED, answer.reason))
    assert isinstance(answer, TrainingOutcome)
    return answer
