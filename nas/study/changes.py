"""In what two definitions of a study differ, since a study that goes on must keep its definition."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nas.codec import Place
from nas.errors import InputError
from nas.study.recipe import Recipe

# What a definition names by a path, and the key under which the identity of a run has a digest of its content. Equal
# contents are the same, wherever they lie and however their path is written.
_CONTENTS = {"space": "space content", "data": "data content", "labels": "data content"}
CONTENTS = frozenset(_CONTENTS.values())
"""The keys of those digests."""


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the settings in which two definitions differ, each with both values.

    Settings of the recipe stand under their own names. A setting that an earlier release did not have counts as None,
    and two paths of the same file or folder are equal.
    """
    old, new = _flat(one), _flat(other)
    pairs = {key: (old.get(key), new.get(key)) for key in {**old, **new}}
    differing = {key: pair for key, pair in pairs.items() if pair[0] != pair[1] and not _same_path(*pair)}
    for key, content in _CONTENTS.items():
        if content in pairs and content not in differing:
            differing.pop(key, None)
    return differing


def refuse_changes(name: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    """Raise an InputError, which names every setting that differs, if a study would go on with another definition."""
    differing = differences(one, other)
    # A new path, seed or window explains new content.
    explained = CONTENTS if differing.keys() - CONTENTS else frozenset()
    told = [_was(key, *pair) for key, pair in differing.items() if key not in explained]
    if told:
        what = "them" if len(told) > 1 else "it"
        raise InputError(
            f"study {name}",
            f"must keep the settings that it began with: {', '.join(told)}",
            hint=f"leave {what} as before, or give another --name",
        )


def _was(key: str, old: object, new: object) -> str:
    if key in CONTENTS:
        return f"the {key} has changed"
    return f"{key} was {_shown(old)}, is {_shown(new)}"


def _shown(value: object) -> str:
    return "not set" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _flat(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return a definition, which an earlier release may have written, with the recipe's settings beside the others."""
    others = {key: value for key, value in definition.items() if key != "recipe"}
    if "recipe" not in definition:
        return others
    return {**others, **Recipe.from_json(definition["recipe"], Place("recipe")).settings()}


def _same_path(one: object, other: object) -> bool:
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    try:
        return Path(one).expanduser().samefile(Path(other).expanduser())
    except (OSError, RuntimeError, ValueError):  # there is no such file, or it cannot be one's name
        return False
