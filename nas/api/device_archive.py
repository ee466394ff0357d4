"""The archive of a model that no study has found: what a firmware needs of it, ready to be exported."""

import shlex

from nas.api.archives import measured
from nas.api.front_ends import with_front_end_of
from nas.api.model import Model
from nas.data.prepared import Scaling
from nas.errors import InputError
from nas.signal.raw import RAW
from nas.study.archive import Archive
from nas.study.archive_zip import ArchiveFile
from nas.target.footprint import Footprint
from nas.target.numbers import numbers_of
from nas.target.profiler import profile
from nas.target.target import DEFAULT_TARGET, find_target

FORMATS = ("tflite", "tflm", "firmware", "arduino", "cmake", "esp-idf", "pico-sdk", "zephyr", "c", "keras")
"""The export formats that say nothing of how a study found the model."""


def device_archive(model: Model, target: str = DEFAULT_TARGET) -> Archive:
    """Return what is exported of a model, with its footprint on a target.

    Raises:
        InputError: the model has no `.tflite`, its input and output are not int8, or the target is unknown.
    """
    if model.tflite is None:
        raise InputError(model.origin, "must hold a .tflite", hint="make one with nas quantize")
    board = find_target(target)
    footprint = profile(model.tflite, board)
    _check_types(footprint, model)
    reads = {}
    if model.front_end != RAW:
        footprint = with_front_end_of(footprint, model, board)
        reads = {"front_end": model.front_end.to_json(), "input_shape": list(model.input_shape)}
    inputs, outputs, example = measured(model.tflite)
    return Archive(
        name=model.name,
        tflite=model.tflite,
        trained=None,
        footprint=footprint.to_json(),
        class_names=model.class_names,
        scaling=model.scaling or _unscaled(model),
        input=inputs,
        output=outputs,
        command="",
        channel_names=model.channel_names,
        sample_rate_hz=model.sample_rate_hz,
        units_scale=model.units_scale,
        example=example,
        keras=model.keras,
        task=model.task,
        reads=reads,
    )


def target_of(file: ArchiveFile) -> str:
    """Return the target that an archive says its model is for."""
    return str(file.manifest.about.get("target", DEFAULT_TARGET))


def _check_types(footprint: Footprint, model: Model) -> None:
    types = {tensor.dtype for tensor in footprint.tensors if tensor.kind in ("input", "output")}
    if types != {"int8"}:
        hint = "convert the float model again, with inference_input_type and inference_output_type int8"
        if model.keras is not None or numbers_of(footprint).has_floats:
            file = shlex.quote(str(model.origin))
            hint = f"nas quantize {file} --data DATA -o quantized makes quantized/int8.tflite, which can be exported"
        raise InputError(model.origin, "must have an int8 input and output", got=", ".join(sorted(types)), hint=hint)


def _unscaled(model: Model) -> Scaling:
    """Return the scaling of a model whose rows must be scaled already: one that changes nothing."""
    channels = model.front_end.shape(model.input_shape)[-1]
    return Scaling((0.0,) * channels, (1.0,) * channels)
