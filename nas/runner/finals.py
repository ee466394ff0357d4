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
from nas.seeds import derive

# Share of a run's time that finals may reserve at the most.
MAX_SHARE = 0.4
# Seconds that a training takes beside its epochs: build, trace, convert, evaluate; and the test at the end.
OVERHEAD_SECONDS = 6.0
# Part of the time kept back, since a machine is never as quick as its average.
MARGIN = 1.2


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
    rounds = -(-recipe.finalists * recipe.final_seeds // session.workers.size)
    needed = MARGIN * rounds * (recipe.final_epochs * epoch + OVERHEAD_SECONDS) + OVERHEAD_SECONDS
    return needed if session.limit is None else min(needed, MAX_SHARE * session.limit)


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
    if known is None or Record.from_json(known["record"]) != best.record:
        session.observer.phase("test set, once, for the winner")
        _open_test(session, best, table)


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
            session.workers.submit(replace(jobs.pop(0), seconds=_share(session, len(jobs))))
        for _, outcome in session.wait():
            if isinstance(outcome, Outcome) and outcome.record.state == State.COMPLETE:
                done[outcome.record.trial, outcome.record.seed] = _keep(session, outcome)
    trials = {record.trial for record in chosen}
    return [final for final in done.values() if final.record.trial in trials]


def _share(session: Session, waiting: int) -> float | None:
    """Seconds that the next final training may take so that the ones waiting behind it have as much."""
    if session.limit is None:
        return None
    left = session.limit - session.seconds - OVERHEAD_SECONDS
    return max(1.0, left / (waiting // session.workers.size + 1))


def _job(session: Session, record: Record, i: int) -> Job:
    return Job(
        trial=record.trial,
        architecture=Architecture.from_json(record.architecture),
        params=record.params,
        target=session.target,
        budget=session.budget,
        recipe=session.study.recipe,
        epochs=session.study.recipe.final_epochs,
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


def _open_test(session: Session, best: Final, table: tuple[dict[str, Any], ...]) -> None:
    session.workers.submit(
        TestJob(
            architecture=Architecture.from_json(best.record.architecture),
            tflite=session.file(model_file(best.record)).read_bytes(),
            weights=session.file(weights_file(best.record)).read_bytes(),
        )
    )
    ended = session.wait()
    while not ended:
        ended = session.wait()
    _, outcome = ended[0]
    if not isinstance(outcome, TestOutcome):
        raise RuntimeError(f"the test of the winner failed: {outcome}")
    winner = Winner(record=best.record, finals=table, **dataclasses.asdict(outcome))
    session.ledger.put("winner", winner.to_json())
