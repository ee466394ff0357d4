"""A Python file as a model's specification: its settings are read from its text, and nothing in it is run.

The file defines `build(spec)` and, as plain values at the top level, the settings that it changes:

    EPOCHS = 40                             # a key of a table, in capitals
    DATA = "recordings.npz"                 # [data] source
    TARGET = "cortex-m7"                    # [target] name
    OPTIONS = {"filters": 16}               # [model] options
    CALLBACKS = [{"name": "EarlyStopping", "patience": 8}]
    QUANTIZATION = {"calibration_rows": 200}  # or a whole table

Functions of these names are used too: `load_data` ([data] function), `loss` and `schedule` ([training]).
"""

import ast
import dataclasses
import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nas.errors import InputError
from nas.files import read_regular

MOST_BYTES = 1_000_000
BUILD = "build"

# Capital names that are no key of a table, or a key of several, and the table and key that each sets.
_SHORT: Mapping[str, tuple[tuple[str, str], ...]] = {
    "DATA": (("data", "source"),),
    "TARGET": (("target", "name"),),
    "SEED": (("data", "seed"), ("training", "seed")),
    "OPTIONS": (("model", "options"),),
}
_FUNCTIONS: Mapping[str, tuple[str, str]] = {
    BUILD: ("model", "builder"),
    "load_data": ("data", "function"),
    "loss": ("training", "loss"),
    "schedule": ("training", "schedule"),
}
_TOP = ("NAME", "VERSION", "DESCRIPTION", "PARAMETERS")
# Tables whose keys may stand alone, in capitals; the first that has a key wins.
_OPEN = ("training", "data", "target", "quantization")
# Names at least this much like a known one are taken for a slip.
_ALIKE = 0.85


def read_python(file: Path, tables: Mapping[str, type]) -> dict[str, Any]:
    """Return the settings in a Python file, as a TOML file would give them.

    Args:
        file: the Python file.
        tables: the tables of a specification, by name.

    Raises:
        InputError: the file cannot be read or is no Python, defines no `build`, or a setting is no plain value or
            spelled almost like a known one.
    """
    tree = _parsed(file)
    known = _known(tables)
    found: dict[str, Any] = {}
    for name, node, line in _assigned(tree):
        if name not in known:
            _check_name(name, known, f"{file}:{line}")
            continue
        value = _literal(node, f"{file}:{line}: {name}")
        is_table = isinstance(value, dict) and name.lower() in tables
        _set(found, (("", name.lower()),) if is_table else known[name], value)
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    if BUILD not in functions:
        hint = "define it in the file, or name another function with [model] builder in a TOML file"
        raise InputError(file, "must define the function build(spec), which returns a Keras model", hint=hint)
    for name in functions & set(_FUNCTIONS):
        _set(found, (_FUNCTIONS[name],), f"{file.name}:{name}")
    description = ast.get_docstring(tree)
    return {**({"description": description.splitlines()[0]} if description else {}), **found}


def defines_build(text: str) -> bool:
    """Return whether the text of a Python file defines `build(spec)` at its top level."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(isinstance(node, ast.FunctionDef) and node.name == BUILD and node.args.args for node in tree.body)


def _parsed(file: Path) -> ast.Module:
    try:
        return ast.parse(read_regular(file, MOST_BYTES).decode(), str(file))
    except SyntaxError as error:
        raise InputError(f"{file}:{error.lineno}", f"must be Python: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:  # zero bytes, no UTF-8, brackets nested too deeply
        raise InputError(file, f"must be Python: {error}") from None


def _known(tables: Mapping[str, type]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return what each name in capitals sets: pairs of a table, or nothing, and a key."""
    known: dict[str, tuple[tuple[str, str], ...]] = {name: (("", name.lower()),) for name in _TOP}
    for table in reversed(_OPEN):
        known |= {one.name.upper(): ((table, one.name),) for one in dataclasses.fields(tables[table])}
    del known["SOURCE"], known["FUNCTION"]
    whole = {name.upper(): (("", name),) for name in tables}
    return {**known, **whole, **_SHORT, "NAME": (("", "name"),)}


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr, int]]:
    """Yield the names in capitals that are set at the top level, each with its value and line."""
    for node in tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name) and target.id.isupper() and not target.id.startswith("_"):
                yield target.id, node.value, node.lineno


def _set(found: dict[str, Any], keys: tuple[tuple[str, str], ...], value: Any) -> None:
    for table, key in keys:
        if table:
            found.setdefault(table, {})[key] = value
        elif isinstance(value, dict):
            found[key] = {**found.get(key, {}), **value}
        else:
            found[key] = value


def _literal(value: ast.expr, place: str) -> Any:
    try:
        return ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        rule = "must be a plain value, since it is read without running the file"
        raise InputError(place, rule, got=ast.unparse(value)) from None


def _check_name(name: str, known: Mapping[str, Any], place: str) -> None:
    """Refuse a name that is almost a setting's; other names in capitals are the user's own."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=_ALIKE)
    if near:
        hint = f"did you mean {near[0]}? If it is your own, call it _{name}"
        raise InputError(place, "a name in capitals must be that of a setting", got=name, hint=hint)
