"""A whole run of a study: it opens files and workers, searches, runs the finals, and always closes everything."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nas.errors import InputError
from nas.files import write_atomic
from nas.optimizer.clock import Clock
from nas.optimizer.dispatcher import Dispatcher
from nas.optimizer.executor.choice import executor_of
from nas.optimizer.executor.executor import MakeExecutor
from nas.optimizer.finals import Finals
from nas.optimizer.judge import Judge
from nas.optimizer.ladder import Ladder
from nas.optimizer.ledger import Ledger
from nas.optimizer.models import ModelFolder
from nas.optimizer.observer import Observer
from nas.optimizer.problem import Problem
from nas.optimizer.search import Search
from nas.optimizer.storage import NoStorageError, NoTrialsError, is_missing, journal_url
from nas.optimizer.teachers import winner_soft_labels
from nas.optimizer.trials import Trials, summarize
from nas.optimizer.winner_files import WINNER_MODEL, WINNER_WEIGHTS, hand_over, take_over
from nas.study.archive import ModelFiles
from nas.study.changes import refuse_changes
from nas.study.objectives import OBJECTIVES
from nas.study.paths import from_folder, in_folder
from nas.study.result import Result
from nas.study.study import Study
from nas.study.study_file import make_study, read_study
from nas.task.metrics import AUTO, is_unbalanced
from nas.task.task import CLASSES, metric_title
from nas.text import counted
from nas.tracking import Tracker, study_tags, track_apart

# Seconds that a tracking server may take at the end of a run to receive what is still queued.
DRAIN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Run:
    """A run that has come to its end."""

    folder: Path
    trials: Trials
    tracker: Tracker

    def result(self) -> Result:
        """Return the outcome of the study, over all its runs."""
        return self.trials.result(self.folder)

    def winner_files(self, problem: Problem) -> ModelFiles:
        """Return the files of the winner, which must exist."""
        models = _models(self.folder)
        tflite, weights = (models.file(name).read_bytes() for name in (WINNER_MODEL, WINNER_WEIGHTS))
        return ModelFiles(tflite, weights, winner_soft_labels(problem, models))

    def keep_end(self, study: Study) -> None:
        """Store that a run with these limits has come to its end, and all files are written."""
        self.trials.ledger.put("ended", _limits(study))


def has_ended(study: Study, ledger: Ledger) -> bool:
    """Return whether the last run that came to its end had the limits of this study, whatever was begun since then.

    Earlier releases did not store it; their studies count as ended.
    """
    return (ledger.get("ended") or _limits(study)) == _limits(study)


def _limits(study: Study) -> list[float | None]:
    return [study.trials, study.minutes, study.patience]


def open_ledger(study: Study, folder: Path, *, begin: bool = True) -> Ledger:
    """Open a study's trials: a journal in its folder, unless its definition names another storage.

    Args:
        study: the definition.
        folder: of the study.
        begin: whether to begin a study that has no trials yet, which is an InputError otherwise.
    """
    journal = folder / "study.journal"
    url = study.storage or journal_url(journal)
    if not begin and is_missing(url):
        raise NoStorageError(study.name, study.storage or journal)
    return Ledger(study.name, url, OBJECTIVES[study.objective].directions, study.seed, study.sampler, begin=begin)


def stored_result(folder: Path, ledger: Ledger) -> Result:
    """Return the outcome of a study that is not running."""
    return summarize(folder, ledger, ledger.records(), ledger.get("seconds") or 0.0)


@contextmanager
def run(
    problem: Problem,
    folder: Path,
    observer: Observer,
    started: float,
    make_executor: MakeExecutor | None = None,
    *,
    finish: bool = False,
) -> Iterator[Run]:
    """Run a study to its limits; yield the run when all trials are done and the winner is decided.

    Args:
        problem: the study, and what its definition names.
        folder: of the study.
        observer: follows the run.
        started: when the run began (`time.monotonic()`), so that reading data counts to its minutes.
        make_executor: makes what performs the tasks; None for the workers that the study names.
        finish: whether to run the finals now, with the candidates so far, in place of a search; only other minutes than
            those of the search limit them.

    Raises:
        InputError: the study has begun with another definition, another process runs it, it could not be decided, or
            it is to be finished and has no complete candidate yet.
    """
    study, judge = problem.study, Judge.of(problem)
    ledger = _resume_or_begin(study, folder)
    ledger.lock(problem.identity(), folder)
    with ExitStack() as ends:
        ends.callback(ledger.unlock)
        clock = Clock(started, _limit(study, folder, finish=finish), ledger.get("seconds") or 0.0)
        write_atomic(folder / "study.toml", in_folder(study, folder).to_toml())
        tracker = track_apart(study.tracking_uri, study=study.name, folder=folder.parent, tags=_tags(problem, judge))
        trials, models = Trials(ledger, tracker, observer, clock), _models(folder)
        ends.callback(_end_tracking, tracker, trials, folder)
        executor = (make_executor or executor_of(study))(problem.splits, study.jobs)
        ends.callback(executor.close)
        finals = Finals(problem, judge, trials, models, Dispatcher(executor, observer, clock), observer, clock)
        trials.resume(models)
        if finish:
            _require_finalists(trials, folder)
        else:
            observer.phase(_searching(problem, judge))
            _search(finals)
        _decide(finals)
        trials.keep_time()
        yield Run(folder, trials, tracker)


def _end_tracking(tracker: Tracker, trials: Trials, folder: Path) -> None:
    """Tell the tracker how the trials ended, and wait until it has logged them."""
    ledger = trials.ledger
    tracker.counts(trials.result(folder).states)
    tracker.close(DRAIN_SECONDS)
    ledger.put("tracking_seconds", round((ledger.get("tracking_seconds") or 0.0) + tracker.seconds, 1))


def _limit(study: Study, folder: Path, *, finish: bool) -> float | None:
    """Return the seconds that a run may take; None for any number, as for finals and the minutes of an earlier run."""
    file = folder / "study.toml"
    is_old = finish and file.is_file() and read_study(folder).get("minutes") == study.minutes
    return None if study.minutes is None or is_old else 60 * study.minutes


def _resume_or_begin(study: Study, folder: Path) -> Ledger:
    """Open the trials of a study whose folder, if it is there, belongs to the same study.

    Raises:
        InputError: another definition has been run in the folder, or its trials are elsewhere or gone.
    """
    try:
        return open_ledger(study, folder, begin=False)
    except NoTrialsError:
        if (folder / "study.toml").is_file():
            earlier = make_study(from_folder(read_study(folder), folder), folder / "study.toml")
            refuse_changes(study.name, earlier.definition(), study.definition())
            place = earlier.storage or folder / "study.journal"
            if earlier.storage != study.storage:
                hint = f"give --storage {place}" if earlier.storage else "leave --storage out"
                raise InputError(
                    f"study {study.name}", f"must go on where its trials are, {place}", hint=hint
                ) from None
            if any((folder / "models").glob("*.tflite")):
                hint = f"restore it, or delete the study: nas studies delete {folder}"
                raise InputError(place, f"must hold the trials of study {study.name}", hint=hint) from None
        return open_ledger(study, folder)


def _search(finals: Finals) -> None:
    """Run the search, and leave time for the finals."""
    problem, judge, trials, models = finals.problem, finals.judge, finals.trials, finals.models

    def remaining() -> float | None:
        return finals.clock.remaining(finals.reserved_seconds())

    recipe, rows, learns = problem.recipe, len(problem.splits.train), problem.space.task
    ladder = Ladder(recipe, rows, trials.records, models, judge.gains_at, learns)
    Search(problem, judge, trials, ladder, models, finals.dispatcher, remaining).run()


def _decide(finals: Finals) -> None:
    """Run the finals; of several processes that run the study, one does, and the others get the winner's files.

    If that one dies, another one goes on with what it has stored.
    """
    ledger, models, is_told = finals.trials.ledger, finals.models, False

    def waits() -> bool:
        nonlocal is_told
        if not is_told:
            finals.observer.phase("finals: another process decides this study")
            is_told = True
        finals.observer.tick((), finals.clock.seconds, finals.clock.limit)
        return finals.clock.remaining() != 0

    with ledger.one_at_a_time(waits) as alone:
        before = ledger.get("winner")
        if alone:
            finals.decide()
        if ledger.is_shared and ledger.get("winner") != before:
            hand_over(ledger, models)
    if ledger.is_shared:
        take_over(ledger, models)
        if finals.trials.complete and ledger.get("winner") is None:
            rule, hint = "must be decided before the time is over", "run the same command again"
            raise InputError(f"study {ledger.name}", rule, got="another process, which still decides", hint=hint)


def _require_finalists(trials: Trials, folder: Path) -> None:
    if not trials.complete:
        found = f"none in {len(trials.records)} trials"
        hint = f"search on with: nas search {folder}"
        raise InputError(
            f"study {trials.ledger.name}", "must have a complete trial to be finished", got=found, hint=hint
        )


def _models(folder: Path) -> ModelFolder:
    return ModelFolder(folder / "models")


def _searching(problem: Problem, judge: Judge) -> str:
    """Return which metric the study judges by, why if the labels have decided it, and what follows."""
    finals, minutes = problem.recipe.finals, problem.study.minutes
    best, most = counted(finals.finalists, "best candidate"), ""
    if minutes is not None:
        most = ", as far as the time allows"
    return (
        f"searching for the best {metric_title(judge.metric)}{_balance(problem)}; "
        f"the finals then cross-validate the {best} on {finals.final_folds} folds{most}"
    )


def _balance(problem: Problem) -> str:
    if problem.study.metric != AUTO or problem.splits.task != CLASSES:
        return ""
    counts = np.bincount(problem.splits.train.y)
    if not is_unbalanced(counts):
        return ""
    ratio = counts.max() / counts[counts > 0].min()
    weighed = ", and all classes count the same in training" if problem.recipe.training.class_weights else ""
    return f" (the most frequent class has {ratio:.1f} times the rows of the rarest{weighed})"


def _tags(problem: Problem, judge: Judge) -> dict[str, str]:
    splits = problem.splits
    return {
        **study_tags(problem.study, judge.metric),
        "data": splits.source,
        "data_digest": splits.digest[:12],
        "target": problem.target.name,
    }
