"""The training of a Keras model that a builder of the user's own makes."""

from dataclasses import replace
from typing import Any

import numpy as np

from nas.api.calibration import calibration_of
from nas.api.training_data import TrainingData
from nas.api.training_files import write_float_model
from nas.api.training_progress import TrainingProgress
from nas.api.training_request import Request
from nas.errors import InputError
from nas.study.model_spec import ModelSpec
from nas.study.model_spec_tables import TrainingTable
from nas.study.training_result import Checkpoints, TrainedModel
from nas.task.classification import Classification
from nas.task.regression import Regression
from nas.task.task import LABELS


def train_keras(
    request: Request, code: Any, data: TrainingData, checkpoints: Checkpoints, view: TrainingProgress | None
) -> TrainedModel:
    """Train the model of a builder, quantize it, and write its float model.

    Args:
        request: what is trained, and where.
        code: the user's files.
        data: its rows.
        checkpoints: where they are, and whether to go on from one.
        view: shows the epochs.
    """
    from nas.model.keras_file import dump_keras
    from nas.model.keras_training.deploy import accuracy_of_keras, accuracy_of_tflite

    fitted, rows = _fit(request, code, data, checkpoints, view), data.prepared
    keras, outputs = dump_keras(fitted.model), len(rows.class_names)
    write_float_model(request.folder, keras, fitted.history, fitted.best_epoch)
    if view is not None:
        view.phase(f"quantizing: {request.spec.quantization.deployed}")
    tflite = _quantized(request.spec, fitted.model, data)
    return TrainedModel(
        keras=keras,
        weights=tuple(fitted.model.get_weights()),
        tflite=tflite,
        probabilities=fitted.probabilities,
        history=fitted.history,
        best_epoch=fitted.best_epoch,
        stopped_by=fitted.stopped_by,
        resumed_at=fitted.resumed_at,
        val_score=accuracy_of_tflite(tflite, rows),
        float_val_score=accuracy_of_keras(fitted.model, rows),
        notes=fitted.notes,
        task=Regression.of_units(outputs) if rows.learns.measured else Classification(),
    )


def _fit(
    request: Request, code: Any, data: TrainingData, checkpoints: Checkpoints, view: TrainingProgress | None
) -> Any:
    from nas.model.keras_training.fit import FitData, Job, fit, make_feed

    spec, rows = request.spec, data.prepared
    if rows.task == LABELS:
        hint = 'write [model] architecture = "architecture.json" into it, as nas search gives one'
        raise InputError(spec.name, "a model with several labels at once must be an architecture", hint=hint)
    if rows.learns.measured:
        spec = replace(spec, training=_for_targets(spec.training))
    if not spec.model.builder:
        hint = 'write [model] builder = "my_model.py:build", or architecture = "architecture.json", into it'
        raise InputError(spec.name, "must say which model it trains", hint=hint)
    job = Job(
        spec=spec,
        resolved=data.resolved(spec),
        code=code,
        checkpoints=checkpoints,
        folder=request.folder,
        weights=request.weights,
        after_epoch=None if view is None else view.epoch,
    )
    return fit(job, FitData(make_feed(rows, data.dataset, spec.training), rows, data.digest))


def _for_targets(table: TrainingTable) -> TrainingTable:
    """Return the settings for measured targets: squared errors unless another loss is named, and no accuracy."""
    metrics = tuple(name for name in table.metrics if name not in ("accuracy", "acc"))
    return replace(table, loss=table.loss or "mse", metrics=metrics or ("RootMeanSquaredError",))


def _quantized(spec: ModelSpec, model: Any, data: TrainingData) -> bytes:
    """Return the `.tflite` of the scheme that the specification deploys."""
    from nas.model.deploy.schemes import deploy

    table, rows = spec.quantization, data.prepared
    parts = {"train": rows.train, "val": rows.val}
    chosen = calibration_of(table, parts, rows.row_shape, lambda x: rows.scaling.apply(np.asarray(x, np.float32)))
    try:
        return deploy(model, table, chosen.rows, rows.train.x)
    except InputError as error:
        raise InputError(spec.name, str(error), hint="the float model is kept") from None
