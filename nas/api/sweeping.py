"""A sweep: many studies, one after the other on the same workers, with one table and one page at the end."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nas.api import STUDIES
from nas.api.outcome import Outcome, load_result
from nas.api.progress import Progress
from nas.api.search import search
from nas.api.studies import as_begun, open_study
from nas.errors import InputError
from nas.files import write_atomic
from nas.keywords import explains_keywords
from nas.optimizer.observer import Observer
from nas.optimizer.run import has_ended, open_ledger
from nas.reports.sweep import render
from nas.study.changes import differences
from nas.study.study import Study
from nas.study.sweep import read_sweep
from nas.text import document

if TYPE_CHECKING:
    from nas.data.tables.reading import Frame

PAGE, RESULTS = "sweep.html", "sweep.json"


@dataclass(frozen=True, slots=True)
class SweepStudy:
    """One study of a sweep.

    Attributes:
        name: of the study.
        settings: the values that are its own.
        outcome: what it has found; None if it could not be searched, and `error` says why.
    """

    name: str
    settings: Mapping[str, Any]
    outcome: Outcome | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class SweepOutcome:
    """What a sweep has found.

    Attributes:
        name: of the sweep.
        folder: that holds its studies, `sweep.html` and `sweep.json`.
        studies: in the order of the grid.
    """

    name: str
    folder: str
    studies: tuple[SweepStudy, ...]

    def __repr__(self) -> str:
        failed = sum(study.outcome is None for study in self.studies)
        return f"<nas.SweepOutcome: {self.name}, {len(self.studies)} studies, {failed} failed, folder {self.folder}>"

    def to_json(self) -> dict[str, Any]:
        """Return `studies`, each as `nas search --json` gives it and with its `settings`, and `failed` with reasons."""
        found = [(study, study.outcome) for study in self.studies]
        return {
            "sweep": self.name,
            "folder": self.folder,
            "page": f"{self.folder}/{PAGE}",
            "studies": [
                {**outcome.to_contract(f"{outcome.folder}/best/model.tflite"), "settings": dict(study.settings)}
                for study, outcome in found
                if outcome is not None
            ],
            "failed": [
                {"study": study.name, "settings": dict(study.settings), "reason": study.error}
                for study, outcome in found
                if outcome is None
            ],
        }

    def frame(self) -> "Frame":
        """Return a pandas DataFrame, one row a study: its settings, and its winner's scores and costs."""
        from nas.data.tables.reading import to_frame

        return to_frame([_row(study) for study in self.studies])


@explains_keywords
def sweep(file: Path | str, root: Path | str = STUDIES, *, progress: bool = True) -> SweepOutcome:
    """Search the studies of a sweep, one after the other; the same call goes on with a sweep that was interrupted.

    A study that has its winner is not searched again, unless its limits are others now. One that fails, because
    nothing fits its budget for example, does not end the sweep.

    Args:
        file: the sweep's TOML file.
        root: folder of studies; those of this sweep are below `root/<name of the sweep>`.
        progress: whether to show progress on standard error.

    Raises:
        InputError: the file or one of its studies is wrong.
        KeyboardInterrupt: as raised by Ctrl-C; everything finished is kept.
    """
    defined = read_sweep(Path(file))
    folder, found = Path(root) / defined.name, list[SweepStudy]()
    for number, (settings, study) in enumerate(defined.studies, 1):
        title = f"nas sweep {defined.name}: study {number} of {len(defined.studies)}, {study.name}"
        try:
            outcome = _finished(study, folder) or _search(study, folder, title if progress else None)
            found.append(SweepStudy(study.name, settings, outcome))
        except InputError as error:
            found.append(SweepStudy(study.name, settings, error=str(error)))
        done = SweepOutcome(defined.name, str(folder), tuple(found))
        write_atomic(folder / RESULTS, document(done.to_json()))
        write_atomic(folder / PAGE, render(defined.name, [(s.name, s.settings, s.outcome, s.error) for s in found]))
    return done


def _finished(study: Study, folder: Path) -> Outcome | None:
    """Return what a study has found that has come to its end by the same limits; None for any other."""
    if not (folder / study.name / "results.json").is_file():
        return None
    earlier, place = open_study(study.name, folder)
    if (earlier.trials, earlier.minutes, earlier.patience) != (study.trials, study.minutes, study.patience):
        return None
    if differences(earlier.definition(), as_begun(study, folder).definition()):
        return None
    if not has_ended(study, open_ledger(earlier, place, begin=False)):
        return None
    outcome = load_result(study.name, folder)
    return None if outcome.winner is None else outcome


def _search(study: Study, folder: Path, title: str | None) -> Outcome:
    if title is None:
        return search(study, folder, Observer())
    with Progress(title, study.trials) as shown:
        return search(study, folder, shown)


def _row(study: SweepStudy) -> dict[str, Any]:
    row: dict[str, Any] = {"study": study.name, **study.settings, "error": study.error}
    if study.outcome is None or (winner := study.outcome.winner) is None:
        return row
    facts = winner.record.profiled or {}
    tested = winner.tested.metrics[winner.metric].value if winner.tested else None
    row |= {"trials": study.outcome.trials, "metric": winner.metric, "val_score": winner.record.val_score}
    costs = {key: facts.get(key) for key in ("weights_bytes", "arena_min_bytes", "flash_bytes", "macs")}
    return {**row, "test_score": tested, **costs}
