"""Tiles with one figure each, for the top of a page."""

from collections.abc import Callable, Mapping
from typing import Any

from nas.reports.markup import Markup, element
from nas.reports.words import percent, size
from nas.target.ram import ram_title


def limited(
    name: str, used: float | None, limit: float | None, beside: str = "", write: Callable[[object], str] = size
) -> Markup:
    """Return a tile with a bar that shows how much of the limit is used."""
    if limit is None or used is None:
        return tile(name, write(used), beside or "no limit set")
    share = min(1.0, used / limit)
    bar = element("div", element("div", style=f"width: {100 * share:.1f}%"), class_="bar", aria_hidden="true")
    of = element("div", f"{percent(used / limit)} of {write(limit)}", class_="beside")
    return tile(name, write(used), beside, bar, of)


def ram_tile(facts: Mapping[str, Any], limit: float | None, least: str = "") -> Markup:
    """Return the tile of the RAM in a footprint's summary: TFLM's arena, or all that plain C needs."""
    used = facts.get("arena_min_bytes")
    if ram_title(facts) == "RAM":
        keys = {"static": "arena_bytes", "input and output": "input_output_bytes", "stack": "stack_bytes"}
        parts = ", ".join(f"{name} {size(facts[key])}" for name, key in keys.items())
        return limited("RAM in all", used, limit, least + parts)
    parts = f"head {size(facts.get('arena_head_bytes'))}, tail {size(facts.get('arena_tail_bytes'))}"
    return limited("Arena to reserve (RAM)", used, limit, least + parts)


def flash_tile(facts: Mapping[str, Any], limit: float | None, least: str = "") -> Markup:
    """Return the tile of the flash in a footprint's summary: of plain C, constants and code are in it, and no file."""
    is_c = ram_title(facts) == "RAM"
    beside = f"{least}.tflite file {size(facts.get('file_bytes'))}"
    return limited(f"Flash, {'constants' if is_c else 'model'} and code", facts.get("flash_bytes"), limit, beside)


def tile(name: str, figure: str, beside: str, *more: Markup) -> Markup:
    """Return a tile: a name, its figure, what belongs to it, and what stands below."""
    return element(
        "div",
        element("div", name, class_="name"),
        element("div", figure, class_="figure"),
        *more,
        element("div", beside, class_="beside") if beside else "",
        class_="tile",
    )
