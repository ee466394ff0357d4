"""What a study's definition names, loaded: its space, its target and its data."""

from nas.api.data import load_data
from nas.optimizer.problem import Problem
from nas.study.study import Study
from nas.target.target import find_target


def load_problem(study: Study) -> Problem:
    """Load the space, the target and the data of a study; InputError for anything wrong with one of them."""
    return Problem(study, study.searched(), find_target(study.target), load_data(study))
