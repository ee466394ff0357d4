"""Rows with a wrong answer as small drawings: a window as a line a channel, an image as pixels."""

import base64
from collections.abc import Sequence
from io import BytesIO

import numpy as np

from nas.reports.markup import Markup, element, join, void
from nas.reports.words import percent
from nas.study.answers import Mistake

# Of the drawing of a window, in units of its own.
_WIDTH, _HEIGHT = 160, 80


def gallery(
    mistakes: Sequence[Mistake], class_names: Sequence[str], channels: Sequence[str], are: str, row: str = "test row"
) -> Markup:
    """Show each mistake with its true and its predicted class.

    Args:
        mistakes: what to show.
        class_names: of the classes, by number.
        channels: names of the channels of a window, or nothing.
        are: what rows are: `windows`, `images` or `rows`; those of a table are not drawn.
        row: what stands before the number of a row.
    """
    if are == "windows":
        pictures = _windows(mistakes)
        count = len(mistakes[0].values)
        legend = _legend([*channels[:count]] or [f"channel {i}" for i in range(count)])
    else:
        pictures = [_image(one) if are == "images" else Markup() for one in mistakes]
        legend = Markup()
    figures = (
        element("figure", picture, _caption(one, class_names, row))
        for one, picture in zip(mistakes, pictures, strict=True)
    )
    return join(legend, element("div", *figures, class_="gallery"))


def _caption(one: Mistake, class_names: Sequence[str], row: str) -> Markup:
    group = "" if one.group is None else f", group {one.group}"
    names = element("b", class_names[one.true]), " taken for ", element("b", class_names[one.predicted])
    return element("figcaption", *names, element("small", f"{percent(one.confidence)} sure; {row} {one.row}{group}"))


def _legend(names: Sequence[str]) -> Markup:
    keys = (element("span", element("i", class_=f"channel-{i}"), name) for i, name in enumerate(names))
    return element("p", *keys, class_="legend")


def _windows(mistakes: Sequence[Mistake]) -> list[Markup]:
    """Draw windows; a channel has one scale in all of them, so that they can be compared."""
    channels = zip(*(one.values for one in mistakes), strict=True)
    scales = [(min(map(min, lines)), max(map(max, lines))) for lines in channels]
    return [_window(one, scales) for one in mistakes]


def _window(one: Mistake, scales: Sequence[tuple[float, float]]) -> Markup:
    lines = (
        element("polyline", points=_points(line, *scale), class_=f"channel-{i}")
        for i, (line, scale) in enumerate(zip(one.values, scales, strict=True))
    )
    says = f"Window of test row {one.row}, {len(one.values)} channels over time"
    return element("svg", *lines, viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img", aria_label=says, class_="window")


def _points(line: Sequence[float], low: float, high: float) -> str:
    across, up = _WIDTH / max(len(line) - 1, 1), (_HEIGHT - 4) / ((high - low) or 1.0)
    return " ".join(f"{i * across:.1f},{_HEIGHT - 2 - (value - low) * up:.1f}" for i, value in enumerate(line))


def _image(one: Mistake) -> Markup:
    from matplotlib.image import imsave

    stream = BytesIO()
    imsave(stream, np.asarray(one.values), cmap="gray", format="png")
    source = f"data:image/png;base64,{base64.b64encode(stream.getvalue()).decode()}"
    return void("img", src=source, alt=f"Image of test row {one.row}")
