"""What a study has found, as files: exports and the report."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nas.api import STUDIES
from nas.api.archives import exported_result, opened_archive, trial_archive, winner_archive
from nas.api.device_archive import FORMATS as DEVICE_FORMATS
from nas.api.device_archive import device_archive, target_of
from nas.api.loading import archived_model, load
from nas.api.model import Model
from nas.api.smallest import smallest, write_smallest
from nas.api.studies import open_study, refuse_file
from nas.api.training_archive import is_training
from nas.errors import InputError
from nas.exporters.format import FORMATS, ON_REQUEST, Destination, write
from nas.exporters.parameters import with_parameters
from nas.keywords import explains_keywords
from nas.optimizer.ledger import Ledger
from nas.optimizer.run import open_ledger
from nas.reports.files import figure_files, standalone
from nas.reports.fronts import against_weights
from nas.reports.page import write_report
from nas.reports.view import ReportView
from nas.study.archive import Archive
from nas.study.archive_file import has_archive, load_archive
from nas.study.archive_zip import read_archive
from nas.study.manifest import FACTS, SUFFIX
from nas.study.model_spec import read_model_spec
from nas.study.objectives import OBJECTIVES
from nas.study.record import Record
from nas.study.repeat import commands, note
from nas.study.result import Result
from nas.study.study import Study
from nas.target.profiler import profile
from nas.target.side_by_side import side_by_side
from nas.text import counted, shortened

# A message lists at most this many trials.
MOST_LISTED = 10


@explains_keywords
def export(
    name: str | Path | Result,
    out: Path | str | Destination | None = None,
    formats: Sequence[str] | str = (),
    trial: int | None = None,
    root: Path | str = STUDIES,
    *,
    bare: bool = False,
    parameters: Mapping[str, Any] | None = None,
) -> list[Path]:
    """Write a study's winner, the candidate of another trial, or any int8 model as files.

    Args:
        name: the study's name or folder, what `nas.search` returned, the folder of a training, or the path of a
            `.nas.zip` or `.tflite`.
        out: folder to write into, or a `Destination`, which also names C symbols and files; by default the study's
            `best/`, or `trial-<n>/`; the `firmware/` of a training; for a file, a folder of its name here.
        formats: names from `nas.exporters.format.FORMATS`, or one; all but the projects and `c` if empty. Of a
            model that no study has found: the model, its C sources, the next steps, and the float model if it is known.
        trial: number of a complete trial, whose own model is written, as the search trained it; None for the winner.
        root: folder of studies.
        bare: whether the model carries no parameters in its metadata. With the format tflite alone, a `.tflite` keeps
            those that it carries, and no others are added. Otherwise it has class names, scaling, rate and
            length of windows, arena size, and the SHA-256 of the file without them, unless they would exceed the flash.
        parameters: more parameters, such as a version and a date; see `nas.set_params`.

    Returns:
        The files written.

    Raises:
        InputError: no such study, no winner yet and no trial named, no such complete trial, a damaged archive, an
            unknown format, or a parameter that cannot be stored.
    """
    if bare and parameters:
        raise InputError("--bare", "leaves out all parameters", got=f"--set {next(iter(parameters))}")
    name, root = name.folder if isinstance(name, Result) else str(name), Path(root)
    to = out if isinstance(out, Destination) else Destination(None if out is None else Path(out))
    formats = (formats,) if isinstance(formats, str) else formats
    if name.endswith(".tflite") and trial is None and tuple(formats) == ("tflite",):
        path = Path(name)
        return [write_smallest(path, to.folder or Path(path.stem), bare=bare, parameters=parameters)]
    archive, folder = exported(name, trial, root)
    if archive.trained is None:
        formats = _device_formats(formats)
    to = replace(to, folder=to.folder or folder)
    return write(to, archive if bare else with_parameters(archive, parameters), formats)


def exported(name: str, trial: int | None, root: Path) -> tuple[Archive, Path]:
    """Return what is exported, and the folder that it goes to by default."""
    path, is_study = Path(name), (root / name / "study.toml").is_file()
    if trial is not None and name.endswith((SUFFIX, ".tflite")):
        raise InputError("--trial", "must be left out for a file, which holds one model", got=trial)
    if name.endswith(SUFFIX):
        file = read_archive(path)
        archive = (
            opened_archive(file) if FACTS in file.members else device_archive(archived_model(file), target_of(file))
        )
        return archive, Path(path.name.removesuffix(SUFFIX))
    if path.suffix == ".tflite":
        return device_archive(_as_small_as_ours(load(path))), Path(path.stem)
    # A study comes before a folder of the same name here, which may be its own export.
    if not is_study and is_training(path):
        return device_archive(load(path), read_model_spec(path).target.name), path / "firmware"
    refuse_file(name, root, "the name or folder of a study, the folder of a training, a .nas.zip or a .tflite file")
    study, folder = open_study(name, root)
    return chosen_archive(study, folder, trial), folder / ("best" if trial is None else f"trial-{trial}")


def _as_small_as_ours(model: Model) -> Model:
    """Return a model with the smallest file; one that carries our parameters is ours, and stays byte by byte."""
    from nas.model.deploy.params.metadata import entry_of

    if model.tflite is None or entry_of(model.tflite) is not None:
        return model
    return replace(model, tflite=smallest(model.tflite, model.origin))


def _device_formats(formats: Sequence[str]) -> Sequence[str]:
    """Return the formats to write of a model that no study has made."""
    for one in formats:
        if one in FORMATS and one not in DEVICE_FORMATS:
            rule = f"must be one of {', '.join(DEVICE_FORMATS)} for a model that no study has found"
            raise InputError("--format", rule, got=one)
    return formats or tuple(one for one in DEVICE_FORMATS if one not in ON_REQUEST)


def chosen_archive(study: Study, folder: Path, trial: int | None) -> Archive:
    """Return the archive of a study's winner, or of a complete trial; InputError if there is none."""
    if trial is None and has_archive(folder):
        return winner_archive(study, folder)
    complete = _complete(study, folder)
    if trial is None:
        raise _no_winner(folder, complete)
    if trial not in complete:
        raise InputError("--trial", "must be a complete trial of the study", got=trial, hint=_listed(complete))
    return trial_archive(study, folder, complete[trial])


def _complete(study: Study, folder: Path) -> dict[int, Record]:
    """Return the records of the complete trials by number, the best first."""
    records = open_ledger(study, folder, begin=False).records()
    return {record.trial: record for record in OBJECTIVES[study.objective].ranked(records)}


def _no_winner(folder: Path, complete: Mapping[int, Record]) -> InputError:
    hint = f"search on with: nas search {folder}"
    if complete:
        hint = (
            f"run the finals now: nas search {folder} --finish; or export a trial as the search trained it, such as "
            f"the best: nas export {folder} --trial {next(iter(complete))}"
        )
    return InputError(folder, "must hold a winner", got=counted(len(complete), "complete trial"), hint=hint)


def _listed(complete: Mapping[int, Record]) -> str:
    """Return the numbers of some complete trials, the best first."""
    return f"complete, the best first: {shortened(complete, MOST_LISTED)}" if complete else "none is yet"


@explains_keywords
def report(name: str, root: Path = STUDIES) -> Path:
    """Write a study's HTML report again and return its path; without a winner yet, it is a partial report."""
    study, folder = open_study(name, root)
    return write_report(stored_view(study, folder), folder / "report.html")


def stored_view(study: Study, folder: Path) -> ReportView:
    """Return what a report shows of a study that is not running."""
    ledger = open_ledger(study, folder, begin=False)
    archive = load_archive(folder) if has_archive(folder) else None
    return report_view(study, archive, exported_result(folder, ledger), ledger)


def report_view(study: Study, archive: Archive | None, result: Result, ledger: Ledger) -> ReportView:
    """Return what a report of a study shows.

    Args:
        study: the study's definition.
        archive: the winner; None if the study has none yet, which makes the report a partial one.
        result: the study's outcome.
        ledger: the study's trials.
    """
    target = study.board()
    model = with_parameters(archive).tflite if archive else None
    return ReportView(
        result=result if archive else replace(result, winner=None),
        definition=(Path(result.folder) / "study.toml").read_text(),
        records=tuple(ledger.records()),
        class_names=archive.class_names if archive else (),
        importances=ledger.importances(),
        footprint=profile(model, target) if model else None,
        runtimes=side_by_side(model, target) if model else (),
        command=commands(study, result),
        command_note=note(study, result),
        channel_names=archive.channel_names if archive else (),
        inputs_are=archive.inputs_are if archive else "rows",
        limits=study.budget(target).limits(),
        trial_limit=study.trials,
    )


def artifacts(view: ReportView) -> dict[str, Path | str]:
    """Return what is kept of a study in MLflow, by path: its report, its figures, and the files of its winner."""
    folder = Path(view.result.folder)
    figures: dict[str, Path | str] = {f"figures/{name}": svg for name, svg in figure_files(view).items()}
    return {**_first_figure(view), "report.html": folder / "report.html", **figures, "best": folder / "best"}


def _first_figure(view: ReportView) -> dict[str, str]:
    """Return the chart that stands first among the artifacts, which MLflow lists by name."""
    if not view.complete():
        return {}
    what = "accuracy_" if view.records[0].metric == "accuracy" else ""
    return {f"{what}against_weights.svg": standalone(against_weights(view))}
