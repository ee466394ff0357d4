"""The files of a training: the float and the int8 model, what describes them, and the learning curves."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nas.api.carried import bare_sha256
from nas.api.training_data import TrainingData
from nas.codec import to_data
from nas.exporters.metadata import describe_front_end
from nas.exporters.on_tflm import tflm_board
from nas.exporters.parameters import DeviceFacts, embed, room_in
from nas.files import write_atomic
from nas.study.archive import Embedded
from nas.study.model_spec import ModelSpec
from nas.study.training_result import TrainedModel
from nas.target.budget import Budget
from nas.target.footprint import Footprint
from nas.target.front_end import with_front_end
from nas.target.profiler import profile
from nas.target.target import Target
from nas.task.documents import to_document
from nas.text import document

KERAS, TFLITE, METADATA, HISTORY, PICTURE = (
    "model.keras",
    "model.tflite",
    "metadata.json",
    "history.json",
    "history.svg",
)


@dataclass(frozen=True, slots=True)
class Deployed:
    """An int8 model on its target.

    Attributes:
        tflite: content of the file.
        footprint: what it costs on the target.
        limits: what it may cost, by name.
        problems: why it may not run there, in words; empty if it does.
        parameters: which parameters it carries in its metadata.
    """

    tflite: bytes
    footprint: Footprint
    limits: Mapping[str, float]
    problems: tuple[str, ...]
    parameters: Embedded


def deployed(spec: ModelSpec, made: TrainedModel, data: TrainingData) -> Deployed:
    """Return the int8 model, with the parameters in its metadata, and its footprint on the specification's target."""
    table, target = spec.target, spec.target.board()
    budget = Budget.of(target, budget_kb=table.budget_kb, ram_kb=table.ram_kb, flash_kb=table.flash_kb)
    tflite = made.tflite
    on_tflm = profile(tflite, tflm_board(target))
    facts = DeviceFacts(
        data.prepared.class_names,
        data.prepared.scaling,
        data.units_scale,
        data.sample_rate_hz,
        next(tensor.shape for tensor in on_tflm.tensors if tensor.kind == "input"),
        on_tflm.ram_bytes,
        made.task,
        data.front_end,
        data.row_shape,
    )
    # Those of an architecture are the ones that a study exports: a winner that is trained again is the same file.
    named = {} if spec.model.architecture else {"name": spec.name, "version": spec.version}
    more = {**named, **spec.parameters}
    tflite, carried = embed(tflite, facts, more, room_in(budget.limits(), _footprint(tflite, data, target).to_json()))
    footprint = _footprint(tflite, data, target)
    return Deployed(tflite, footprint, budget.limits(), budget.problems(footprint), carried)


def _footprint(tflite: bytes, data: TrainingData, target: Target) -> Footprint:
    """Return what a model costs with its front-end."""
    compared = data.prepared.learns.reconstructs
    return with_front_end(profile(tflite, target), data.front_end, data.row_shape, target, compared=compared)


def write_history(folder: Path, history: Mapping[str, tuple[float, ...]], best_epoch: int) -> None:
    """Write the learning curves as JSON, one number for each epoch by name, and as a picture."""
    from nas.reports.history import history_svg

    write_atomic(folder / HISTORY, document({"epochs": history, "best_epoch": best_epoch + 1}))
    write_atomic(folder / PICTURE, history_svg(history, best_epoch))


def write_float_model(folder: Path, keras: bytes, history: Mapping[str, tuple[float, ...]], best_epoch: int) -> None:
    """Write the float model and the learning curves, which are kept even if the model cannot be quantized."""
    write_atomic(folder / KERAS, keras)
    write_history(folder, history, best_epoch)


def write_models(folder: Path, spec: ModelSpec, data: TrainingData, made: TrainedModel, model: Deployed) -> None:
    """Write the int8 model and its `metadata.json`, which says how its input is scaled and what its outputs mean."""
    write_atomic(folder / TFLITE, model.tflite)
    facts = _metadata(spec, data, model, made)
    facts["keras_sha256"] = hashlib.sha256(made.keras).hexdigest()
    write_atomic(folder / METADATA, document(facts))


def _metadata(spec: ModelSpec, data: TrainingData, model: Deployed, made: TrainedModel) -> dict[str, Any]:
    from nas.model.deploy.tflite_model import TfliteModel

    runner, rows = TfliteModel(model.tflite), data.prepared
    ends = {"input": runner.input_quantization, "output": runner.output_quantization}
    quantization = {name: {"scale": scale, "zero_point": zero} for name, (scale, zero) in ends.items()}
    return {
        "study": spec.name,
        "version": spec.version,
        "description": spec.description,
        "sha256": hashlib.sha256(model.tflite).hexdigest(),
        "bare_sha256": bare_sha256(model.tflite),
        "class_names": rows.class_names,
        "input": {
            "shape": (1, *runner.row_shape),
            "channel_names": data.channel_names,
            "sample_rate_hz": data.sample_rate_hz,
            "units_scale": data.units_scale,
            "scaling": to_data(rows.scaling),
            "quantization": quantization["input"],
            **describe_front_end(data.front_end, data.row_shape),
        },
        "output": {**_output(made), "quantization": quantization["output"]},
        "footprint": {**model.footprint.to_json(), "file": TFLITE},
        "budget": dict(model.limits),
        "data": {
            "source": Path(data.source).name,
            "digest": data.digest,
            "parts": {name: {"rows": len(getattr(rows, name))} for name in ("train", "val", "test")},
        },
        "recipe": spec.recipe.to_json(),
        "training": to_data(spec.training),
        "parameters": to_data(model.parameters),
    }


def _output(made: TrainedModel) -> dict[str, Any]:
    """Return what the outputs mean, and what brings them to answers."""
    what = made.task.output_is or ("probability" if made.probabilities else "logit")
    return {"is": what, **to_document(made.task)}
