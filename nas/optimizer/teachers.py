"""The teachers of a study's finals: large networks whose soft labels the finalists learn from.

There is one teacher for each fold, trained without that fold. A finalist learns from the teacher of its own fold; the
winner's last training learns each row's soft label from the teacher that has not seen that row.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from nas.arrays import Floats
from nas.data.folds import folds
from nas.optimizer.dispatcher import Dispatcher
from nas.optimizer.ledger import Ledger
from nas.optimizer.models import ModelFolder
from nas.optimizer.observer import Observer
from nas.optimizer.problem import Problem
from nas.seeds import derive
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

    def soft_labels(self, epochs: int, seconds: float | None) -> SoftLabels:
        """Return the soft labels for all final trainings, after training the teachers that are missing.

        Empty if the recipe asks for no distillation or if a teacher fails; final trainings then learn from labels
        alone.

        Args:
            epochs: of a teacher's training.
            seconds: time limit of each.
        """
        splits, seed = self.problem.splits, self.problem.study.seed
        finals = self.problem.study.recipe.finals
        if not finals.distillation:
            return {}
        divided = folds(splits.train.join(splits.val), finals.final_folds, seed)
        every_fold = [Fold(i, len(divided), seed) for i in range(len(divided))]
        self._train([fold for fold in every_fold if not self._is_answered(fold)], epochs, seconds)
        if not all(map(self._is_answered, every_fold)):
            return {}
        answers = [self._read(fold) for fold in every_fold]
        unseen = np.empty_like(answers[0])
        found: dict[Selection, Floats] = {AllButTest(): unseen}
        for fold, answer, (kept, held_out) in zip(every_fold, answers, divided, strict=True):
            found[fold] = answer[kept]
            unseen[held_out] = answer[held_out]
        return found

    def _train(self, missing: list[Fold], epochs: int, seconds: float | None) -> None:
        recipe, seed = self.problem.study.recipe, self.problem.study.seed
        if missing:
            self.observer.phase(f"finals: training {len(missing)} teachers")
        learns = self.problem.space.task
        tasks = (
            (fold, TeacherTask(fold, recipe, epochs, derive(seed, "teacher", fold.seed_text), learns, seconds=seconds))
            for fold in missing
        )
        for fold, answer in self.dispatcher.perform(tasks):
            if isinstance(answer, TeacherAnswers):
                self._keep(fold, answer)

    def _keep(self, fold: Fold, answers: TeacherAnswers) -> None:
        file = io.BytesIO()
        np.save(file, answers.soft_labels)
        self.models.write(_name(fold), file.getvalue())
        line = {
            "fold": fold.index,
            "val_accuracy": answers.val_accuracy,
            "epochs": answers.epochs,
            "seconds": answers.seconds,
        }
        self.ledger.append("teachers", line)

    def _is_answered(self, fold: Fold) -> bool:
        return self.models.file(_name(fold)).exists()

    def _read(self, fold: Fold) -> Floats:
        labels: Floats = np.load(self.models.file(_name(fold)), allow_pickle=False)
        return labels


def _name(fold: Fold) -> str:
    return f"teacher-{fold.index}.npy"
