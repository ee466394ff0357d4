"""Classes of Keras by their names: optimizers, losses, metrics, schedules and callbacks, with their arguments."""

import inspect
from collections.abc import Mapping
from typing import Any

from nas.errors import InputError, unknown


def members(home: Any, base: type) -> dict[str, Any]:
    """Return the public classes of a module of Keras that are derived from `base`, by name."""
    found = {name: value for name, value in vars(home).items() if inspect.isclass(value) and not name.startswith("_")}
    return {name: kind for name, kind in found.items() if issubclass(kind, base) and kind is not base}


def find(known: Mapping[str, Any], name: str, what: str, place: object) -> Any:
    """Return the member called `name`; case and underscores do not matter. InputError with the nearest known one."""
    plain = {_plain(one): member for one, member in known.items()}
    if _plain(name) not in plain:
        raise unknown(place, what, name, known)
    return plain[_plain(name)]


def parameters(kind: Any) -> list[str]:
    """Return the names of the arguments of a class or function; of a class, those that it passes on too."""
    if not inspect.isclass(kind):
        return _named(kind)[0]
    names: list[str] = []
    for one in kind.__mro__:
        if "__init__" in vars(one) and one is not object:
            own, passes_on = _named(vars(one)["__init__"])
            names += own
            if not passes_on:
                break
    return list(dict.fromkeys(names))


def make(kind: Any, arguments: Mapping[str, Any], place: object) -> Any:
    """Call a class or function with named arguments.

    Raises:
        InputError: at `place`, for an argument that is unknown, with the nearest known one, or that it refuses.
    """
    name, known = getattr(kind, "__name__", str(kind)), parameters(kind)
    for argument in arguments:
        if argument not in known:
            raise unknown(place, f"argument of {name}", argument, known)
    try:
        return kind(**arguments)
    except (TypeError, ValueError) as error:
        raise InputError(place, f"{name} refuses its arguments: {error}") from error


def _named(function: Any) -> tuple[list[str], bool]:
    """Return the names of a function's parameters, and whether it passes others on."""
    found = inspect.signature(function).parameters.values()
    names = [p.name for p in found if p.name != "self" and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    return names, any(p.kind == p.VAR_KEYWORD for p in found)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
