"""Reads search spaces from TOML files."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nas.codec import read_toml
from nas.errors import InputError, unknown
from nas.keywords import explains_keywords
from nas.signal.kind import Kind
from nas.space.blocks.block import BLOCKS, check_value
from nas.space.choices import Choices, parse_choices
from nas.space.dims import GivenChooser, Value, parse_dim, show
from nas.space.front_end import FRONT_END, WHICH, FrontEnds, parse_front_end
from nas.space.space import Space, Stage
from nas.task.reconstruction import FORECAST, RECONSTRUCTIONS, WHOLE

# More than any network for a microcontroller has; each block costs time whenever a candidate is drawn.
MOST_STAGES, MOST_BLOCKS = 32, 100

KEYS: Mapping[str, str] = {
    "description": "What the space is for, in a sentence.",
    "input": "The kind of rows that its networks take: `table`, `window` or `image`.",
    "data": "The data that are used where the user names none: a name (see `nas data`), a file or a folder.",
    "stages": "The names of the tables with its stages, in the order from the input on.",
    "reconstruction": "What its networks give again of a row if they detect anomalies: `whole`, all of it or of "
    "its features (an auto-encoder; the default), or `forecast`, the last step of a window from those before it, which "
    "needs networks that read the rows themselves. A space with this key is for the detection of anomalies only.",
    "front_end": "The table of the front-end, whose features the first stage reads: its name as `front_end`, and "
    "settings, each a value, a list, a range or a condition (`when`), as in a stage. It must be able to compute all of "
    "their combinations. Where `front_end` is a list, it is searched too, and each has a table of settings of its own, "
    "such as `[front_end.spectrum]`.",
    "start": "An array of tables, `[[start]]`: architectures to begin with, scaled to the budget. Each has a list of "
    "blocks for a stage, and may have settings of the front-end as `front_end`; what is not given is the default.",
}
"""What each key at the top of a space's file means; its other keys are the stages' tables."""

# In a checkout the folder is next to the package; in a wheel, inside it.
FOLDERS = (Path(__file__).parents[1] / "search_spaces", Path(__file__).parents[2] / "search_spaces")


def space_names() -> list[str]:
    """Return the names of the spaces that are part of nas."""
    return sorted({path.stem for folder in FOLDERS for path in folder.glob("*.toml")})


@explains_keywords
def load_space(name: str) -> Space:
    """Load a space by its name, or from a TOML file; InputError for an unknown name or a wrong file."""
    path = space_file(name)
    return parse_space(read_toml(path), path.stem, path.name)


def space_file(name: str) -> Path:
    """Return the TOML file of a space, given its name or the file; InputError for an unknown name."""
    if name.endswith(".toml"):
        return Path(name)
    found = [folder / f"{name}.toml" for folder in FOLDERS if (folder / f"{name}.toml").is_file()]
    if not found:
        raise unknown("--space", "space", name, space_names())
    return found[0]


def parse_space(source: Mapping[str, Any], name: str, place: str) -> Space:
    """Make a space from parsed TOML; InputError at `place` for what is wrong."""
    for key, kind in {"description": str, "input": str, "data": str, "stages": list}.items():
        if not isinstance(source.get(key), kind):
            raise InputError(f"{place}: {key}", f"must be a {kind.__name__}", got=source.get(key))
    if source["input"] not in list(Kind):
        raise unknown(f"{place}: input", "input", source["input"], Kind)
    if len(source["stages"]) > MOST_STAGES:
        raise InputError(f"{place}: stages", f"must be at most {MOST_STAGES}", got=len(source["stages"]))
    twice = [stage for i, stage in enumerate(source["stages"]) if stage in source["stages"][:i]]
    if twice:
        raise InputError(f"{place}: stages", "must differ", got=twice[0])
    unknown_keys = set(source) - set(KEYS) - set(map(str, source["stages"]))
    if unknown_keys:
        raise InputError(place, "every table must be listed in stages", got=sorted(unknown_keys)[0])
    stages = tuple(_parse_stage(source.get(str(stage)), str(stage), place) for stage in source["stages"])
    front_end = parse_front_end(source[FRONT_END], f"{place}: {FRONT_END}") if FRONT_END in source else None
    space = Space(name, source["description"], Kind(source["input"]), source["data"], stages, source, front_end)
    space = dataclasses.replace(space, reconstruction=_parse_reconstruction(source, place))
    return dataclasses.replace(space, starts=_parse_starts(source.get("start", []), space, place))


def _parse_reconstruction(source: Mapping[str, Any], place: str) -> str:
    """Return what networks give again of a row; InputError for what they cannot."""
    given, place = str(source.get("reconstruction", WHOLE)), f"{place}: reconstruction"
    if given not in RECONSTRUCTIONS:
        raise unknown(place, "reconstruction", given, RECONSTRUCTIONS)
    if given == FORECAST and source["input"] != Kind.WINDOW:
        raise InputError(
            place, "only windows have a next step that can be forecast", got=f'input = "{source["input"]}"'
        )
    if given == FORECAST and FRONT_END in source:
        hint = f'leave one of them out: with "{WHOLE}", networks give the features again'
        raise InputError(place, "must be of the rows themselves to forecast", got="a front-end", hint=hint)
    return given


def _parse_stage(table: object, name: str, place: str) -> Stage:
    place = f"{place}: {name}"
    if not isinstance(table, Mapping) or not isinstance(table.get("block"), str):
        raise InputError(place, "must be a table with the key block")
    kind = BLOCKS.find(table["block"], place)
    count = parse_dim(table.get("count", 1), f"{place}.count")
    if not all(isinstance(n, int) and not isinstance(n, bool) and 0 <= n <= MOST_BLOCKS for n in count.values):
        raise InputError(f"{place}.count", f"must be whole numbers from 0 to {MOST_BLOCKS}", got=show(count))
    settings = {key: spec for key, spec in table.items() if key not in ("block", "count")}
    choices = parse_choices(kind, settings, place)
    for key, dim in choices.dims.items():
        for value in dim.values:
            check_value(kind, key, value, f"{place}.{key}")
    return Stage(name, count, choices)


def _parse_starts(tables: object, space: Space, place: str) -> tuple[Mapping[str, Value], ...]:
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        raise InputError(f"{place}: start", "must be an array of tables", hint="such as [[start]]")
    return tuple(_parse_start(table, space, f"{place}: start[{i}]") for i, table in enumerate(tables))


def _parse_start(table: Mapping[str, object], space: Space, place: str) -> dict[str, Value]:
    """Read a member: a list of blocks for each stage, each with the values that are not the block's defaults.

    A stage without a list has its smallest number of blocks, with the defaults.
    """
    names = [stage.name for stage in space.stages]
    for name in set(table) - {*names, FRONT_END}:
        raise unknown(place, "stage", name, names)
    params: dict[str, Value] = {}
    if space.front_end is not None:
        params |= _parse_start_front_end(table.get(FRONT_END, {}), space.front_end, place)
    for stage in space.stages:
        blocks = table.get(stage.name, [{}] * int(min(stage.count.values)))
        if not isinstance(blocks, list) or not all(isinstance(block, Mapping) for block in blocks):
            raise InputError(f"{place}.{stage.name}", "must be a list of tables, one a block", got=blocks)
        GivenChooser({"count": len(blocks)}, f"{place}.{stage.name}").choose("count", stage.count)
        if len(stage.count.values) > 1:
            params[f"{stage.name}.count"] = len(blocks)
        for i, block in enumerate(blocks):
            params |= _parse_start_block(block, stage.choices, f"{stage.name}.{i}", place)
    return params


def _parse_start_front_end(settings: object, offered: FrontEnds, place: str) -> dict[str, Value]:
    """Read settings of the front-end; of several, `front_end` names it, or else it is the first."""
    if not isinstance(settings, Mapping):
        raise InputError(f"{place}.{FRONT_END}", "must be a table of settings", got=settings)
    (name, *others), own, params = offered.by_name, dict(settings), {}
    if others:
        name = str(GivenChooser({WHICH: own.pop(FRONT_END, name)}, place).choose(WHICH, offered.which))
        params[WHICH] = name
    choices = offered.by_name[name]
    own = choices.kind.own_names(own, f"{place}.{FRONT_END}")
    return params | _parse_start_block(own, choices, offered.prefix(name), place)


def _parse_start_block(block: Mapping[str, Value], choices: Choices[Any], prefix: str, place: str) -> dict[str, Value]:
    defaults: dict[str, Any] = {field.name: field.default for field in dataclasses.fields(choices.kind)}
    chooser = GivenChooser({f"{prefix}.{name}": value for name, value in {**defaults, **block}.items()}, place)
    values: dict[str, Value] = {}
    for name, dim in choices.dims.items():
        if choices.active(name, values):
            fixed = len(dim.values) == 1 and name not in block
            values[name] = dim.values[0] if fixed else chooser.choose(f"{prefix}.{name}", dim)
    for name in set(block) - set(values):
        raise InputError(
            f"{place}: {prefix}.{name}", "must be a dimension of this block", hint=f"one of {', '.join(values)}"
        )
    return {f"{prefix}.{name}": value for name, value in values.items() if len(choices.dims[name].values) > 1}
