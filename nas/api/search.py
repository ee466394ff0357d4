"""A search from its definition to the winner's files."""

import dataclasses
import time
from pathlib import Path

from nas.api import STUDIES
from nas.api.archives import winner_archive
from nas.api.data import load_data
from nas.api.results import write_study_report
from nas.errors import InputError
from nas.exporters.format import write_best
from nas.files import write_atomic
from nas.optimizer.observer import Observer
from nas.optimizer.problem import Problem
from nas.optimizer.run import Run, run
from nas.optimizer.samplers.sampler import SAMPLERS
from nas.space.file import load_space
from nas.study.archive_file import save_archive
from nas.study.feasibility import require_feasible, require_latency
from nas.study.objectives import OBJECTIVES
from nas.study.result import Result, Trained
from nas.study.study import Study
from nas.target.profiler import profile
from nas.target.target import find_target
from nas.task.classification import Classification
from nas.text import document
from nas.tracking import find_address


def search(study: Study, root: Path = STUDIES, observer: Observer | None = None) -> Result:
    """Run or resume a study until its limits are reached; write its results and its winner.

    Args:
        study: the definition.
        root: folder of studies; this one's is `root/<name>`.
        observer: follows the search while it runs.

    Returns:
        The outcome over all runs of the study.

    Raises:
        InputError: the definition, the data or the budget are wrong, no candidate fits, none could be trained, or
            another definition has been run under the same name.
        KeyboardInterrupt: as raised by Ctrl-C; everything finished is kept, and the same call resumes the study.
    """
    started = time.monotonic()
    observer = observer or Observer()
    problem = _problem(study, root, observer)
    with run(problem, root / study.name, observer, started) as ended:
        result = ended.result()
        write_atomic(ended.folder / "results.json", document(result.to_json()))
        if result.winner is None:
            raise InputError(
                f"study {result.study}",
                "some candidate must have been trained",
                got=f"none in {result.trials} trials",
                hint="give it more trials or minutes",
            )
        observer.phase("writing results")
        _write_winner(problem, ended, result, result.winner)
        ended.tracker.finish(result, ended.folder / "best")
    return result


def _problem(study: Study, root: Path, observer: Observer) -> Problem:
    """Load the space, the target and the data of a study; InputError for anything wrong, before a file is written."""
    task = Classification(softmax=study.output == "probabilities")
    space = dataclasses.replace(load_space(study.space), task=task)
    target = find_target(study.target)
    SAMPLERS.find(study.sampler, "--sampler")
    find_address(study.tracking_uri, root)
    observer.phase(f"reading data: {study.data}")
    splits = load_data(study)
    shape, outputs = splits.input_shape, task.outputs(splits.train.y, splits.class_names)
    if OBJECTIVES[study.objective].needs_latency:
        require_latency(space, shape, outputs, target)
    require_feasible(space, shape, outputs, target, study.budget(target), study.seed)
    return Problem(study, space, target, splits)


def _write_winner(problem: Problem, ended: Run, result: Result, winner: Trained) -> None:
    """Write the winner's archive, its files in every format, and the report."""
    tflite = ended.winner_tflite()
    footprint = profile(tflite, problem.target)
    archive = winner_archive(problem, winner, tflite, footprint)
    save_archive(archive, ended.folder)
    write_best(ended.folder, archive)
    write_study_report(problem.study, archive, result, ended.trials.ledger)
