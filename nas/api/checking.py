"""All that a search checks before its first trial: its definition, its data, and whether some candidate fits."""

import json
from contextlib import suppress
from pathlib import Path

from nas.api import STUDIES
from nas.api.limits import limits_above_board, limits_in_words
from nas.api.problems import load_problem
from nas.api.studies import as_begun, open_study, require_begun
from nas.keywords import explains_keywords
from nas.optimizer.observer import Observer
from nas.optimizer.problem import Problem
from nas.optimizer.run import open_ledger
from nas.optimizer.samplers.sampler import SAMPLERS
from nas.optimizer.storage import NoTrialsError
from nas.space.file import load_space
from nas.study.changes import refuse_changes
from nas.study.feasibility import require_latency, require_streaming
from nas.study.fitting import Asked, fit_in_words, require_feasible, scarcity
from nas.study.objectives import OBJECTIVES
from nas.study.study import Study
from nas.tracking import find_address


@explains_keywords
def check_search(
    study: Study, root: Path | str = STUDIES, observer: Observer | None = None, *, finish: bool = False
) -> list[str]:
    """Check all that a search checks before its first trial, its data too; nothing is trained or written.

    Args:
        study: the definition.
        root: folder of studies.
        observer: is told what a search would tell before its first trial, and how many random candidates fit.
        finish: whether the study is to be finished, which it must have begun for.

    Returns:
        The warnings with which the search would begin, a sentence each.

    Raises:
        InputError: whatever a search would refuse: the definition, the data, a space for another kind of data, a budget
            that no candidate fits, or a study of this name that has begun with another definition.
    """
    root, warnings = Path(root), _Warnings(observer or Observer())
    if finish:
        require_begun(root / study.name)
    problem = checked_problem(study, root, warnings)
    if (asked := asked_of(problem)).budget.limits():
        warnings.phase(fit_in_words(asked))
    if study.storage or (root / study.name / "study.toml").is_file():
        now = json.loads(json.dumps(problem.identity()))
        with suppress(NoTrialsError):  # none has begun there
            known = open_ledger(study, root / study.name, begin=False).get("identity")
            refuse_changes(study.name, known or now, now)
    return warnings.told


class _Warnings(Observer):
    """Keeps what a search would warn of, and tells another observer."""

    def __init__(self, other: Observer) -> None:
        self.told: list[str] = []
        self._other = other

    def phase(self, text: str) -> None:
        self._other.phase(text)

    def note(self, text: str) -> None:
        self._other.note(text)

    def warn(self, text: str) -> None:
        self.told.append(text)
        self._other.warn(text)


def checked_problem(study: Study, root: Path, observer: Observer) -> Problem:
    """Load what a study names; InputError for anything wrong, before a file is written."""
    study = as_begun(study, root)
    _check_before_data(study, root)
    observer.phase(f"reading data: {study.data}")
    problem = load_problem(study)
    for note in problem.splits.notes:
        observer.note(note)
    for finding in problem.splits.findings:
        observer.warn(f"{finding.text}; {finding.mend}" if finding.mend else finding.text)
    asked, timed = asked_of(problem), OBJECTIVES[study.objective].needs_latency
    require_feasible(asked, timed=timed)
    if words := limits_in_words(study):
        observer.phase(f"limits: {words}")
        for above in limits_above_board(study):
            observer.warn(above)
        if few := scarcity(asked, timed=timed):
            observer.warn(few)
    return problem


def _check_before_data(study: Study, root: Path) -> None:
    """Raise an InputError for anything wrong that can be told without the data, which may take long to read."""
    SAMPLERS.find(study.sampler, "--sampler")
    find_address(study.tracking_uri, root)
    space, target = load_space(study.space), study.board()
    study.budget(target)
    require_streaming(space, target)
    if OBJECTIVES[study.objective].needs_latency or study.latency_ms is not None:
        require_latency(space, target)
    if (root / study.name / "study.toml").is_file():
        earlier, now = open_study(str(root / study.name))[0].definition(), study.definition()
        # Of files that a study names, the contents count, which are compared when they have been read.
        files = dict.fromkeys(("space", "data", "labels"))
        refuse_changes(study.name, {**earlier, **files}, {**now, **files})


def asked_of(problem: Problem) -> Asked:
    """Return what a study searches within the limits that it gives; that of the flash holds the rest."""
    study, shape = problem.study, problem.splits.input_shape
    limits = study.limits(problem.target)
    return Asked(problem.space, shape, problem.outputs, problem.target, limits, study.seed)
