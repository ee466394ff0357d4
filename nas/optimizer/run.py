"""A whole run of a study: opens what it needs, searches, decides, and closes everything whatever happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from nas.data.splits import Splits
from nas.files import write_atomic
from nas.optimizer.executor.executor import EXECUTORS, MakeExecutor
from nas.optimizer.finals import decide
from nas.optimizer.ledger import Ledger
from nas.optimizer.loop import search
from nas.optimizer.observer import Observer
from nas.optimizer.session import Session, summarize
from nas.optimizer.storage import journal_url
from nas.space.space import Space
from nas.study.objectives import OBJECTIVES
from nas.study.record import State
from nas.study.result import Result
from nas.study.study import Study
from nas.target.target import Target
from nas.task import metrics
from nas.tracking import open_tracker

# What a tracking server may still take when everything else is done, in seconds.
DRAIN_SECONDS = 60.0


def open_ledger(study: Study, folder: Path) -> Ledger:
    """Open a study's trials: a journal in its folder, unless its definition names another storage."""
    url = study.storage or journal_url(folder / "study.journal")
    return Ledger(study.name, url, OBJECTIVES[study.objective].directions, study.seed, study.sampler)


def stored_result(study: Study, folder: Path, ledger: Ledger) -> Result:
    """Return the outcome of a study that is not running."""
    return summarize(study.name, folder, ledger, ledger.records(), ledger.get("seconds") or 0.0)


@contextmanager
def run(
    study: Study,
    space: Space,
    target: Target,
    splits: Splits,
    folder: Path,
    observer: Observer,
    started: float,
    make_executor: MakeExecutor | None = None,
) -> Iterator[Session]:
    """Run a study to its limits; yields the session, with all trials done and the winner decided.

    `started` is when the run began (`time.monotonic()`), so that reading data counts to its minutes. By default tasks
    are performed by worker processes on this machine.
    """
    ledger = open_ledger(study, folder)
    ledger.claim(identity(study, space, splits))
    write_atomic(folder / "study.toml", study.to_toml())
    tracker = open_tracker(
        study.tracking_uri, study=study.name, folder=folder.parent, tags=_tags(study, target, splits)
    )
    workers = (make_executor or EXECUTORS["local"])(splits, study.jobs)
    session = Session(
        study, space, target, splits, folder, ledger, workers, tracker, observer, started, ledger.get("seconds") or 0.0
    )
    try:
        _resume(session)
        observer.phase(_searching(session))
        search(session)
        decide(session)
        session.keep_time()
        yield session
    finally:
        workers.close()
        tracker.counts(session.result().states)
        tracker.close(DRAIN_SECONDS)
        ledger.put("tracking_seconds", round((ledger.get("tracking_seconds") or 0.0) + tracker.seconds, 1))


def identity(study: Study, space: Space, splits: Splits) -> dict[str, object]:
    """Return what must be the same when a study goes on."""
    return {**study.definition(), "space content": space.digest, "data content": splits.digest}


def _searching(session: Session) -> str:
    """Say what is searched for, and why it is that if the data decide."""
    title = metrics.TITLES[session.metric]
    if session.study.metric != metrics.AUTO:
        return f"searching for {title}"
    counts = np.bincount(session.splits.train.y)
    ratio = counts.max() / counts[counts > 0].min()
    return f"searching for {title}: the most frequent class has {ratio:.1f} times the rows of the rarest"


def _resume(session: Session) -> None:
    """Take up what earlier runs have done; give the tracker what it missed."""
    session.records.extend(session.ledger.records())
    if not session.records:
        return  # a new study need not wait for the tracking store to open
    logged = session.tracker.logged_trials()
    for record in session.records:
        session.observer.recorded(record)
        if record.trial not in logged and record.state not in (State.OVER_BUDGET, State.DUPLICATE):
            model = session.file(f"{record.trial}.tflite")
            session.tracker.log(record, model.read_bytes() if model.is_file() else None)


def _tags(study: Study, target: Target, splits: Splits) -> dict[str, str]:
    return {
        "space": study.space,
        "data": splits.source,
        "data_digest": splits.digest[:12],
        "target": target.name,
        "objective": study.objective,
        "metric": metrics.resolve(study.metric, splits.train.y),
        "seed": str(study.seed),
    }
