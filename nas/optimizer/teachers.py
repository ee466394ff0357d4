"""Teachers of a study's finals, one a fold, so that no row is taught by who has seen it held out.

A finalist learns from the teacher of its own fold, the winner's last training from what each teacher says of the rows
that were held out from it.
"""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from nas.arrays import Floats
from nas.data.folds import folds
from nas.optimizer.session import Session
from nas.seeds import derive
from nas.study.tasks import AllButTest, Fold, Selection, TeacherAnswers, TeacherTask

Taught: TypeAlias = Mapping[Selection, Floats]

# Share of a run's time that one teacher may take.
SHARE = 0.1


def seconds_for_teachers(session: Session) -> float:
    """Return the time that the teachers may take together."""
    recipe = session.study.recipe
    if session.limit is None or not recipe.finals.distillation:
        return 0.0
    return SHARE * session.limit * -(-recipe.finals.final_folds // session.workers.size)


def teach(session: Session) -> Taught:
    """Return what teachers say of the training rows of each fold of the finals, and of all rows together.

    They are trained but for what an earlier run has done. Without distillation, or if a teacher fails, nothing is
    returned, and labels alone are learned.
    """
    recipe, seed = session.study.recipe, session.study.seed
    if not recipe.finals.distillation:
        return {}
    part = session.splits.train.join(session.splits.val)
    divided = folds(part, recipe.finals.final_folds, seed)
    fold_rows = [Fold(i, len(divided), seed) for i in range(len(divided))]
    _train(session, [rows for rows in fold_rows if not _file(session, rows).exists()])
    if not all(_file(session, rows).exists() for rows in fold_rows):
        return {}
    said = [_read(session, rows) for rows in fold_rows]
    everything = np.empty_like(said[0])
    taught: dict[Selection, Floats] = {AllButTest(): everything}
    for rows, one, (kept, held) in zip(fold_rows, said, divided, strict=True):
        taught[rows] = one[kept]
        everything[held] = one[held]
    return taught


def _train(session: Session, missing: Sequence[Fold]) -> None:
    """Train a teacher for each of these folds, and keep what it says and what it reached."""
    if missing:
        session.observer.phase(f"training {len(missing)} teachers")
    limit = None if session.limit is None else SHARE * session.limit
    recipe, splits = session.study.recipe, session.splits
    epochs = recipe.training.at_least_min_steps(recipe.finals.final_epochs, len(splits.train))
    seed = session.study.seed
    jobs = [TeacherTask(f, recipe, epochs, derive(seed, "teacher", f.seed_text), seconds=limit) for f in missing]
    while jobs or session.workers.running:
        while jobs and session.workers.idle:
            session.workers.submit(jobs.pop(0))
        for task, end in session.wait():
            if isinstance(end, TeacherAnswers):
                assert isinstance(task, TeacherTask)
                _keep(session, task, end)


def _keep(session: Session, task: TeacherTask, lesson: TeacherAnswers) -> None:
    file = io.BytesIO()
    np.save(file, lesson.soft_labels)
    session.keep(_file(session, task.rows).name, file.getvalue())
    line = {
        "fold": task.rows.index,
        "val_accuracy": lesson.val_accuracy,
        "epochs": lesson.epochs,
        "seconds": lesson.seconds,
    }
    session.ledger.put("teachers", [*(session.ledger.get("teachers") or []), line])


def _file(session: Session, rows: Fold) -> Path:
    return session.file(f"teacher-{rows.index}.npy")


def _read(session: Session, rows: Fold) -> Floats:
    taught: Floats = np.load(_file(session, rows), allow_pickle=False)
    return taught
