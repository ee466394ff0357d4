"""Reads search spaces from TOML files."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nas.blocks.block import BLOCKS, check_value
from nas.dims import Dim, Value, parse_dim
from nas.errors import InputError, unknown
from nas.space import INPUT_RANKS, Space, Stage

# In a checkout the folder lies beside the package; in a wheel, inside it.
FOLDERS = (Path(__file__).parent / "search_spaces", Path(__file__).parents[1] / "search_spaces")


def space_names() -> list[str]:
    """Return the names of the spaces that come with nas."""
    return sorted({path.stem for folder in FOLDERS for path in folder.glob("*.toml")})


def load_space(name: str) -> Space:
    """Load a space by its name, or from a TOML file of the user's; InputError for what is not one."""
    path = Path(name)
    if path.suffix != ".toml":
        found = [folder / f"{name}.toml" for folder in FOLDERS if (folder / f"{name}.toml").is_file()]
        if not found:
            raise unknown("--space", "space", name, space_names())
        path = found[0]
    try:
        source = tomllib.loads(path.read_text())
    except OSError as error:
        raise InputError(path, "must be a readable file", got=error.strerror) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(path, f"must be valid TOML: {error}") from None
    return parse_space(source, path.stem, path.name)


def parse_space(source: Mapping[str, Any], name: str, place: str) -> Space:
    """Check a space's TOML data; messages begin with `place`."""
    for key, kind in {"description": str, "input": str, "data": str, "stages": list}.items():
        if not isinstance(source.get(key), kind):
            raise InputError(f"{place}: {key}", f"must be a {kind.__name__}", got=source.get(key))
    if source["input"] not in INPUT_RANKS:
        raise unknown(f"{place}: input", "input", source["input"], INPUT_RANKS)
    twice = [stage for i, stage in enumerate(source["stages"]) if stage in source["stages"][:i]]
    if twice:
        raise InputError(f"{place}: stages", "must differ", got=twice[0])
    strange = set(source) - {"description", "input", "data", "stages"} - set(map(str, source["stages"]))
    if strange:
        raise InputError(place, "every table must be listed in stages", got=sorted(strange)[0])
    stages = tuple(_parse_stage(source.get(str(stage)), str(stage), place) for stage in source["stages"])
    return Space(name, source["description"], source["input"], source["data"], stages, source)


def _parse_stage(table: object, name: str, place: str) -> Stage:
    place = f"{place}: {name}"
    if not isinstance(table, Mapping) or not isinstance(table.get("block"), str):
        raise InputError(place, "must be a table with the key block")
    kind = BLOCKS.find(table["block"], place)
    count = parse_dim(table.get("count", 1), f"{place}.count")
    if not all(isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in count.values):
        raise InputError(f"{place}.count", "must be whole numbers of at least 0", got=count.values)
    dims: dict[str, Dim] = {}
    when: dict[str, dict[str, tuple[Value, ...]]] = {}
    for key, spec in table.items():
        if key in ("block", "count"):
            continue
        dims[key], when[key] = _parse_dim(spec, f"{place}.{key}")
        for value in dims[key].values:
            check_value(kind, key, value, f"{place}.{key}")
        for other in when[key]:
            if other not in dims or other == key:
                raise InputError(f"{place}.{key}", "when must name an earlier dimension of the table", got=other)
    return Stage(name, kind, count, dims, {key: conditions for key, conditions in when.items() if conditions})


def _parse_dim(spec: object, place: str) -> tuple[Dim, dict[str, tuple[Value, ...]]]:
    if not isinstance(spec, Mapping):
        return parse_dim(spec, place), {}
    rest = {key: value for key, value in spec.items() if key != "when"}
    dim = parse_dim(rest["choices"] if set(rest) == {"choices"} else rest, place)
    conditions = spec.get("when", {})
    if not isinstance(conditions, Mapping):
        raise InputError(place, "when must be a table of dimension = [values]", got=conditions)
    return dim, {
        other: parse_dim(allowed if isinstance(allowed, list) else [allowed], f"{place}.when").values
        for other, allowed in conditions.items()
    }
