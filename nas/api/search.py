"""A search from its definition to the winner's files."""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from nas.api import STUDIES
from nas.api.archives import as_exported, make_archive
from nas.api.archiving import archive_front, write_study_archive
from nas.api.checking import asked_of, checked_problem
from nas.api.data import keep_data
from nas.api.outcome import Outcome, outcome
from nas.api.progress import Progress
from nas.api.results import artifacts, report_view
from nas.api.studies import define_study, require_begun
from nas.data.given import Data
from nas.errors import InputError
from nas.exporters.format import write_best
from nas.exporters.parameters import with_parameters
from nas.files import write_atomic
from nas.keywords import explains_keywords
from nas.optimizer.observer import Observer
from nas.optimizer.problem import Problem
from nas.optimizer.run import Run, run
from nas.reports.page import write_report
from nas.reports.view import ReportView
from nas.study.archive import Archive
from nas.study.archive_file import load_archive, save_archive
from nas.study.fitting import advice
from nas.study.objectives import OBJECTIVES
from nas.study.result import Result
from nas.study.study import Study
from nas.text import document


@explains_keywords
def search(
    study: Study | None = None,
    root: Path | str = STUDIES,
    observer: Observer | None = None,
    *,
    data: Data | str | None = None,
    finish: bool = False,
    archives: bool = False,
    progress: bool = True,
    **settings: Any,
) -> Outcome:
    """Run or resume a study until its limits are reached; write its results and its winner.

    Args:
        study: the definition; or leave it out and give its settings: `search(space="cnn_timeseries", budget_kb=6)`.
        root: folder of studies; this one's is `root/<name>`.
        observer: follows the search while it runs, in place of `Progress`.
        data: rows in memory, in place of the study's own; they are kept as `data.npz` in the study's folder, so that
            the study can be resumed without them. Or the name or path of data, as in `Study.data`.
        finish: whether to search no further, and to decide between the candidates that a study has already. The minutes
            that it had before do not limit that; others do.
        archives: whether to write an archive, `.nas.zip`, for each member of the Pareto front, into `archives/` in the
            study's folder; that of the winner is always written, into `best/`.
        progress: whether to show progress on standard error: a live view on a terminal, else a line for each candidate.
        settings: fields of `Study`, as `define_study` takes them.

    Returns:
        The outcome over all runs of the study.

    Raises:
        InputError: the definition, the data or the budget are wrong, no candidate fits, none could be trained,
            another definition has been run under the same name, or the study is to be finished and has not begun.
        KeyboardInterrupt: as raised by Ctrl-C; everything finished is kept, and the same call resumes the study.
    """
    if not isinstance(root, str | Path) or not isinstance(study, Study | None):
        raise _not_by_position(study, root)
    started, root = time.monotonic(), Path(root)
    study = _defined(study, root, data, settings)
    if finish:
        require_begun(root / study.name)
    with ExitStack() as stack:
        if observer is None:
            shown = progress and stack.enter_context(Progress(f"nas search: study {study.name}", study.trials))
            observer = shown or Observer()
        found = _search(study, root, observer, started, finish=finish)
        if archives:
            observer.phase("writing an archive for each member of the front")
            archive_front(root / study.name, root=root)
        return found


def _not_by_position(study: object, root: object) -> InputError:
    """Return the error for something else in the place of the study or of the folder of studies."""
    got = type(root).__name__ if isinstance(study, Study | None) else type(study).__name__
    rule = "must be called with a nas.Study, or with its settings as keywords, space= and data= among them"
    hint = "such as nas.search(space='cnn_timeseries', data=nas.Data.from_arrays(x, y), budget_kb=6)"
    return InputError("nas.search", rule, got=got if got != "str" else repr(study), hint=hint)


def _defined(study: Study | None, root: Path, data: Data | str | None, settings: Mapping[str, Any]) -> Study:
    """Return the study of the arguments of `search`, its data kept in its folder; InputError for contradictions."""
    if isinstance(data, str):
        settings, data = {**settings, "data": data}, None
    if study is None:
        study = define_study(settings)
    elif settings:
        raise InputError(", ".join(settings), "must be settings of the study itself", hint="give nas.Study(...) them")
    return study if data is None else keep_data(study, data, root)


def _search(study: Study, root: Path, observer: Observer, started: float, *, finish: bool) -> Outcome:
    problem = checked_problem(study, root, observer)
    with run(problem, root / study.name, observer, started, finish=finish) as ended:
        result, archive = ended.result(), None
        if result.winner is not None:
            observer.phase("writing results")
            files, earlier = ended.winner_files(problem), _earlier_archive(ended.folder)
            archive = make_archive(problem, result.winner, files, result, earlier)
            save_archive(archive, ended.folder)
            result = as_exported(result, archive)
        write_atomic(ended.folder / "results.json", document(result.to_json()))
        if archive is None:
            raise _none_trained(problem, result)
        view = _write_winner(problem, ended, result, archive)
        ended.tracker.finish(result, artifacts(view))
        ended.keep_end(problem.study)
        return outcome(result, ended.trials.ledger)


def _earlier_archive(folder: Path) -> Archive | None:
    """Return the archive that an earlier run left in a study's folder; None if there is none, or it cannot be read."""
    try:
        return load_archive(folder)
    except (InputError, OSError):
        return None


def _none_trained(problem: Problem, result: Result) -> InputError:
    """Return the error of a study without a trained candidate, with what would fit if none of them did."""
    hint, found = "give it more trials or minutes", f"none in {result.trials} trials"
    over = result.states.get("over_budget", 0)
    if over and over + result.states.get("duplicate", 0) == result.trials:
        asked = asked_of(problem)
        found += ", of which none fits the budget"
        timed = OBJECTIVES[problem.study.objective].needs_latency
        hint += f", or a larger budget; {advice(asked, asked.smallest(), timed=timed)}"
    return InputError(f"study {result.study}", "some candidate must have been trained", got=found, hint=hint)


def _write_winner(problem: Problem, ended: Run, result: Result, archive: Archive) -> ReportView:
    """Write the winner's files in every format, and the report; return what the report shows."""
    write_best(ended.folder, with_parameters(archive))
    view = report_view(problem.study, archive, result, ended.trials.ledger)
    write_study_archive(problem.study, ended.folder, view=view)
    write_report(view, ended.folder / "report.html")
    return view
