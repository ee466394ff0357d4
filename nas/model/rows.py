"""The rows of a task, behind its front-end, as a worker process keeps them from one task to the next."""

import functools
from typing import Any

from nas.data.prepared import Prepared, prepare, with_variants
from nas.data.sound.changes import SoundChanges
from nas.data.sound.variants import changed_rows
from nas.data.splits import Splits
from nas.signal.front_end import FrontEnd
from nas.study.tasks import Task, TeacherTask, TrainingTask

# Rows behind the front-ends used last. Each is a copy of all rows, with variants several, so only a few are kept.
_prepared = functools.lru_cache(maxsize=4)(prepare)


def rows_of(splits: Splits, task: Task[Any]) -> Prepared:
    """Return the rows of a task behind its front-end, with variants of those that it learns from."""
    data, front_end = _prepared(splits, task.front_end), task.front_end
    # What is to be reconstructed must not be changed.
    if not isinstance(task, TrainingTask | TeacherTask) or data.learns.reconstructs:
        return data
    changes = task.recipe.augment
    return _varied(splits, front_end, changes, task.rows.parts) if changes.apply_behind(front_end) else data


@functools.lru_cache(maxsize=2)
def _varied(splits: Splits, front_end: FrontEnd, changes: SoundChanges, parts: tuple[str, ...]) -> Prepared:
    copies = {part: _changed(splits, part, changes, front_end.rate_hz or 0) for part in parts}
    return with_variants(_prepared(splits, front_end), front_end, copies)


# One for each part: they are made of samples, whatever the settings of the front-end.
_changed = functools.lru_cache(maxsize=2)(changed_rows)
