"""The contract of a memory map's format, the registry of all formats, and the writing of a file."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from nas.errors import InputError
from nas.files import write_atomic
from nas.keywords import explains_keywords
from nas.registry import Registry
from nas.target.footprint import Footprint

MapFormat: TypeAlias = Callable[[Footprint], str]
"""Returns the content of a file that shows a footprint's memory map; equal footprints give equal content."""

MAP_FORMATS: Registry[MapFormat] = Registry("memory map format", "nas.reports.memory_map")
"""Formats by the end of a file's name, without the dot."""


@explains_keywords
def write_memory_map(footprint: Footprint, path: Path) -> Path:
    """Write the map in the format that the file's name ends in; InputError for any other."""
    name = path.suffix.removeprefix(".")
    if name not in MAP_FORMATS:
        known = ", ".join(f".{known}" for known in MAP_FORMATS)
        raise InputError(path, f"a memory map's file must end in one of {known}", got=repr(path.suffix))
    return write_atomic(path, MAP_FORMATS[name](footprint))
