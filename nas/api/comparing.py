"""How far two models answer alike, and whether that is within bounds."""

from dataclasses import replace

import numpy as np

from nas.api.converted import Agreement, Bounds
from nas.api.labelled import judged_in, score
from nas.api.model import Model
from nas.arrays import Array, Floats, Ints
from nas.text import percent

_REFERENCES = {"tflite": "Keras", "onnx": "Keras", "onnx-int8": "LiteRT"}


def compared(
    model: Model, name: str, outputs: tuple[Floats, Floats], y: Array | None, step: float | None, bounds: Bounds
) -> Agreement:
    """Return how a converted model answers, compared with its reference.

    Args:
        model: which says what the outputs mean.
        name: the format.
        outputs: of the converted model and of the reference, each [n, outputs].
        y: class of each row [n], or measured targets [n, outputs]; None if it is not known.
        step: of the int8 outputs; None for float ones.
        bounds: what must hold.
    """
    answers, reference = outputs
    away = np.abs(answers.astype(np.float64) - reference)
    steps = None if step is None else np.round(away / step)
    metric = judged_in(model, y)
    same = float(np.mean(_classes(model, answers) == _classes(model, reference))) if metric == "accuracy" else None
    found = Agreement(
        reference=_REFERENCES[name],
        rows=len(answers),
        difference=float(away.max()),
        mean_difference=float(away.mean()),
        steps=None if steps is None else int(steps.max()),
        equal=None if steps is None else float((steps == 0).mean()),
        agreement=same,
        score=None if y is None else score(model, answers, y),
        reference_score=None if y is None else score(model, reference, y),
        metric=metric,
        rule="",
        passed=None,
    )
    return _judged(found, name, bounds, noise=y is None)


def _judged(found: Agreement, name: str, bounds: Bounds, noise: bool) -> Agreement:
    """Return a comparison with its rule and verdict; none for an int8 model's answers to noise, and for its values."""
    if name == "onnx":
        passed, same = found.difference <= bounds.difference, found.agreement
        words = "" if same is None else " and the same class for every row"
        return _with(found, f"outputs within {bounds.difference:g}{words}", passed and same in (None, 1))
    if name == "onnx-int8" and found.steps is not None and found.equal is not None:
        passed = found.steps <= bounds.steps and found.equal >= bounds.equal
        words = f"{bounds.steps} step{'' if bounds.steps == 1 else 's'}"
        return _with(found, f"outputs within {words}, and {percent(bounds.equal)} of them equal", passed)
    if name == "onnx-int8":
        passed = found.difference <= bounds.difference
        return _with(found, f"outputs within {bounds.difference:g}", passed)
    if noise or found.agreement is None:
        return found
    rule = f"the same class for {percent(bounds.agreement)} of the rows"
    return _with(found, rule, found.agreement >= bounds.agreement)


def _with(found: Agreement, rule: str, passed: bool) -> Agreement:
    return replace(found, rule=rule, passed=bool(passed))


def _classes(model: Model, outputs: Floats) -> Ints:
    if outputs.shape[1] == 1:
        return np.asarray(outputs[:, 0] > (0.0 if model.is_logit else 0.5), np.int64)
    return np.asarray(outputs.argmax(axis=1), np.int64)
