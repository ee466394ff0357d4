"""Verbs of studies."""

import dataclasses
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nas.api import STUDIES
from nas.api.data import load_data
from nas.data.prepared import prepare
from nas.data.splits import Splits
from nas.errors import InputError, unknown
from nas.exporters.format import write, write_best
from nas.files import write_atomic
from nas.optimizer.observer import Observer
from nas.optimizer.problem import Problem
from nas.optimizer.run import open_ledger, run, stored_result
from nas.optimizer.samplers.sampler import SAMPLERS
from nas.reports import ReportView, write_report
from nas.space.architecture import Architecture
from nas.space.file import load_space
from nas.study.archive import Archive, Quantization
from nas.study.archive_file import load_archive, save_archive
from nas.study.feasibility import require_feasible, require_latency
from nas.study.record import Record, State
from nas.study.result import Result, Trained
from nas.study.study import Study, make_study, read_study
from nas.target.profiler import profile
from nas.target.target import Target, find_target
from nas.text import document
from nas.tracking import find_address


def search(study: Study, root: Path = STUDIES, observer: Observer | None = None) -> Result:
    """Run a study, or go on with it, until its limits are reached; write its results and its winner.

    Args:
        study: the definition.
        root: folder of studies; this one's is `root/<name>`.
        observer: hears of the search as it goes.

    Returns:
        The outcome over all runs of the study.

    Raises:
        InputError: the definition, the data or the budget are wrong, nothing fits, or another definition has
            been run under the same name.
        KeyboardInterrupt: as raised by Ctrl-C; everything finished is kept, and the same call goes on.
    """
    started = time.monotonic()
    observer = observer or Observer()
    space = dataclasses.replace(load_space(study.space), softmax=study.output == "probabilities")
    target = find_target(study.target)
    folder = root / study.name
    # What is wrong is said before anything is written.
    SAMPLERS.find(study.sampler, "--sampler")
    find_address(study.tracking_uri, root)
    observer.phase(f"reading data: {study.data}")
    splits = load_data(study)
    shape, outputs = splits.input_shape, len(splits.class_names)
    if "latency" in study.objective:
        require_latency(space, shape, outputs, target)
    require_feasible(space, shape, outputs, target, study.budget(target), study.seed)
    with run(Problem(study, space, target, splits), folder, observer, started) as ended:
        result = ended.result()
        write_atomic(folder / "results.json", document(result.to_json()))
        if result.winner is None:
            raise InputError(
                f"study {study.name}",
                "some candidate must have been trained",
                got=f"none in {result.trials} trials",
                hint="give it more trials or minutes",
            )
        observer.phase("writing results")
        archive = _archive(study, splits, target, ended.winner_tflite(), result.winner)
        save_archive(archive, folder)
        write_best(folder, archive)
        report(str(folder))
        ended.tracker.finish(result, folder / "best")
    return result


def list_studies(root: Path = STUDIES) -> list[str]:
    """Return the names of the studies below `root`."""
    return sorted(path.parent.name for path in root.glob("*/study.toml"))


def define_study(settings: Mapping[str, Any], base: str | None = None, root: Path = STUDIES) -> Study:
    """Return the study with these settings, or with these changes of one that is there.

    Args:
        settings: fields of `Study` by name; under `recipe`, settings of the recipe by name, whatever their table.
        base: path of a `study.toml`, or name or folder of a study, whose other settings are kept.
        root: folder of studies.

    Raises:
        InputError: there is no such study, or a setting is unknown or wrong.
    """
    if base is None:
        return make_study(settings, "nas search")
    path = Path(base) if Path(base).exists() else root / base
    fields = read_study(path)
    recipe = settings.get("recipe", {})
    if recipe and isinstance(fields.setdefault("recipe", {}), dict):
        fields["recipe"] |= recipe
    return make_study({**fields, **{k: v for k, v in settings.items() if k != "recipe"}}, base)


def open_study(name: str, root: Path = STUDIES) -> tuple[Study, Path]:
    """Return the definition and the folder of a study, given its name or its folder; InputError if there is none."""
    folder = Path(name) if (Path(name) / "study.toml").is_file() else root / name
    if (folder / "study.toml").is_file():
        return make_study(read_study(folder), f"{folder}/study.toml"), folder
    if names := list_studies(root):
        raise unknown(f"{root}/", "study", name, names)
    raise InputError(f"{root}/", "must hold a study", hint="run `nas search` first")


def export(
    name: str, out: Path | None = None, formats: Sequence[str] = (), trial: int | None = None, root: Path = STUDIES
) -> list[Path]:
    """Write a study's winner, or the candidate of another trial, as files.

    Args:
        name: the study's name or folder.
        out: folder to write into; by default the study's `best/`, or `trial-<n>/`.
        formats: names from `nas.exporters.format.FORMATS`; all of them if empty.
        trial: number of a complete trial; None for the winner.
        root: folder of studies.

    Returns:
        The files written.

    Raises:
        InputError: no such study, no winner yet, no such complete trial, or an unknown format.
    """
    study, folder = open_study(name, root)
    archive = load_archive(folder)
    if trial is not None:
        records = open_ledger(study, folder).records()
        archive = _of_trial(archive, records, trial, folder / "models" / f"{trial}.tflite", find_target(study.target))
    return write(out or folder / ("best" if trial is None else f"trial-{trial}"), archive, formats)


def report(name: str, root: Path = STUDIES) -> Path:
    """Write a study's HTML report anew and return its path; InputError if the study has no winner yet."""
    study, folder = open_study(name, root)
    return write_report(report_view(study, folder), folder / "report.html")


def report_view(study: Study, folder: Path) -> ReportView:
    """Gather what a report shows from a study's folder and storage."""
    archive = load_archive(folder)
    ledger = open_ledger(study, folder)
    target = find_target(study.target)
    return ReportView(
        result=stored_result(folder, ledger),
        definition=(folder / "study.toml").read_text(),
        records=tuple(ledger.records()),
        class_names=archive.class_names,
        importances=ledger.importances(),
        footprint=profile(archive.tflite, target),
        command=archive.command,
        limits=study.budget(target).limits(),
    )


def _archive(study: Study, splits: Splits, target: Target, tflite: bytes, winner: Trained) -> Archive:
    inputs, outputs = _quantizations(tflite)
    parts = {
        name: {"rows": len(part), "groups": None if part.groups is None else len(set(part.groups.tolist()))}
        for name, part in splits.parts().items()
    }
    return Archive(
        name=study.name,
        tflite=tflite,
        trained=winner,
        footprint=profile(tflite, target).to_json(),
        class_names=splits.class_names,
        scaling=prepare(splits, Architecture.from_json(winner.record.architecture).front_end).scaling,
        input=inputs,
        output=outputs,
        command=study.command(),
        recipe=study.recipe,
        channel_names=splits.channel_names,
        sample_rate_hz=splits.sample_rate_hz,
        units_scale=splits.units_scale,
        data={"source": Path(splits.source).name, "digest": splits.digest, "parts": parts},
        budget=study.budget(target).limits(),
    )


def _of_trial(archive: Archive, records: Sequence[Record], trial: int, tflite: Path, target: Target) -> Archive:
    """Return the archive of another complete trial of the winner's study; it has not met the test set.

    Raises:
        InputError: there is no such complete trial.
    """
    record = next((r for r in records if r.trial == trial and r.state == State.COMPLETE), None)
    if record is None or not tflite.is_file():
        raise InputError("--trial", "must be a complete trial of the study", got=trial, hint="see its report")
    content = tflite.read_bytes()
    inputs, outputs = _quantizations(content)
    return dataclasses.replace(
        archive,
        tflite=content,
        trained=Trained(record),
        footprint=profile(content, target).to_json(),
        input=inputs,
        output=outputs,
    )


def _quantizations(tflite: bytes) -> tuple[Quantization, Quantization]:
    """Return how a model's input and output are quantized."""
    from nas.model.deploy.int8_model import Int8Model

    model = Int8Model(tflite)
    return Quantization(*model.input_quantization), Quantization(*model.output_quantization)
