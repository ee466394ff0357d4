"""Archives of trained models, made from a run or from a study's files."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from nas.data.dataset import Part
from nas.data.prepared import prepare
from nas.errors import InputError
from nas.optimizer.problem import Problem
from nas.space.architecture import Architecture
from nas.study.archive import Archive, Quantization
from nas.study.record import Record, State
from nas.study.result import Trained
from nas.target.footprint import Footprint
from nas.target.profiler import profile
from nas.target.target import Target


def winner_archive(problem: Problem, winner: Trained, tflite: bytes, footprint: Footprint) -> Archive:
    """Return the archive of a run's winner; `footprint` is of `tflite` on the run's target."""
    study, splits = problem.study, problem.splits
    inputs, outputs = _quantizations(tflite)
    return Archive(
        name=study.name,
        tflite=tflite,
        trained=winner,
        footprint=footprint.to_json(),
        class_names=splits.class_names,
        scaling=prepare(splits, Architecture.from_json(winner.record.architecture).front_end).scaling,
        input=inputs,
        output=outputs,
        command=study.command(),
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
    )


def trial_archive(archive: Archive, records: Sequence[Record], trial: int, tflite: Path, target: Target) -> Archive:
    """Return the archive of another complete trial of the winner's study, which was not evaluated on the test set.

    Args:
        archive: the archive of the winner.
        records: the records of all trials.
        trial: number of the trial.
        tflite: path of the trial's model.
        target: the study's target.

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


def _size(part: Part) -> dict[str, int | None]:
    groups = None if part.groups is None else len(set(part.groups.tolist()))
    return {"rows": len(part), "groups": groups}


def _quantizations(tflite: bytes) -> tuple[Quantization, Quantization]:
    """Return how a model's input and output are quantized."""
    from nas.model.deploy.int8_model import Int8Model

    model = Int8Model(tflite)
    return Quantization(*model.input_quantization), Quantization(*model.output_quantization)
