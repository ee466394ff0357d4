"""The files that a user writes: every key, with its kind, its default and what it means, from the dataclasses."""

import dataclasses
import json
import re
from collections.abc import Iterable
from typing import Any

from generated.markdown import code, prose, sentence, table
from nas.cli.study_options import OPTIONS
from nas.data.options import DataOptions
from nas.optimizer.samplers.sampler import SAMPLERS
from nas.signal.front_end import FRONT_ENDS
from nas.space.blocks.block import BLOCKS, MOST
from nas.space.file import KEYS as SPACE_KEYS
from nas.study.cluster import Cluster
from nas.study.model_spec_keys import SpecKey, keys_of, spec_keys
from nas.study.objectives import OBJECTIVES
from nas.study.recipe import TABLES
from nas.study.study import RUN_FIELDS, Study
from nas.target.target import KEYS as TARGET_KEYS
from nas.target.target import RUNTIMES, Target

HEAD = ("key", "value", "means")


def study() -> str:
    """Return the keys of a study's file, table by table."""
    top = [_of_study(key) for key in keys_of("", Study) if key.name not in ("recipe", "cluster")]
    flags = "Each is a flag of `nas search` too, with dashes in place of lines: `budget_kb` is `--budget-kb`.\n"
    parts = ["## At the top\n", flags, table(HEAD, top)]
    parts += [f"Keys that may change when a study goes on: {', '.join(map(code, RUN_FIELDS))}.\n"]
    tables = {**TABLES, "cluster": Cluster}
    for name, kind in tables.items():
        parts += [f"## The table {name}\n", table(HEAD, map(_row, keys_of(name, kind)))]
    parts += ["## Objectives\n", table(("objective", "what counts"), map(_objective, OBJECTIVES))]
    parts += ["## Samplers\n", table(("sampler", "does"), ((code(n), prose(SAMPLERS.summary(n))) for n in SAMPLERS))]
    return "\n".join(parts)


def _objective(name: str) -> tuple[str, str]:
    return code(name), sentence(prose(OBJECTIVES[name].formula))


def space() -> str:
    """Return the keys of a space's file, the dimensions of each block, and the settings of each front-end."""
    parts = ["## At the top\n", table(("key", "means"), ((code(key), prose(text)) for key, text in SPACE_KEYS.items()))]
    for name in BLOCKS:
        kind = BLOCKS[name]
        texts = {key.name: key.description for key in keys_of("", kind)}
        rows = [
            (code(field.name), _values(field), _meaning(texts[field.name], field.default))
            for field in dataclasses.fields(kind)
        ]
        parts += [f"## The block {name}\n", f"{prose(BLOCKS.summary(name))}\n"]
        parts += [table(("dimension", "values", "means"), rows)]
    for name, front_end in FRONT_ENDS.items():
        settings = next((base for base in front_end.__mro__ if "Attributes:" in (base.__doc__ or "")), None)
        rows_of_it = [] if settings is None else [_row(key) for key in keys_of("front_end", settings)]
        parts += [f"## The front-end `{name}`\n", f"{prose(FRONT_ENDS.summary(name))}\n"]
        parts += [table(HEAD, rows_of_it)] if rows_of_it else []
    return "\n".join(parts)


def specification() -> str:
    """Return the keys of a model's specification, table by table."""
    keys = spec_keys()
    parts = list[str]()
    for name in dict.fromkeys(key.table for key in keys):
        title = f"The table {name}" if name else "At the top"
        title = "The entries of training.callbacks" if name == "training.callbacks" else title
        parts += [f"## {title}\n", table(HEAD, (_row(key) for key in keys if key.table == name))]
    return "\n".join(parts)


def targets() -> str:
    """Return the keys of a target's table."""
    texts = {key.name: key.description for key in keys_of("", Target)}
    known = {**TARGET_KEYS, **{key: value for name in RUNTIMES for key, value in RUNTIMES[name].keys.items()}}
    rows = [
        (
            code(name),
            prose(key.rule) + (", must be given" if key.required else ""),
            _meaning(texts[name].replace("None for", "none for"), key.default),
        )
        for name, key in known.items()
    ]
    return table(HEAD, rows)


def _of_study(key: SpecKey) -> tuple[str, ...]:
    """Return the row of a study's field; those that say how data are read are described by `DataOptions`."""
    texts = {each.name: each.description for each in keys_of("", DataOptions)}
    assert key.name in OPTIONS
    return _row(dataclasses.replace(key, description=texts.get(key.name, key.description)))


def _row(key: SpecKey) -> tuple[str, ...]:
    # What is None in Python is left out of a file.
    text = re.sub(r"\bNone\b", "no value", key.description)
    return code(key.name), key.kind, _meaning(text, key.default)


def _meaning(text: str, default: Any) -> str:
    """Return what a key means, and its default if it has one."""
    unset = default is None or (not isinstance(default, bool | int | float) and not default)
    return sentence(prose(text)) + ("" if unset else f" Default: {code(_toml(default))}.")


def _toml(value: Any) -> str:
    """Return a value as TOML has it."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if dataclasses.is_dataclass(value):
        return "{ ... }"
    return json.dumps(value) if isinstance(value, bool | str) else str(value)


def _values(field: "dataclasses.Field[Any]") -> str:
    """Return what a dimension of a block may be."""
    choices: Iterable[str] = field.metadata.get("choices", ())
    if choices:
        return ", ".join(map(code, choices))
    if isinstance(field.default, bool):
        return "true or false"
    word = "whole number" if isinstance(field.default, int) else "number"
    return f"{word} from {field.metadata['low']} to {MOST:,}"
