"""What lies where in the arena while which operator runs, as a picture: SVG, a page of HTML, or text.

The arena is drawn as TFLM fills it: the head grows up from its start, with a rectangle for each tensor and scratch
buffer (its bytes upwards, its life to the right), and the tail grows down from its end.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from nas.errors import InputError
from nas.files import write_atomic
from nas.reports.memory_map.lives import live_at, peak_op, planned, printable, short_name
from nas.reports.memory_map.page import to_html
from nas.reports.memory_map.svg import to_svg
from nas.reports.memory_map.text import to_text
from nas.target.footprint import Footprint

__all__ = [
    "FORMATS",
    "live_at",
    "peak_op",
    "planned",
    "printable",
    "short_name",
    "to_html",
    "to_svg",
    "to_text",
    "write_memory_map",
]

FORMATS: Mapping[str, Callable[[Footprint], str]] = {".svg": to_svg, ".html": to_html, ".txt": to_text}


def write_memory_map(footprint: Footprint, path: Path) -> Path:
    """Write the map in the format that the file's name ends in; InputError for any other."""
    if path.suffix not in FORMATS:
        raise InputError(path, f"a memory map must end in {', '.join(FORMATS)}", got=repr(path.suffix))
    return write_atomic(path, FORMATS[path.suffix](footprint))
