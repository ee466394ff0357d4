"""Logs studies again whose runs are missing in the store of their folder."""

from collections.abc import Callable, Sequence
from pathlib import Path

from nas.api.archives import exported_result
from nas.api.results import artifacts, report_view
from nas.api.studies import list_studies, open_study
from nas.errors import InputError
from nas.optimizer.run import open_ledger
from nas.optimizer.storage import NoStorageError
from nas.study.archive_file import has_archive, load_archive
from nas.text import shortened
from nas.tracking import open_tracker, study_tags, untracked


def tracked_here(root: Path) -> list[str]:
    """Return the names of the studies below `root` whose runs belong into the store there."""
    names = []
    for name in list_studies(root):
        try:
            study, _ = open_study(name, root)
        except InputError:  # its definition is damaged; whoever opens it is told
            continue
        if study.tracking_uri is None:
            names.append(name)
    return names


def log_untracked(names: Sequence[str], root: Path, tell: Callable[[str], None]) -> None:
    """Log those studies again that have no run in the store of their folder.

    Args:
        names: of studies in the folder.
        root: folder of studies.
        tell: called with a line for each study that is logged, for each that cannot be, and for those without trials.
    """
    without = []
    for name in untracked(names, root, tell) if names else ():
        try:
            trials = _log(name, root, tell)
        except NoStorageError:
            without.append(name)
        except InputError as error:
            tell(f"{name} cannot be shown: {error}")
        else:
            tell(f"{name} had no runs in MLflow; its {trials} trials are logged now")
    if without:
        tell(f"not shown, since their trials are not here: {shortened(without, 3)}; `nas studies` lists their results")


def _log(name: str, root: Path, tell: Callable[[str], None]) -> int:
    """Log a study as its searches have stored it; return how many trials it has."""
    study, folder = open_study(name, root)
    ledger = open_ledger(study, folder, begin=False)
    records, result = ledger.records(), exported_result(folder, ledger)
    metric = records[0].metric if records else study.metric
    tracker = open_tracker(None, study=name, folder=root, tags=study_tags(study, metric), warn=tell)
    for record in records:
        tracker.log(record, folder / "models" / f"{record.trial}.tflite")
    tracker.counts(result.states)
    if result.winner is not None and has_archive(folder):
        tracker.finish(result, artifacts(report_view(study, load_archive(folder), result, ledger)))
    tracker.close()
    return len(records)
