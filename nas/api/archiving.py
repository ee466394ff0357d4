"""Archives as files: one `.nas.zip` for a model with everything that belongs to it."""

from pathlib import Path

from nas.api import STUDIES
from nas.api.archive_contents import study_contents
from nas.api.results import chosen_archive, stored_view
from nas.api.studies import open_study
from nas.api.training_archive import is_training, write_training_archive
from nas.errors import InputError
from nas.keywords import explains_keywords
from nas.reports.view import ReportView
from nas.study import archive_zip
from nas.study.archive_zip import ArchiveFile
from nas.study.manifest import SUFFIX
from nas.study.study import Study


@explains_keywords
def archive(
    source: str | Path, *, out: Path | str | None = None, trial: int | None = None, root: Path | str = STUDIES
) -> Path:
    """Write the archive of a study's winner, of another trial of it, or of a training, and return its path.

    It holds the specification, the space, the architecture, the float weights, the `.tflite`, its profile, scores,
    learning curves, pictures, versions, and the digest of each; no path or name of this machine.

    Args:
        source: name or folder of a study, or folder of a training.
        out: the file, whose name ends in `.nas.zip`; by default `best/<name>.nas.zip` in the study's folder,
            `archives/<name>-trial-<n>.nas.zip` for a trial, and `<name>.nas.zip` in a training's folder.
        trial: number of a complete trial, whose own model is archived, as the search trained it; None for the winner.
        root: folder of studies.

    Raises:
        InputError: there is no such study, trial or training, it has no winner or model yet, or the file cannot be
            written.
    """
    path = None if out is None else Path(out)
    if path is not None and not path.name.endswith(SUFFIX):
        raise InputError(path, f"the name of an archive must end in {SUFFIX}", hint=f"such as {path.stem}{SUFFIX}")
    if is_training(Path(source)):
        if trial is not None:
            raise InputError("--trial", "must be left out for a training, which has one model", got=trial)
        return write_training_archive(Path(source), path)
    study, folder = open_study(str(source), root)
    return write_study_archive(study, folder, trial, path)


@explains_keywords
def archive_front(source: str | Path, *, out: Path | str | None = None, root: Path | str = STUDIES) -> list[Path]:
    """Write an archive for each member of a study's Pareto front, the cheapest first, and return their paths.

    Args:
        source: name or folder of a study.
        out: folder to write into; by default `archives/` in the study's folder.
        root: folder of studies.

    Raises:
        InputError: as `archive` does.
    """
    study, folder = open_study(str(source), root)
    view = stored_view(study, folder)
    into = folder / "archives" if out is None else Path(out)
    return [
        write_study_archive(study, folder, record.trial, into / trial_file(study, record.trial), view)
        for record in view.result.front
    ]


@explains_keywords
def open_archive(file: str | Path) -> ArchiveFile:
    """Read an archive and check every byte of it.

    Nothing is written, nothing of it is unpickled, and no code in it is run.

    Args:
        file: path of a `.nas.zip`.

    Raises:
        InputError: in one line that names the member: the file is no archive, is damaged or cut off, was changed, could
            write outside a folder or fill the memory when unpacked, or is of a later format.
    """
    return archive_zip.read_archive(Path(file))


@explains_keywords
def extract_archive(file: str | Path, folder: str | Path) -> list[Path]:
    """Write the members of an archive as files, all or none, and return their paths.

    Args:
        file: path of a `.nas.zip`.
        folder: a new or empty folder.

    Raises:
        InputError: as `open_archive` does; or the folder holds something, or cannot be written.
    """
    return archive_zip.extract(open_archive(file), Path(folder))


def write_study_archive(
    study: Study, folder: Path, trial: int | None = None, out: Path | None = None, view: ReportView | None = None
) -> Path:
    """Write the archive of a study's winner or of a trial; see `archive`.

    Args:
        study: the definition.
        folder: the study's folder.
        trial: number of a complete trial; None for the winner.
        out: the file; None for its place in the study's folder.
        view: what the study's report shows; None to gather it.
    """
    path = out or (
        folder / "best" / f"{study.name}{SUFFIX}" if trial is None else folder / "archives" / trial_file(study, trial)
    )
    chosen = chosen_archive(study, folder, trial)
    return archive_zip.write_archive(path, study_contents(study, chosen, view or stored_view(study, folder)))


def trial_file(study: Study, trial: int) -> str:
    """Return the name of the archive of a trial."""
    return f"{study.name}-trial-{trial}{SUFFIX}"
