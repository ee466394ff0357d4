"""The kind of an operator, as a `.tflite` names it."""

from typing import Any


def kind_of(code: Any) -> int:
    """Return the number of an operator's kind; older files have it in another field, and 0 in this one."""
    return int(max(code.builtinCode, code.deprecatedBuiltinCode))
