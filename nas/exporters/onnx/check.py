"""Whether an ONNX model keeps the rules of ONNX."""

import re

import onnx
from onnx import checker

from nas.errors import InputError


def check_onnx(content: bytes, place: object) -> None:
    """Raise an InputError at `place` if a model breaks a rule of ONNX; an operator that ONNX lacks is named."""
    try:
        checker.check_model(onnx.load_model_from_string(content), full_check=True)
    except Exception as error:  # the checker's errors, and those of shape inference, are of many types
        text = str(error)
        if unknown := re.search(r"No [Oo]p(?:\(Kind\))? registered for (\w+)", text):
            rule, got = "must have only operators that ONNX has", unknown.group(1)
        else:
            rule, got = "must become a valid ONNX model", text.strip().partition("\n")[0]
        raise InputError(place, rule, got=got, hint="replace the layer, or take the .tflite") from error
