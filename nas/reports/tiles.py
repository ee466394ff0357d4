"""Tiles with one figure each, for the top of a page."""

from collections.abc import Callable, Mapping
from typing import Any

from nas.reports.markup import Markup, element
from nas.reports.words import percent, size
from nas.target.ram import ram_needed


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
    """Return the tile of the RAM in a footprint's summary: TFLM's arena, or all of plain C, and of a front-end."""
    if "stack_bytes" in facts:
        name, keys = "RAM in all", {"static": "arena_bytes", "input and output": "input_output_bytes"}
        keys["stack"] = "stack_bytes"
    else:
        name = "Arena and front-end (RAM)" if "ram_bytes" in facts else "Arena to reserve (RAM)"
        keys = {"head": "arena_head_bytes", "tail": "arena_tail_bytes"}
    if "front_end_ram_bytes" in facts:
        keys["front-end"] = "front_end_ram_bytes"
    parts = ", ".join(f"{part} {size(facts.get(key))}" for part, key in keys.items())
    return limited(name, ram_needed(facts), limit, least + parts)


def flash_tile(facts: Mapping[str, Any], limit: float | None, least: str = "") -> Markup:
    """Return the tile of the flash in a footprint's summary: of plain C, constants and code are in it, and no file."""
    is_c = "stack_bytes" in facts
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
