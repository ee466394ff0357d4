"""Archives of trained models, made from a run or from a study's files."""

import dataclasses
import os
from pathlib import Path
from typing import Any

import numpy as np

from nas.api.data import data_of
from nas.api.problems import load_problem
from nas.codec import Place
from nas.data.dataset import Part
from nas.data.prepared import Scaling, scaling_of
from nas.errors import InputError
from nas.exporters.parameters import with_parameters
from nas.optimizer.ledger import Ledger
from nas.optimizer.models import ModelFolder
from nas.optimizer.problem import Problem
from nas.optimizer.run import stored_result
from nas.optimizer.teachers import winner_soft_labels
from nas.space.architecture import Architecture
from nas.study.archive import Archive, Example, ModelFiles, Origin, Quantization
from nas.study.archive_file import archive_of, has_archive, load_archive, spec_of
from nas.study.archive_zip import ArchiveFile
from nas.study.model_spec import FILE
from nas.study.model_spec_tables import TargetTable
from nas.study.record import Record
from nas.study.repeat import commands, note
from nas.study.result import Result, Trained
from nas.study.study import Study
from nas.target.front_end import behind_front_end
from nas.target.profiler import profile
from nas.target.target import Target
from nas.task.documents import from_document, to_document
from nas.task.task import Task


def make_archive(
    problem: Problem,
    trained: Trained,
    files: ModelFiles,
    result: Result | None = None,
    earlier: Archive | None = None,
) -> Archive:
    """Return the archive of a model of a study: its winner, or another trained candidate.

    Args:
        problem: the study, and what its definition names.
        trained: how the model was trained.
        files: the model.
        result: the study's outcome, whose commands repeat it; None for a study without one.
        earlier: of the study, as an earlier run left it; if its model is the same one, so is its Keras file.
    """
    study, splits = problem.study, problem.splits
    inputs, outputs, example = measured(files.tflite)
    learned = trained.epochs is not None and trained.teachers
    return Archive(
        name=study.name,
        tflite=files.tflite,
        trained=_without_hosts(trained),
        footprint=_footprint(files.tflite, trained.record, problem.target),
        class_names=splits.class_names,
        scaling=scaling_of(splits, Architecture.from_json(trained.record.architecture).front_end),
        input=inputs,
        output=outputs,
        command=study.command() if result is None else commands(study, result),
        command_note="" if result is None else note(study, result),
        recipe=problem.recipe,
        channel_names=splits.channel_names,
        sample_rate_hz=splits.sample_rate_hz,
        units_scale=splits.units_scale,
        data={
            "source": Path(splits.source).name,
            "digest": splits.digest,
            "parts": {name: _size(part) for name, part in splits.parts().items()},
        },
        budget=problem.budget.limits(),
        example=example,
        weights=files.weights,
        soft_labels=files.soft_labels if learned else None,
        keras=_keras(trained.record, files.weights, study.name, earlier),
        origin=_origin(study),
        task=_task(trained.record),
        streaming=study.streaming or 0,
    )


def _task(record: Record) -> Task:
    """Return what a record's model answers, as its files tell it: without what only a training needs."""
    return from_document(to_document(Architecture.from_json(record.architecture).task), Place("architecture"))


def _footprint(tflite: bytes, record: Record, target: Target) -> dict[str, Any]:
    """Return the footprint of a candidate's model and its front-end."""
    member = Architecture.from_json(record.architecture)
    return behind_front_end(profile(tflite, target), member, target).to_json()


def _without_hosts(trained: Trained) -> Trained:
    """Return what an archive, which goes to other people, may tell of a training: no machine's name."""
    hand_made = None if trained.hand_made is None else _without_hosts(trained.hand_made)
    return dataclasses.replace(trained, record=dataclasses.replace(trained.record, host=None), hand_made=hand_made)


def trial_archive(study: Study, folder: Path, record: Record) -> Archive:
    """Return the archive of a complete trial's own model, which was not evaluated on the test set.

    What all models of the study have in common comes from its winner's archive, or, as long as there is no winner, from
    the study's data.

    Args:
        study: the study's definition.
        folder: the study's folder.
        record: of the trial.

    Raises:
        InputError: the trial's model is gone; or the data cannot be read, which are needed as long as there is no
            winner, and for another front-end than the winner's.
    """
    model = folder / "models" / f"{record.trial}.tflite"
    if not model.is_file():
        raise InputError(model, "must be there: it is the model of the trial", hint="restore the study's folder")
    tflite, weights_file = model.read_bytes(), model.with_suffix(".npz")
    weights = weights_file.read_bytes() if weights_file.is_file() else None
    if not has_archive(folder):
        return make_archive(load_problem(study), Trained(record), ModelFiles(tflite, weights))
    inputs, outputs, example = measured(tflite)
    winner = load_archive(folder)
    return dataclasses.replace(
        winner,
        tflite=tflite,
        trained=_without_hosts(Trained(record)),
        footprint=_footprint(tflite, record, study.board()),
        scaling=_scaling(study, record, winner),
        input=inputs,
        output=outputs,
        task=_task(record),
        example=example,
        weights=weights,
        soft_labels=None,
        keras=_keras(record, weights, study.name),
        origin=_origin(study),
    )


def _scaling(study: Study, record: Record, winner: Archive) -> Scaling:
    """Return the scaling of a trial's model; its front-end may be another one than the winner's."""
    front_end = Architecture.from_json(record.architecture).front_end
    if front_end == winner.front_end:
        return winner.scaling
    return scaling_of(load_problem(study).splits, front_end)


def winner_archive(study: Study, folder: Path) -> Archive:
    """Return the archive of the winner of the study in a folder, with its float model, which earlier releases left out.

    Raises:
        InputError: the study has no winner yet, or a file is damaged.
    """
    archive = dataclasses.replace(load_archive(folder), origin=_origin(study), streaming=study.streaming or 0)
    if archive.keras is not None:
        return archive
    return dataclasses.replace(archive, keras=_keras(archive.record, archive.weights, archive.name))


def repeatable_archive(study: Study, folder: Path) -> Archive:
    """Return the archive of a study's winner with what it learned from its teachers, which earlier releases left out.

    Raises:
        InputError: the study has no winner yet, a file is damaged, or the data, by which the soft labels of an earlier
            release are put together, cannot be read.
    """
    archive = winner_archive(study, folder)
    if archive.soft_labels is not None or archive.found.epochs is None or not archive.found.teachers:
        return archive
    labels = winner_soft_labels(load_problem(study), ModelFolder(folder / "models"))
    return dataclasses.replace(archive, soft_labels=labels)


def opened_archive(file: ArchiveFile) -> Archive:
    """Return the archive of a model that a file holds, with the data and the target that its specification names.

    Raises:
        InputError: the file holds another kind of model, or its specification is damaged.
    """
    archive = archive_of(file)
    if FILE not in file.members:
        return archive
    spec = spec_of(file)
    choice = spec.data.choice
    archive = dataclasses.replace(archive, streaming=spec.target.streaming)
    return archive if choice is None else dataclasses.replace(archive, origin=Origin(choice, spec.target))


def _origin(study: Study) -> Origin:
    choice = data_of(study)
    # Relative: exported files name no folder of this machine, and are moved together with the data.
    source = os.path.relpath(choice.source) if Path(choice.source).is_absolute() else choice.source
    target = TargetTable(
        study.target, study.budget_kb, study.ram_kb, study.flash_kb, study.runtime, study.streaming or 0
    )
    return Origin(dataclasses.replace(choice, source=source), target)


def _keras(record: Record, weights: bytes | None, name: str, earlier: Archive | None = None) -> bytes | None:
    """Return the float model of a training as the content of a `.keras` file; None without its weights."""
    if weights is None:
        return None
    if earlier is not None and earlier.keras is not None and _is_of(earlier, record, weights, name):
        return earlier.keras
    from nas.model.keras_file import dump_keras  # imports TensorFlow, which takes seconds
    from nas.model.keras_model import architecture_to_keras

    return dump_keras(architecture_to_keras(Architecture.from_json(record.architecture), weights, name))


def _is_of(archive: Archive, record: Record, weights: bytes, name: str) -> bool:
    """Return whether an archive holds the model of a record, with these weights and this name."""
    held = (archive.record.architecture, archive.weights, archive.name)
    return held == (record.architecture, weights, name)


def exported_result(folder: Path, ledger: Ledger) -> Result:
    """Return the outcome of a study that is not running; see `as_exported`."""
    result = stored_result(folder, ledger)
    return as_exported(result, load_archive(folder)) if result.winner and has_archive(folder) else result


def as_exported(result: Result, archive: Archive) -> Result:
    """Return an outcome whose winner costs what its exported files cost: with the parameters that they carry.

    Args:
        result: the outcome.
        archive: of its winner; that of an earlier winner changes nothing.
    """
    winner = result.winner
    if winner is None or winner.record.digest != archive.record.digest:
        return result
    record = dataclasses.replace(winner.record, profiled=with_parameters(archive).record.profiled)
    return dataclasses.replace(result, winner=dataclasses.replace(winner, record=record))


def _size(part: Part) -> dict[str, int | None]:
    groups = None if part.groups is None else len(set(part.groups.tolist()))
    return {"rows": len(part), "groups": groups}


def measured(tflite: bytes) -> tuple[Quantization, Quantization, Example]:
    """Return how a model's input and output are quantized, and an example of both."""
    from nas.model.deploy.tflite_model import TfliteModel

    model = TfliteModel(tflite)
    noise = np.random.default_rng(0).standard_normal((1, *model.row_shape)).astype(np.float32)
    example = model.quantize(noise)
    answer = Example(tuple(example.ravel().tolist()), tuple(model.run(example)[0].tolist()))
    return Quantization(*model.input_quantization), Quantization(*model.output_quantization), answer
