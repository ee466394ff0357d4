"""The end of a study: the best candidates are trained longer, validation picks one, and it meets the test set."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

from nas.architecture import Architecture
from nas.pipeline import Job, Outcome, TestJob, TestOutcome
from nas.record import Record, State, Winner
from nas.runner.session import Session
from nas.runner.workers import End, Task
from nas.seeds import derive

# Share of a run's time that finals may reserve at the most.
MAX_SHARE = 0.4
# Seconds that a training takes beside its epochs: build, trace, convert, evaluate; and the test at the end.
OVERHEAD_SECONDS = 6.0
# Part of the time kept back, since a machine is never as quick as its average.
MARGIN = 1.2

WINNER_MODEL = "winner.tflite"
WINNER_WEIGHTS = "winner.npz"


@dataclass(frozen=True, slots=True)
class Final:
    """A final training that has ended; `record` holds the finalist's own trial number."""

    record: Record
    epochs: int

    def to_json(self) -> dict[str, Any]:
        return {"record": self.record.to_json(), "epochs": self.epochs}


def model_file(record: Record) -> str:
    """Return the name of the `.tflite` of a final training."""
    return f"final-{record.trial}-{record.seed}.tflite"


def weights_file(record: Record) -> str:
    """Return the name of the float weights of a final training."""
    return f"final-{record.trial}-{record.seed}.npz"


def seconds_for_finals(session: Session) -> float:
    """Estimate how long the finals will take, from what trainings have taken so far."""
    recipe = session.study.recipe
    epoch = max((_epoch_seconds(record) for record in finalists(session)), default=0.0)
    rounds = -(-recipe.finalists * recipe.final_seeds // session.workers.size) + recipe.refit
    needed = MARGIN * rounds * (_final_epochs(session) * epoch + OVERHEAD_SECONDS) + OVERHEAD_SECONDS
    return needed if session.limit is None else min(needed, MAX_SHARE * session.limit)


def _final_epochs(session: Session) -> int:
    recipe = session.study.recipe
    return recipe.passes(recipe.final_epochs, len(session.splits.train))


def _epoch_seconds(record: Record) -> float:
    return record.seconds.get("train", 0.0) / max(1, len(record.history.get("loss", ())))


def finalists(session: Session) -> list[Record]:
    """Return the complete candidates that score best, one a network."""
    ranked = sorted(session.complete(), key=lambda record: (-session.score(record), record.trial))
    return ranked[: session.study.recipe.finalists]


def decide(session: Session) -> None:
    """Train the finalists, choose the winner by validation alone, and open the test set for it, once."""
    chosen = finalists(session)
    if not chosen:
        return
    session.observer.phase(f"final training of {len(chosen)} candidates")
    finals = _train(session, chosen)
    if not finals:
        return
    best, table = _choose(session, finals)
    known = session.ledger.get("winner")
    if known is not None and Winner.from_json(known).finals == table:
        return
    refit_epochs = _publish(session, best)
    session.observer.phase("test set, once, for the winner")
    winner = Winner(best.record, finals=table, refit_epochs=refit_epochs, **dataclasses.asdict(_test(session, best)))
    session.ledger.put("winner", winner.to_json())


def _train(session: Session, chosen: Sequence[Record]) -> list[Final]:
    """Train each finalist with each seed, but for what an earlier run has done."""
    recipe = session.study.recipe
    done = _done(session)
    jobs = [
        job
        for i in range(recipe.final_seeds)
        for record in chosen
        if (job := _job(session, record, i)) and (job.trial, job.seed) not in done
    ]
    while jobs or session.workers.running:
        while jobs and session.workers.idle:
            session.workers.submit(_in_time(session, jobs.pop(0), len(jobs)))
        for _, outcome in session.wait():
            if isinstance(outcome, Outcome) and outcome.record.state == State.COMPLETE:
                done[outcome.record.trial, outcome.record.seed] = _keep(session, outcome)
    trials = {record.trial for record in chosen}
    return [final for final in done.values() if final.record.trial in trials]


def _in_time(session: Session, job: Job, waiting: int) -> Job:
    """Return the job with as many epochs as leave the ones behind it, and the refit, as much time.

    A schedule that is cut short never reaches its low learning rates, so a shorter one is better.
    """
    if session.limit is None:
        return job
    rounds = waiting // session.workers.size + 1 + (session.study.recipe.refit and not job.refit)
    left = max(1.0, (session.limit - session.seconds - OVERHEAD_SECONDS) / rounds)
    epoch = max(_epoch_seconds(record) for record in session.complete() if record.trial == job.trial)
    fitting = int((left - OVERHEAD_SECONDS) / (MARGIN * epoch)) if epoch else job.epochs
    return replace(job, seconds=left, epochs=max(1, min(job.epochs, fitting)))


def _job(session: Session, record: Record, i: int) -> Job:
    return Job(
        trial=record.trial,
        architecture=Architecture.from_json(record.architecture),
        params=record.params,
        target=session.target,
        budget=session.budget,
        recipe=session.study.recipe,
        epochs=_final_epochs(session),
        seed=derive(session.study.seed, record.digest, "final", i),
        final=True,
    )


def _done(session: Session) -> dict[tuple[int, int], Final]:
    finals = [Final(Record.from_json(entry["record"]), entry["epochs"]) for entry in session.ledger.get("finals") or []]
    return {
        (final.record.trial, final.record.seed): final
        for final in finals
        if session.file(model_file(final.record)).is_file() and session.file(weights_file(final.record)).is_file()
    }


def _keep(session: Session, outcome: Outcome) -> Final:
    record = replace(outcome.record, values=session.objective.values(outcome.record, session.scale))
    final = Final(record, len(record.history["loss"]))
    assert outcome.tflite is not None
    assert outcome.weights is not None
    session.keep(model_file(record), outcome.tflite)
    session.keep(weights_file(record), outcome.weights)
    session.ledger.put("finals", [*(session.ledger.get("finals") or []), final.to_json()])
    return final


def _choose(session: Session, finals: Sequence[Final]) -> tuple[Final, tuple[dict[str, Any], ...]]:
    """Return the winner and a line about each final training.

    Architectures compete with the mean over their seeds, which chance moves less; of the best one, the seed
    that validates best is taken.
    """
    seeds = defaultdict(list)
    for final in finals:
        seeds[final.record.trial].append(final)
    mean = {trial: fmean(session.score(f.record) for f in group) for trial, group in seeds.items()}
    best_trial = max(mean, key=lambda trial: (mean[trial], -trial))
    best = max(seeds[best_trial], key=lambda f: (session.score(f.record), f.record.float_val_accuracy, -f.record.seed))
    table = tuple(
        {"trial": f.record.trial, "seed": f.record.seed, "epochs": f.epochs, "val_accuracy": f.record.val_accuracy}
        for f in sorted(finals, key=lambda f: (f.record.trial, f.record.seed))
    )
    return best, table


def _publish(session: Session, best: Final) -> int | None:
    """Make the winner's files: a training on all rows but the test's, or the best final as it is.

    Returns the epochs of that training; None if there was none.
    """
    model, weights = (session.file(name(best.record)).read_bytes() for name in (model_file, weights_file))
    epochs = None
    if session.study.recipe.refit:
        session.observer.phase("training the winner on training and validation rows")
        job = _in_time(session, replace(_job(session, best.record, 0), seed=best.record.seed, refit=True), 0)
        outcome = _alone(session, job)
        if isinstance(outcome, Outcome) and outcome.record.state == State.COMPLETE:
            assert outcome.tflite is not None
            assert outcome.weights is not None
            model, weights, epochs = outcome.tflite, outcome.weights, len(outcome.record.history["loss"])
    session.keep(WINNER_MODEL, model)
    session.keep(WINNER_WEIGHTS, weights)
    return epochs


def _test(session: Session, best: Final) -> TestOutcome:
    task = TestJob(
        architecture=Architecture.from_json(best.record.architecture),
        tflite=session.file(WINNER_MODEL).read_bytes(),
        weights=session.file(WINNER_WEIGHTS).read_bytes(),
    )
    outcome = _alone(session, task)
    if not isinstance(outcome, TestOutcome):
        raise RuntimeError(f"the test of the winner failed: {outcome}")
    return outcome


def _alone(session: Session, task: Task) -> End:
    """Do one task and wait for it."""
    session.workers.submit(task)
    while not (ended := session.wait()):
        pass
    return ended[0][1]
