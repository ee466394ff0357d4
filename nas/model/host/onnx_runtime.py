"""Models in onnxruntime on this computer, as anybody who gets an ONNX file runs it."""

from typing import Any

import numpy as np

from nas.arrays import Floats
from nas.errors import InputError

_ERRORS_ONLY = 3
_BATCH = 256


def run_onnx(content: bytes, rows: Floats, place: object) -> Floats:
    """Return the outputs [n, outputs] of an ONNX model of one float input and one float output, with default settings.

    Args:
        content: of the file.
        rows: what it takes [n, ...].
        place: the file in messages.

    Raises:
        InputError: at `place`: onnxruntime is not installed, or refuses the model.
    """
    try:
        import onnxruntime
    except ImportError:
        hint = "pip install 'nas[onnx]', or leave the check out with --no-check"
        raise InputError(place, "needs the package onnxruntime to be checked", hint=hint) from None
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    options.intra_op_num_threads = 1
    try:
        session: Any = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        (source,) = session.get_inputs()
        rows = rows.reshape(len(rows), *source.shape[1:]).astype(np.float32)
        parts = [
            np.asarray(session.run(None, {source.name: rows[start : start + _BATCH]})[0])
            for start in range(0, max(1, len(rows)), _BATCH)
        ]
    except Exception as error:  # onnxruntime's errors are of many types
        raise InputError(place, "must run in onnxruntime", got=str(error).partition("\n")[0]) from error
    return np.concatenate([part.reshape(len(part), -1) for part in parts]).astype(np.float32)
