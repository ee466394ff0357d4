"""How a program for TFLM runs the model."""

from nas.graph.graph import LSTM
from nas.study.archive import Archive


def invoked(archive: Archive, interpreter: str = "interpreter->") -> str:
    """Return an expression in C++ that runs the model and gives TFLM's status; `interpreter` ends with `->` or `.`.

    TFLM's reference kernel of an LSTM begins with the state that the last input left. Networks learn windows that begin
    anew, so the state is reset before each.
    """
    call = f"{interpreter}Invoke()"
    if LSTM not in archive.op_kinds:
        return call
    return f"({interpreter}Reset() == kTfLiteOk ? {call} : kTfLiteError)"
