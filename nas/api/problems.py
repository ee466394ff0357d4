"""What a study's definition names, loaded: its space, its target and its data."""

import dataclasses

from nas.api.data import load_data
from nas.optimizer.problem import Problem
from nas.space.file import load_space
from nas.study.study import Study
from nas.target.target import find_target
from nas.task.classification import Classification


def load_problem(study: Study) -> Problem:
    """Load the space, the target and the data of a study; InputError for anything wrong with one of them."""
    task = Classification(softmax=study.output == "probabilities")
    space = dataclasses.replace(load_space(study.space), task=task)
    return Problem(study, space, find_target(study.target), load_data(study))
