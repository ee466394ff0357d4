"""The rows of a task, behind its front-end, as a worker process keeps them from one task to the next."""

import functools
from typing import Any

from nas.data.prepared import Prepared, prepare
from nas.data.sound.changes import SoundChanges
from nas.data.sound.variants import changed_rows, varied
from nas.data.splits import Splits
from nas.signal.front_end import FrontEnd
from nas.study.tasks import Task, TeacherTask, TrainingTask

# Rows behind the front-ends used last. Each is a copy of all rows, with variants several, so only a few are kept.
_prepared = functools.lru_cache(maxsize=4)(prepare)


def rows_of(splits: Splits, task: Task[Any]) -> Prepared:
    """Return the rows of a task behind its front-end, with variants of those that it learns from."""
    if not isinstance(task, TrainingTask | TeacherTask) or not task.recipe.augment.apply_behind(task.front_end):
        return _prepared(splits, task.front_end)
    return _varied(splits, task.front_end, task.recipe.augment, task.rows.parts)


@functools.lru_cache(maxsize=2)
def _varied(splits: Splits, front_end: FrontEnd, changes: SoundChanges, parts: tuple[str, ...]) -> Prepared:
    return varied(_prepared(splits, front_end), splits, front_end, changes, parts, _changed)


# One for each part: they are made of samples, whatever the settings of the front-end.
_changed = functools.lru_cache(maxsize=2)(changed_rows)
