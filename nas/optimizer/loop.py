"""The search itself: ask, examine, train, tell; as many at a time as there are workers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from optuna.trial import Trial

from nas.optimizer.executor.executor import Answer, Failed
from nas.optimizer.finals import seconds_for_finals
from nas.optimizer.ladder import Ladder
from nas.optimizer.ledger import TrialChooser
from nas.optimizer.session import Session
from nas.seeds import derive
from nas.space.dims import Value
from nas.study.candidate import Candidate
from nas.study.record import Record, State
from nas.study.tasks import TrainingOutcome, TrainingTask

# A job that could not even begin a few epochs is not worth starting.
MIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class _Ready:
    """A trial that has been sampled and is to be trained; `number` is known if an earlier run has begun it."""

    trial: Trial
    number: int | None
    candidate: Candidate
    params: Mapping[str, Value]
    continues: int | None


def search(session: Session) -> None:
    """Run trials until the study's limits are reached; what an earlier run left unfinished comes first.

    Paused candidates that belong to the best after all come before new ones, but for those that a study begins with.
    While all workers are busy the next trial is made ready, so that no worker waits for sampling and storing.
    """
    running: dict[int, tuple[Trial, Candidate]] = {}
    waiting = session.ledger.orphans()
    for params in session.starts():
        session.ledger.propose(params)
    ladder = Ladder(session)
    session.ledger.put("rungs", ladder.epochs)
    ready: _Ready | None = None
    while True:
        wanted = bool(waiting) or _wanted(session, len(running))
        if wanted and ready is None:
            ready = _prepare(session, ladder, waiting, running)
        if wanted and session.workers.idle:
            if ready is not None:
                _begin(session, ladder, ready, running)
                ready = None
            continue
        if not running:
            ladder.close()
            session.ledger.put("stopped", _fruitless(session))
            return
        for job, end in session.wait(at_once=wanted and ready is None):
            assert isinstance(job, TrainingTask)
            trial, candidate = running.pop(job.trial)
            # A study with patience must hear first how this one ended: it may be the last.
            if ready is not None and not session.study.patience and _wanted(session, len(running) + 1):
                _begin(session, ladder, ready, running)
                ready = None
            _end(session, ladder, trial, candidate, _outcome(job, candidate, end))


def _next(session: Session, ladder: Ladder) -> Trial:
    paused = None if session.ledger.proposed else ladder.promote()
    return session.ledger.ask() if paused is None else session.ledger.go_on(paused)


def _wanted(session: Session, running: int) -> bool:
    study = session.study
    if study.trials is not None and len(session.records) + running >= study.trials:
        return False
    left = session.left(_deadline(session))
    return (left is None or left > MIN_SECONDS) and _fruitless(session) is None


def _fruitless(session: Session) -> str | None:
    """Return that the last candidates brought nothing better, if they were as many as the study's patience.

    Only those count that were trained, to the end or to a rung. Better is what no other equals in every objective.
    """
    if not session.study.patience:
        return None
    best: list[tuple[float, ...]] = []
    count = 0
    for record in session.records:
        if record.state == State.COMPLETE:
            gains = session.gains(record)
            beaten = any(all(b >= g for b, g in zip(other, gains, strict=True)) for other in best)
            best += [] if beaten else [gains]
            count = count + 1 if beaten else 0
        elif record.at_rung is not None:
            count += 1
    enough = count >= session.study.patience
    return f"stopped after {count} candidates without a better one" if enough else None


def _deadline(session: Session) -> float | None:
    """Second of this run at which searching ends, so that the finals still have their time."""
    return None if session.limit is None else session.limit - seconds_for_finals(session)


def _prepare(
    session: Session,
    ladder: Ladder,
    waiting: list[tuple[Trial, int]],
    running: Mapping[int, tuple[Trial, Candidate]],
) -> _Ready | None:
    """Sample a trial; None if it is not to be trained, which is stored."""
    trial, number = waiting.pop(0) if waiting else (_next(session, ladder), None)
    chooser = TrialChooser(trial)
    candidate = session.sample(chooser)
    continues = session.ledger.continues(trial)
    verdict = _reject(session, candidate, running) if continues is None else None
    if verdict is None:
        return _Ready(trial, number, candidate, chooser.params, continues)
    state, reason = verdict
    number = session.ledger.next_number() if number is None else number
    record = _record(candidate, number, chooser.params, session.study.seed, state, reason)
    session.ledger.finish(trial, record, session.violations(candidate))
    session.add(record)
    return None


def _begin(session: Session, ladder: Ladder, ready: _Ready, running: dict[int, tuple[Trial, Candidate]]) -> None:
    """Give a trial to an idle worker."""
    candidate, recipe = ready.candidate, session.study.recipe
    number = session.ledger.start(ready.trial) if ready.number is None else ready.number
    seed = derive(session.study.seed, candidate.digest)
    running[number] = (ready.trial, candidate)
    session.workers.submit(
        TrainingTask(
            trial=number,
            architecture=candidate.architecture,
            params=ready.params,
            target=session.target,
            budget=session.budget,
            recipe=recipe,
            epochs=recipe.training.at_least_min_steps(recipe.training.epochs, len(session.splits.train)),
            seed=seed,
            seconds=session.left(_deadline(session)),
            metric=session.metric,
            rungs=ladder.rungs(_record(candidate, number, ready.params, seed, State.PRUNED)),
            restart_epochs=ladder.epochs,
            continues=ready.continues,
            checkpoint=ladder.checkpoint(ready.continues),
        )
    )


def _reject(
    session: Session, candidate: Candidate, running: Mapping[int, tuple[Trial, Candidate]]
) -> tuple[State, str] | None:
    """Return the state and the reason of a candidate that is not to be trained; None for one that is."""
    if candidate.over:
        return State.OVER_BUDGET, session.budget.describe(candidate.footprint)
    twin = _twin(session, candidate, running)
    return None if twin is None else (State.DUPLICATE, f"same network as trial {twin}")


def _record(
    candidate: Candidate, trial: int, params: Mapping[str, Value], seed: int, state: State, reason: str | None = None
) -> Record:
    """Return what is known of a candidate without training."""
    return Record(
        trial=trial,
        state=state,
        reason=reason,
        digest=candidate.digest,
        params=params,
        architecture=candidate.architecture.to_json(),
        seed=seed,
        estimated=candidate.footprint.summary(),
    )


def _twin(session: Session, candidate: Candidate, running: Mapping[int, tuple[Trial, Candidate]]) -> int | None:
    """Return the trial that trained the same network to its end or to a rung, or is training it."""
    for record in session.records:
        if record.digest == candidate.digest and (record.state == State.COMPLETE or record.at_rung):
            return record.trial
    return next((number for number, (_, other) in running.items() if other.digest == candidate.digest), None)


def _outcome(job: TrainingTask, candidate: Candidate, end: Answer | Failed) -> TrainingOutcome:
    """Give a job whose worker brought nothing back a record that says so."""
    if isinstance(end, TrainingOutcome):
        return end
    assert isinstance(end, Failed)
    record = _record(candidate, job.trial, job.params, job.seed, State.FAILED, end.reason)
    return TrainingOutcome(replace(record, continues=job.continues))


def _end(session: Session, ladder: Ladder, trial: Trial, candidate: Candidate, outcome: TrainingOutcome) -> None:
    record = replace(outcome.record, estimated=candidate.footprint.summary())
    if record.state == State.COMPLETE:
        record = replace(record, values=session.objective.values(record, session.scale))
    if outcome.tflite is not None:
        session.keep(f"{record.trial}.tflite", outcome.tflite)
    if outcome.checkpoint is not None:
        ladder.pause(record.trial, outcome.checkpoint)
    session.ledger.finish(trial, record, session.violations(candidate))
    session.add(record, outcome.tflite)
    if record.continues is not None:
        ladder.leave(record.continues)
