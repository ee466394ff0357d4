"""What a `.tflite` says of itself by the parameters in its metadata."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from nas.api.model import Model
from nas.data.prepared import Scaling
from nas.signal.parameters import from_parameters
from nas.task.multi_label import MultiLabel


def with_carried(model: Model) -> Model:
    """Return a model with the names, the scaling, the thresholds and the front-end that its own `.tflite` carries.

    What does not fit the model, such as the classes of another one, and what cannot be read, is left aside.
    """
    carried, channels = _carried(model.tflite or b""), model.input_shape[-1]
    names = carried.get("target_names", carried.get("class_names", carried.get("classes")))
    outputs = len(model.class_names)
    target_mean, target_std = _numbers(carried, "target_mean", outputs), _numbers(carried, "target_std", outputs)
    mean, std = _numbers(carried, "mean", channels), _numbers(carried, "std", channels)
    described = from_parameters(carried, model.input_shape)
    if described is not None:
        front_end, row_shape = described
        rate_hz = front_end.rate_hz or _rate(carried)
        model = replace(model, front_end=front_end, input_shape=row_shape, sample_rate_hz=rate_hz)
    return replace(
        model,
        class_names=names if _is_list(names, str, outputs) else model.class_names,
        scaling=Scaling(mean, std) if mean and std and min(std) > 0 else model.scaling,
        output_scaling=Scaling(target_mean, target_std) if target_mean and target_std else model.output_scaling,
        labelling=_labelling(carried, outputs) or model.labelling,
        units_scale=_numbers(carried, "units_scale", model.input_shape[-1]) or model.units_scale,
    )


def _labelling(carried: Mapping[str, Any], labels: int) -> MultiLabel | None:
    """Return the task with one threshold for each label; None if the file carries none."""
    thresholds = _numbers(carried, "label_thresholds", labels)
    # As float32 holds them: a threshold that is an output must not move beyond it.
    return None if thresholds is None else MultiLabel(tuple(np.asarray(thresholds, np.float32).tolist()))


def _rate(carried: Mapping[str, Any]) -> float | None:
    rate_hz = carried.get("sample_rate_hz")
    return rate_hz if isinstance(rate_hz, float) and math.isfinite(rate_hz) and rate_hz > 0 else None


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


def _numbers(carried: Mapping[str, Any], key: str, count: int) -> tuple[float, ...] | None:
    """Return a list of this many finite numbers; None if there is none."""
    values: Any = carried.get(key)
    if not _is_list(values, int | float, count) or not all(map(math.isfinite, values)):
        return None
    return tuple(map(float, values))


def _is_list(values: Any, kind: Any, count: int) -> bool:
    return isinstance(values, tuple) and len(values) == count and all(isinstance(value, kind) for value in values)
