"""The teachers of a study's finals: large networks whose soft labels the finalists learn from.

There is one teacher for each fold, trained without that fold. A finalist learns from the teacher of its own fold; the
winner's last training learns each row's soft label from the teacher that has not seen that row.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from nas.arrays import Floats, Rows
from nas.data.folds import folds
from nas.optimizer.dispatcher import Dispatcher
from nas.optimizer.ledger import Ledger
from nas.optimizer.models import ModelFolder
from nas.optimizer.observer import Observer
from nas.optimizer.problem import Problem
from nas.seeds import derive
from nas.signal.front_end import FrontEnd
from nas.signal.raw import RAW
from nas.study.tasks import AllButTest, Fold, Selection, TeacherAnswers, TeacherTask

SoftLabels: TypeAlias = Mapping[Selection, Floats]
"""Soft labels [n, classes] of the training rows of a final training, by what it trains on."""


@dataclass(frozen=True, slots=True)
class Teachers:
    """Trains the teachers of a study, or reads the soft labels that an earlier run has stored."""

    problem: Problem
    ledger: Ledger
    models: ModelFolder
    dispatcher: Dispatcher
    observer: Observer

    def soft_labels(self, epochs: int, seconds: float | None, front_end: FrontEnd = RAW) -> SoftLabels:
        """Return the soft labels for all final trainings, after training the teachers that are missing.

        Empty if the recipe asks for no distillation or if a teacher fails; final trainings then learn from labels
        alone.

        Args:
            epochs: of a teacher's training.
            seconds: time limit of each.
            front_end: what teachers read: that of the best finalist, since labels are for rows and not for features.
        """
        finals = self.problem.recipe.finals
        if not finals.distillation or self.problem.space.task.reconstructs:
            return {}
        divided = _divided(self.problem)
        recipe, learns = self.problem.recipe, self.problem.space.task
        missing = [fold for fold in divided if not self._is_answered(fold)]
        self._train(
            [
                TeacherTask(fold, recipe, epochs, self._seed(fold), learns, front_end, seconds=seconds)
                for fold in missing
            ]
        )
        if not all(map(self._is_answered, divided)):
            return {}
        answers = {fold: _read(self.models, fold) for fold in divided}
        own: dict[Selection, Floats] = {fold: answers[fold][kept] for fold, (kept, _) in divided.items()}
        return {**own, AllButTest(): _of_last_training(self.problem, answers, divided)}

    def _train(self, tasks: Sequence[TeacherTask]) -> None:
        if tasks:
            self.observer.phase(f"finals: training {len(tasks)} teachers")
        for fold, answer in self.dispatcher.perform((task.rows, task) for task in tasks):
            if isinstance(answer, TeacherAnswers):
                self._keep(fold, answer)

    def _seed(self, fold: Fold) -> int:
        return derive(self.problem.study.seed, "teacher", fold.seed_text)

    def _keep(self, fold: Fold, answers: TeacherAnswers) -> None:
        self.models.write(_name(fold), _as_file(answers.soft_labels))
        line = {
            "fold": fold.index,
            "val_accuracy": answers.val_accuracy,
            "epochs": answers.epochs,
            "seconds": answers.seconds,
        }
        self.ledger.append("teachers", line)

    def _is_answered(self, fold: Fold) -> bool:
        return self.models.file(_name(fold)).exists()


def winner_soft_labels(problem: Problem, models: ModelFolder) -> bytes | None:
    """Return what a winner's last training has learned from its study's teachers, as the content of an `.npy` file.

    None if the recipe asks for no distillation, or a teacher is missing: it then learned from labels alone.
    """
    divided = _divided(problem) if problem.recipe.finals.distillation else {}
    if not divided or not all(models.file(_name(fold)).is_file() for fold in divided):
        return None
    return _as_file(_of_last_training(problem, {fold: _read(models, fold) for fold in divided}, divided))


def _divided(problem: Problem) -> dict[Fold, tuple[Rows, Rows]]:
    """Return the folds of the finals, with the rows that a training on one keeps, and those that it holds out."""
    splits, seed = problem.splits, problem.study.seed
    parts = folds(splits.train.join(splits.val), problem.recipe.finals.final_folds, seed)
    return {Fold(i, len(parts), seed): rows for i, rows in enumerate(parts)}


def _of_last_training(
    problem: Problem, answers: Mapping[Fold, Floats], divided: Mapping[Fold, tuple[Rows, Rows]]
) -> Floats:
    """Return the soft labels of the rows that a winner's last training learns from, see `nas.model.chosen_rows`."""
    found = _unseen(answers, divided)
    return found[: len(problem.splits.train)] if problem.space.task.calibrates else found


def _unseen(answers: Mapping[Fold, Floats], divided: Mapping[Fold, tuple[Rows, Rows]]) -> Floats:
    """Return the soft label of each row that the teacher gives which has not seen this row."""
    unseen = np.empty_like(next(iter(answers.values())))
    for fold, (_, held_out) in divided.items():
        unseen[held_out] = answers[fold][held_out]
    return unseen


def _read(models: ModelFolder, fold: Fold) -> Floats:
    labels: Floats = np.load(models.file(_name(fold)), allow_pickle=False)
    return labels


def _as_file(labels: Floats) -> bytes:
    """Return soft labels as the content of an `.npy` file."""
    file = io.BytesIO()
    np.save(file, labels)
    return file.getvalue()


def _name(fold: Fold) -> str:
    return f"teacher-{fold.index}.npy"
