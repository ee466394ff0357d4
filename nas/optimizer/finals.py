"""The end of a study: the best candidates are trained longer, validation picks one, and it meets the test set."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any

from nas.data.folds import folds
from nas.errors import InputError
from nas.optimizer.executor.executor import Answer, Failed
from nas.optimizer.session import Session
from nas.optimizer.teachers import Taught, seconds_for_teachers, teach
from nas.optimizer.timing import Pace
from nas.seeds import derive
from nas.space.architecture import Architecture
from nas.study.record import Record, State
from nas.study.result import Final, Tested, Trained
from nas.study.tasks import AllButTest, EvaluationTask, Fold, Task, TrainingOutcome, TrainingTask

# Share of a run's time that finals may reserve at the most.
MAX_SHARE = 0.4
# Share of what is left for the finals that the winner's last training may keep for itself.
WINNER_SHARE = 1 / 3
# Seconds beside the stages of trainings that records tell: handing over, and the test at the end.
OVERHEAD_SECONDS = 3.0

WINNER_MODEL = "winner.tflite"
WINNER_WEIGHTS = "winner.npz"


def seconds_for_finals(session: Session) -> float:
    """Estimate how long the finals will take, from what trainings have taken so far."""
    recipe, chosen = session.study.recipe, finalists(session)
    share = math.inf if session.limit is None else MAX_SHARE * session.limit
    if not chosen:
        return share
    rounds = -(-recipe.finals.finalists * recipe.finals.final_folds // session.workers.size)
    folds = rounds * _fold_seconds(session, chosen, _final_epochs(session))
    last = _last_seconds(session, chosen, recipe.finals.winner_epochs)
    return min(share, folds + last + OVERHEAD_SECONDS + seconds_for_teachers(session))


def _pace(session: Session, records: Sequence[Record]) -> Pace:
    return Pace.of(records, len(session.splits.train))


def _rows(session: Session) -> int:
    """Return the rows of the winner's last training."""
    return len(session.splits.train) + len(session.splits.val)


def _fold_rows(session: Session) -> int:
    """Return the rows of a training that leaves out a fold."""
    folds = session.study.recipe.finals.final_folds
    return _rows(session) * (folds - 1) // folds


def _fold_seconds(session: Session, chosen: Sequence[Record], epochs: int) -> float:
    return _pace(session, chosen).seconds(session.study.recipe, epochs, _fold_rows(session))


def _last_seconds(session: Session, chosen: Sequence[Record], epochs: int) -> float:
    recipe = session.study.recipe
    epochs = recipe.training.at_least_min_steps(epochs, len(session.splits.train))
    return _pace(session, chosen).seconds(recipe, epochs, _rows(session))


def _final_epochs(session: Session) -> int:
    recipe = session.study.recipe
    return recipe.training.at_least_min_steps(recipe.finals.final_epochs, len(session.splits.train))


def _search_epochs(session: Session) -> int:
    recipe = session.study.recipe
    return recipe.training.at_least_min_steps(recipe.training.epochs, len(session.splits.train))


def _kept_seconds(session: Session, chosen: Sequence[Record], left: float) -> float:
    """Return how much of the seconds left the winner's last training keeps: what it wants, or its share.

    It is never less than one as long as the search's, and one that is worth its time is longer.
    """
    wanted = _last_seconds(session, chosen, session.study.recipe.finals.winner_epochs)
    least = _last_seconds(session, chosen, session.study.recipe.training.epochs)
    return max(least, min(wanted, WINNER_SHARE * left))


def finalists(session: Session) -> list[Record]:
    """Return the complete candidates that score best, one a network."""
    ranked = sorted(session.complete(), key=lambda record: (-session.score(record), record.trial))
    return ranked[: session.study.recipe.finals.finalists]


def decide(session: Session) -> None:
    """Train the finalists, choose the winner by validation alone, and open the test set for it, once.

    A study that goes on without getting other finalists stays decided, so that time to spare opens no test set.
    """
    chosen = finalists(session)
    trials = [record.trial for record in chosen]
    if not chosen or session.ledger.get("decided") == trials:
        return
    competing = _in_reach(session, chosen)
    taught = teach(session) if competing else {}
    finals = _train(session, competing, taught)
    best = _choose(session, finals) if finals else [Final(chosen[0], fold=0)]
    session.observer.phase("training the winner on training and validation rows")
    record = _refit(session, best, taught)
    session.observer.phase("test set, once, for the winner")
    tested = _test(session, record)
    epochs = len(record.history["loss"])
    record = replace(record, history=best[0].record.history)
    lines = tuple(final.line() for final in sorted(finals, key=lambda f: (f.record.trial, f.fold)))
    teachers = tuple(session.ledger.get("teachers") or ())
    winner = Trained(record=record, finals=lines, epochs=epochs, teachers=teachers, tested=tested)
    session.ledger.put("winner", winner.to_json())
    session.ledger.put("decided", trials)


def _in_reach(session: Session, chosen: Sequence[Record]) -> Sequence[Record]:
    """Return those of the best candidates that there is time to train on every fold, for half the final epochs.

    If there is time for none, it may be as little as the search took; trainings shorter than that would tell which
    network learns quickest. If that is too long as well, the search has decided.
    """
    if session.limit is None:
        return chosen
    least = _search_epochs(session)
    return _that_fit(session, chosen, max(least, _final_epochs(session) // 2)) or _that_fit(session, chosen, least)


def _that_fit(session: Session, chosen: Sequence[Record], epochs: int) -> Sequence[Record]:
    """Return as many of the best candidates as there is time to train on every fold, so many epochs each."""
    assert session.limit is not None
    left = session.limit - session.seconds - OVERHEAD_SECONDS - seconds_for_teachers(session)
    left -= _kept_seconds(session, chosen, left)
    # As many trainings one after the other.
    rounds = int(left / max(_fold_seconds(session, chosen, epochs), 1e-3))
    return chosen[: max(0, rounds * session.workers.size // session.study.recipe.finals.final_folds)]


def _train(session: Session, chosen: Sequence[Record], taught: Taught) -> list[Final]:
    """Train each finalist on each fold, but for what an earlier run has done."""
    if chosen:
        session.observer.phase(f"final training of {len(chosen)} candidates")
    done = {(final.record.trial, final.fold): final for final in _kept(session)}
    part = session.splits.train.join(session.splits.val)
    count = len(folds(part, session.study.recipe.finals.final_folds, session.study.seed))
    jobs = [
        _job(session, record, Fold(i, count, session.study.seed), taught)
        for i in range(count)
        for record in chosen
        if (record.trial, i) not in done
    ]
    epochs, kept = _final_epochs(session), OVERHEAD_SECONDS
    if session.limit is not None and chosen:
        # Should the estimate be wrong, the folds are cut short and not the winner's last training.
        kept += _kept_seconds(session, chosen, session.limit - session.seconds - OVERHEAD_SECONDS)
        rounds = max(1, -(-len(jobs) // session.workers.size))
        each = (session.limit - session.seconds - kept) / rounds
        epochs = _pace(session, chosen).epochs(session.study.recipe, each, _fold_rows(session), epochs)
    while jobs or session.workers.running:
        while jobs and session.workers.idle:
            seconds = session.left(None if session.limit is None else session.limit - kept)
            session.workers.submit(replace(jobs.pop(0), epochs=epochs, seconds=seconds))
        for task, outcome in session.wait():
            if isinstance(outcome, TrainingOutcome) and outcome.record.state == State.COMPLETE:
                assert isinstance(task, TrainingTask)
                assert isinstance(task.rows, Fold)
                final = _keep(session, outcome.record, task.rows.index)
                done[final.record.trial, final.fold] = final
    trials = {record.trial for record in chosen}
    return [final for final in done.values() if final.record.trial in trials]


def _job(session: Session, record: Record, rows: Fold | AllButTest, taught: Taught) -> TrainingTask:
    return TrainingTask(
        trial=record.trial,
        architecture=Architecture.from_json(record.architecture),
        params=record.params,
        target=session.target,
        budget=session.budget,
        recipe=session.study.recipe,
        epochs=_final_epochs(session),
        seed=derive(session.study.seed, record.digest, "final", rows.seed_text),
        rows=rows,
        metric=session.metric,
        soft_labels=taught.get(rows),
    )


def _kept(session: Session) -> list[Final]:
    return [Final(Record.from_json(entry["record"]), entry["fold"]) for entry in session.ledger.get("finals") or []]


def _keep(session: Session, record: Record, fold: int) -> Final:
    final = Final(replace(record, values=session.objective.values(record, session.scale)), fold)
    session.ledger.put("finals", [*(session.ledger.get("finals") or []), final.to_json()])
    return final


def _choose(session: Session, finals: Sequence[Final]) -> list[Final]:
    """Return the folds of the winner: the architecture whose mean score is best."""
    groups = defaultdict(list)
    for final in sorted(finals, key=lambda final: final.fold):
        groups[final.record.trial].append(final)
    return max(
        groups.values(), key=lambda group: (fmean(session.score(f.record) for f in group), -group[0].record.trial)
    )


def _refit(session: Session, best: Sequence[Final], taught: Taught) -> Record:
    """Train the winner on all rows but the test's, keep its files, and return its record."""
    recipe = session.study.recipe
    job = _job(session, best[0].record, AllButTest(), taught)
    epochs = recipe.training.at_least_min_steps(recipe.finals.winner_epochs, len(session.splits.train))
    if session.limit is not None:
        seconds = session.limit - session.seconds - OVERHEAD_SECONDS
        epochs = _winner_pace(session, best).epochs(recipe, seconds, _rows(session), epochs)
    outcome = _alone(session, replace(job, epochs=epochs, seconds=session.left(session.limit)))
    if not isinstance(outcome, TrainingOutcome) or outcome.tflite is None or outcome.weights is None:
        reason = outcome.record.reason if isinstance(outcome, TrainingOutcome) else getattr(outcome, "reason", None)
        raise _unfinished(session, "the winner's last training", reason)
    session.keep(WINNER_MODEL, outcome.tflite)
    session.keep(WINNER_WEIGHTS, outcome.weights)
    record = replace(
        outcome.record,
        estimated=best[0].record.estimated,
        float_val_accuracy=fmean(f.record.float_val_accuracy or 0.0 for f in best),
        val_metrics={name: fmean(f.record.val_metrics[name] for f in best) for name in best[0].record.val_metrics},
    )
    return replace(record, values=session.objective.values(record, session.scale))


def _winner_pace(session: Session, best: Sequence[Final]) -> Pace:
    """Return the pace of the winner's own folds, or of its training in the search if there was no time for folds."""
    known = [record for record in session.complete() if record.trial == best[0].record.trial]
    records = [final.record for final in best]
    if records == known:
        return _pace(session, known)
    return Pace.of(records, _fold_rows(session), beside=known)


def _test(session: Session, record: Record) -> Tested:
    task = EvaluationTask(
        architecture=Architecture.from_json(record.architecture),
        tflite=session.file(WINNER_MODEL).read_bytes(),
        weights=session.file(WINNER_WEIGHTS).read_bytes(),
    )
    outcome = _alone(session, task)
    if not isinstance(outcome, Tested):
        raise _unfinished(session, "the winner's test", outcome.reason if isinstance(outcome, Failed) else None)
    return outcome


def _alone(session: Session, task: Task[Any]) -> Answer | Failed:
    """Do one task and wait for it."""
    session.workers.submit(task)
    while not (ended := session.wait()):
        pass
    return ended[0][1]


def _unfinished(session: Session, what: str, reason: object) -> InputError:
    place = f"study {session.study.name}"
    return InputError(place, f"{what} must end", got=reason, hint="run the same command again")
