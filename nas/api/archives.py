"""Archives of trained models, made from a run or from a study's files."""

import dataclasses
from pathlib import Path

import numpy as np

from nas.api.problems import load_problem
from nas.data.dataset import Part
from nas.data.prepared import prepare
from nas.errors import InputError
from nas.optimizer.problem import Problem
from nas.space.architecture import Architecture
from nas.study.archive import Archive, Example, Quantization
from nas.study.archive_file import has_archive, load_archive
from nas.study.record import Record
from nas.study.repeat import commands, note
from nas.study.result import Result, Trained
from nas.study.study import Study
from nas.target.profiler import profile
from nas.target.target import find_target


def make_archive(problem: Problem, trained: Trained, tflite: bytes, result: Result | None = None) -> Archive:
    """Return the archive of a model of a study: its winner, or another trained candidate.

    Args:
        problem: the study, and what its definition names.
        trained: how the model was trained.
        tflite: the model.
        result: the study's outcome, whose commands repeat it; None for a study without one.
    """
    study, splits = problem.study, problem.splits
    inputs, outputs, example = _measured(tflite)
    return Archive(
        name=study.name,
        tflite=tflite,
        trained=trained,
        footprint=profile(tflite, problem.target).to_json(),
        class_names=splits.class_names,
        scaling=prepare(splits, Architecture.from_json(trained.record.architecture).front_end).scaling,
        input=inputs,
        output=outputs,
        command=study.command() if result is None else commands(study, result),
        command_note="" if result is None else note(study, result),
        recipe=study.recipe,
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
    )


def trial_archive(study: Study, folder: Path, record: Record) -> Archive:
    """Return the archive of a complete trial's own model, which was not evaluated on the test set.

    What all models of the study have in common comes from its winner's archive, or, as long as there is no winner, from
    the study's data.

    Args:
        study: the study's definition.
        folder: the study's folder.
        record: of the trial.

    Raises:
        InputError: the trial's model is gone, or there is no winner yet and the data cannot be read.
    """
    model = folder / "models" / f"{record.trial}.tflite"
    if not model.is_file():
        raise InputError(model, "must be there: it is the model of the trial", hint="restore the study's folder")
    tflite = model.read_bytes()
    if not has_archive(folder):
        return make_archive(load_problem(study), Trained(record), tflite)
    inputs, outputs, example = _measured(tflite)
    return dataclasses.replace(
        load_archive(folder),
        tflite=tflite,
        trained=Trained(record),
        footprint=profile(tflite, find_target(study.target)).to_json(),
        input=inputs,
        output=outputs,
        example=example,
    )


def _size(part: Part) -> dict[str, int | None]:
    groups = None if part.groups is None else len(set(part.groups.tolist()))
    return {"rows": len(part), "groups": groups}


def _measured(tflite: bytes) -> tuple[Quantization, Quantization, Example]:
    """Return how a model's input and output are quantized, and an example of both."""
    from nas.model.deploy.tflite_model import TfliteModel

    model = TfliteModel(tflite)
    noise = np.random.default_rng(0).standard_normal((1, *model.row_shape)).astype(np.float32)
    example = model.quantize(noise)
    answer = Example(tuple(example.ravel().tolist()), tuple(model.run(example)[0].tolist()))
    return Quantization(*model.input_quantization), Quantization(*model.output_quantization), answer
