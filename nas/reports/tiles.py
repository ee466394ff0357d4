"""Tiles with one figure each, for the top of a page."""

from collections.abc import Callable

from nas.reports.markup import Markup, element
from nas.reports.words import percent, size


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
