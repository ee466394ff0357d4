"""What a study's definition names, loaded: its space, its target and its data."""

from dataclasses import replace

from nas.api.data import load_data
from nas.errors import InputError
from nas.optimizer.problem import Problem
from nas.signal.kind import Kind
from nas.signal.raw import RAW
from nas.space.file import load_space, space_names
from nas.space.front_end import check_rows
from nas.study.applicable_rows import require_for_rows, require_for_targets
from nas.study.study import Study
from nas.task.reconstruction import FORECAST, WHOLE
from nas.task.task import ANOMALIES

# What networks of detectors give.
_GIVEN = {WHOLE: "rows again", FORECAST: "a forecast"}


def load_problem(study: Study) -> Problem:
    """Load the space, the target and the data of a study; InputError for anything wrong with one of them."""
    splits = load_data(study)
    space = study.searched(splits.task)
    space = replace(space, task=space.task.fitted(splits.train.y))
    if len(splits.input_shape) != space.input.axes:
        kind = Kind.of(splits.input_shape)
        spaces = map(load_space, space_names())
        names = [one.name for one in spaces if one.input == kind and one.reconstruction == space.reconstruction]
        raise InputError(
            f"space {space.name}",
            f"is for {space.input} data",
            got=f"rows of shape {splits.input_shape} from {study.data}",
            hint=f"take one for {kind} data: {' or '.join(f'--space {name}' for name in names)}",
        )
    if "reconstruction" in space.source and not space.task.reconstructs:
        rule = f"is for anomaly detection: its networks give {_GIVEN[space.reconstruction]}"
        hint = f"take another --space, or give --task {ANOMALIES}"
        raise InputError(f"space {space.name}", rule, got=f"--task {splits.task}", hint=hint)
    if min(space.task.read_shape(splits.input_shape)) < 1:
        rule, got = "windows must have 2 steps or more, of which the last is forecast", f"1 step in {study.data}"
        raise InputError(f"space {space.name}", rule, got=got, hint="give --window")
    if space.front_end is not None:
        check_rows(space.front_end, splits.input_shape, splits.sample_rate_hz, study.data)
        known = splits.train.learnable(space.task).x
        space = replace(space, front_end=space.front_end.fitted(known, space.task.spare_bits))
    front_ends = (RAW,) if space.front_end is None else space.front_end.examples()
    require_for_rows(study.recipe.augment, splits, front_ends)
    require_for_targets(study.recipe.training, splits)
    return Problem(study, space, study.board(), splits)
