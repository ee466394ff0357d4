"""The definition of a sweep: a grid of studies in one file."""

import dataclasses
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nas.codec import Place, read_toml
from nas.errors import InputError
from nas.study.study import Study, flag
from nas.study.study_file import make_study

# More studies than anybody waits for are a slip.
MOST_STUDIES = 1000
# What is the same for all studies of a sweep.
_COMMON = ("name", "cluster", "jobs", "storage", "tracking_uri")


@dataclass(frozen=True, slots=True)
class Sweep:
    """A grid of studies: one for each combination of the values of some settings.

    Attributes:
        name: of the sweep, and of the folder below `studies/` that holds its studies.
        grid: the values of each setting that varies, in the order of the file.
        studies: one for each combination, the last setting varying fastest, with the values that are its own.
    """

    name: str
    grid: Mapping[str, tuple[Any, ...]]
    studies: tuple[tuple[Mapping[str, Any], Study], ...]


def read_sweep(path: Path) -> Sweep:
    """Read a sweep from a TOML file: the keys of a study for what is the same, and a table `grid` of lists.

    Keys of the grid are fields of a study, or settings of its recipe by name.

    Raises:
        InputError: the file is no sweep, or one of its studies is wrong.
    """
    content, at = read_toml(path), Place(path)
    name = content.pop("name", path.stem)
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        raise InputError(at.key("name"), "must be letters, digits, '.', '_' and '-'", got=repr(name))
    grid = _grid(content.pop("grid", None), content, at)
    count = 1
    for values in grid.values():
        count *= len(values)
    if count > MOST_STUDIES:
        raise InputError(at.key("grid"), f"must give at most {MOST_STUDIES} studies", got=count)
    studies = []
    for values in itertools.product(*grid.values()):
        own = dict(zip(grid, values, strict=True))
        studies.append((own, make_study({**content, **_placed(own, content), "name": _name(own)}, path)))
    _refuse_equal_names([study.name for _, study in studies], at)
    return Sweep(name, grid, tuple(studies))


def _grid(given: object, common: Mapping[str, Any], at: Place) -> dict[str, tuple[Any, ...]]:
    """Return the values of each setting that varies."""
    if not isinstance(given, Mapping) or not given:
        raise InputError(at.key("grid"), "must be a table of lists", hint="such as: [grid] budget_kb = [2, 4, 6]")
    for key, values in given.items():
        place = at.key(f"grid.{key}")
        if not isinstance(values, list) or not values:
            raise InputError(place, "must be a list of values", got=repr(values))
        if key in _COMMON:
            raise InputError(place, "must be the same for all studies of a sweep", hint=f"give {key} above the grid")
        if key in common:
            raise InputError(place, "must not be given above the grid as well")
        if len({repr(value) for value in values}) < len(values):
            raise InputError(place, "must name each value once", got=repr(values))
    return {key: tuple(values) for key, values in given.items()}


def _placed(own: Mapping[str, Any], common: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of one study where a study's definition has them: those of the recipe in a table."""
    fields = {field.name for field in dataclasses.fields(Study)} - {"recipe"}
    recipe = {key: value for key, value in own.items() if key not in fields}
    placed = {key: value for key, value in own.items() if key in fields}
    return {**placed, "recipe": {**common.get("recipe", {}), **recipe}} if recipe else placed


def _name(own: Mapping[str, Any]) -> str:
    """Return the name of a study, made of the values that are its own."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", "-".join(_word(key, value) for key, value in own.items())).lstrip("._-")


def _word(key: str, value: object) -> str:
    if key in ("space", "data", "target"):
        return Path(str(value)).stem
    text = f"{value:g}" if isinstance(value, float) else str(value)
    if key.endswith("_kb"):
        return f"{text}kb" if key == "budget_kb" else f"{flag(key)[2:-3]}{text}kb"
    return text if isinstance(value, str) else f"{key}{text}"


def _refuse_equal_names(names: list[str], at: Place) -> None:
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        rule = "must give each study a name of its own, which is made of the values"
        raise InputError(at.key("grid"), rule, got=f"{twice[0]} twice", hint="rename a file")
