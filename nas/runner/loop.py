"""The search itself: ask, examine, train, tell; as many at a time as there are workers."""

import math
from collections.abc import Mapping
from dataclasses import replace

from optuna.trial import Trial

from nas.dims import Value
from nas.pipeline import Candidate, Job, Outcome
from nas.record import Record, State
from nas.rungs import Rung, is_control, rung_epochs, thresholds
from nas.runner.finals import seconds_for_finals
from nas.runner.ledger import TrialChooser
from nas.runner.session import Session
from nas.runner.workers import End
from nas.seeds import derive

# A job that could not even begin a few epochs is not worth starting.
MIN_SECONDS = 5.0


def search(session: Session) -> None:
    """Run trials until the study's limits are reached; what an earlier run left unfinished comes first."""
    running: dict[int, tuple[Trial, Candidate]] = {}
    waiting = session.ledger.orphans()
    for params in session.starts():
        session.ledger.propose(params)
    while True:
        while session.workers.idle and (waiting or _wanted(session, len(running))):
            trial, number = waiting.pop(0) if waiting else (session.ledger.ask(), None)
            _begin(session, trial, number, running)
        if not running:
            return
        for job, end in session.wait():
            assert isinstance(job, Job)
            trial, candidate = running.pop(job.trial)
            _end(session, trial, candidate, _outcome(job, candidate, end))


def _wanted(session: Session, running: int) -> bool:
    study = session.study
    if study.trials is not None and len(session.records) + running >= study.trials:
        return False
    left = session.left(_deadline(session))
    return left is None or left > MIN_SECONDS


def _deadline(session: Session) -> float | None:
    """Second of this run at which searching ends, so that the finals still have their time."""
    return None if session.limit is None else session.limit - seconds_for_finals(session)


def _begin(session: Session, trial: Trial, number: int | None, running: dict[int, tuple[Trial, Candidate]]) -> None:
    """Sample a trial; train it if it fits and is new."""
    chooser = TrialChooser(trial)
    candidate = session.sample(chooser)
    record = _reject(session, chooser.params, candidate, number, running)
    if record is not None:
        session.ledger.finish(trial, record, session.violations(candidate))
        session.add(record)
        return
    number = session.ledger.start(trial) if number is None else number
    recipe = session.study.recipe
    seed = derive(session.study.seed, candidate.digest)
    running[number] = (trial, candidate)
    session.workers.submit(
        Job(
            trial=number,
            architecture=candidate.architecture,
            params=chooser.params,
            target=session.target,
            budget=session.budget,
            recipe=recipe,
            epochs=recipe.passes(recipe.epochs, len(session.splits.train)),
            seed=seed,
            seconds=session.left(_deadline(session)),
            rungs=() if is_control(seed) else _rungs(session),
            metric=session.metric,
        )
    )


def _rungs(session: Session) -> tuple[Rung, ...]:
    recipe = session.study.recipe
    epochs = recipe.passes(recipe.epochs, len(session.splits.train))
    # A small data set takes more passes to learn as much, so its rungs are as much further apart.
    first = math.ceil(recipe.first_rung * epochs / recipe.epochs)
    return thresholds(session.records, rung_epochs(first, recipe.rung_factor, epochs), recipe.rung_factor)


def _reject(
    session: Session,
    params: Mapping[str, Value],
    candidate: Candidate,
    number: int | None,
    running: dict[int, tuple[Trial, Candidate]],
) -> Record | None:
    """Return the record of a candidate that is not to be trained; None for one that is."""
    if candidate.over:
        state, reason = State.OVER_BUDGET, session.budget.describe(candidate.footprint)
    else:
        twin = _twin(session, candidate, running)
        if twin is None:
            return None
        state, reason = State.DUPLICATE, f"same network as trial {twin}"
    return Record(
        trial=session.ledger.next_number() if number is None else number,
        state=state,
        reason=reason,
        digest=candidate.digest,
        params=params,
        architecture=candidate.architecture.to_json(),
        seed=session.study.seed,
        estimated=candidate.footprint.summary(),
    )


def _twin(session: Session, candidate: Candidate, running: dict[int, tuple[Trial, Candidate]]) -> int | None:
    """Return the trial that trained, or is training, the same network."""
    for record in session.records:
        if record.digest == candidate.digest and record.state == State.COMPLETE:
            return record.trial
    return next((number for number, (_, other) in running.items() if other.digest == candidate.digest), None)


def _outcome(job: Job, candidate: Candidate, end: End) -> Outcome:
    """Give a job whose worker brought nothing back a record that says so."""
    if isinstance(end, Outcome):
        return end
    return Outcome(
        Record(
            trial=job.trial,
            state=State.FAILED,
            reason=str(end),
            digest=candidate.digest,
            params=job.params,
            architecture=job.architecture.to_json(),
            seed=job.seed,
            estimated=candidate.footprint.summary(),
        )
    )


def _end(session: Session, trial: Trial, candidate: Candidate, outcome: Outcome) -> None:
    record = replace(outcome.record, estimated=candidate.footprint.summary())
    if record.state == State.COMPLETE:
        record = replace(record, values=session.objective.values(record, session.scale))
    if outcome.tflite is not None:
        session.keep(f"{record.trial}.tflite", outcome.tflite)
    session.ledger.finish(trial, record, session.violations(candidate))
    session.add(record, outcome.tflite)
