"""What a `.tflite` says of itself by the parameters in its metadata."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nas.api.model import Model
from nas.data.prepared import Scaling
from nas.signal.parameters import from_parameters as front_end_from
from nas.task.documents import from_parameters
from nas.task.parameters import finite_number, finite_numbers


def with_carried(model: Model, plain: Model | None = None) -> Model:
    """Return a model with the names, scaling, rate, thresholds and front-end that its own `.tflite` carries.

    What does not fit the model, such as the classes of another one, and what cannot be read, is left aside.

    Args:
        model: what is known of it besides.
        plain: the model as its `.tflite` is, without a name or a front-end; None if nothing is known besides.
    """
    plain = plain or model
    carried, channels, outputs = _carried(model.tflite or b""), plain.input_shape[-1], len(plain.class_names)
    names = carried.get("target_names", carried.get("class_names", carried.get("classes")))
    task = from_parameters(carried, outputs, math.prod(plain.input_shape)) or model.task
    count = task.name_count(outputs)
    mean, std = finite_numbers(carried, "mean", channels), finite_numbers(carried, "std", channels)
    if model is plain:
        model = replace(model, input_shape=task.row_shape(plain.input_shape))
    described = front_end_from(carried, plain.input_shape)
    if described is not None:
        front_end, row_shape = described
        model = replace(model, front_end=front_end, input_shape=row_shape)
    return replace(
        model,
        class_names=names if _are_names(names, count) else model.class_names[:count],
        scaling=Scaling(mean, std) if mean and std and min(std) > 0 else model.scaling,
        task=task,
        units_scale=finite_numbers(carried, "units_scale", model.input_shape[-1]) or model.units_scale,
        sample_rate_hz=model.front_end.rate_hz or _rate(carried) or model.sample_rate_hz,
    )


def _rate(carried: Mapping[str, Any]) -> float | None:
    rate_hz = finite_number(carried, "sample_rate_hz")
    return rate_hz if rate_hz is not None and rate_hz > 0 else None


def bare_sha256(tflite: bytes) -> str | None:
    """Return the SHA-256 of a `.tflite` without its parameters; None if it cannot be written anew."""
    from nas.model.deploy.params.store import without_params

    try:
        return hashlib.sha256(without_params(tflite)).hexdigest()
    except ValueError:
        return None


def _carried(tflite: bytes) -> Mapping[str, Any]:
    from nas.model.deploy.params.store import read_params

    try:
        return {key: param.value for key, param in read_params(tflite).items()}
    except ValueError:
        return {}


def _are_names(values: Any, count: int) -> bool:
    return isinstance(values, tuple) and len(values) == count and all(isinstance(value, str) for value in values)
