"""Matplotlib figures as inline SVG in the page's own colours and fonts."""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import StringIO
from typing import TYPE_CHECKING, Any

from nas.reports.markup import Markup, element

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Matplotlib draws in these; in the SVG they become the page's colours, light or dark.
INK, MUTED, LINE, ACCENT, SECOND, SURFACE = (f"#0000{i:02x}" for i in range(1, 7))
# For as many lines in one plot, such as channels or classes.
LINES = tuple(f"#0001{i:02x}" for i in range(6))
_VARIABLES = {
    INK: "ink",
    MUTED: "muted",
    LINE: "line",
    ACCENT: "accent",
    SECOND: "second",
    SURFACE: "surface",
    **{colour: f"line-{i}" for i, colour in enumerate(LINES)},
}
# Matplotlib's SVG has 72 units an inch; the page shows a unit as a pixel.
_UNITS_AN_INCH = 72
FULL_WIDTH = 1000
HALF_WIDTH = 488

_STYLE: Any = {
    "svg.fonttype": "none",  # text stays text: it takes the page's font, and can be found
    "text.parse_math": False,  # a dollar in a name is a dollar
    "font.size": 13,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlesize": 13,
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "grid.color": LINE,
    "grid.linewidth": 1,
    "xtick.color": MUTED,
    "ytick.color": LINE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "ytick.major.size": 0,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "figure.dpi": _UNITS_AN_INCH,
    "legend.frameon": False,
    "legend.labelcolor": MUTED,
    "lines.linewidth": 2,
    "lines.solid_joinstyle": "round",
}


@contextmanager
def drawing(width: float, height: float) -> Iterator[tuple["Figure", "Axes"]]:
    """Give an empty figure of that many pixels on the page, in the page's style."""
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(width / _UNITS_AN_INCH, height / _UNITS_AN_INCH), layout="constrained")
        yield figure, figure.add_subplot()


def to_svg(figure: "Figure", name: str, description: str, titles: Mapping[str, Sequence[str]] | None = None) -> Markup:
    """Return the figure as an element; equal figures give equal text, on any machine and at any time.

    Args:
        figure: made within `drawing`, and drawn within it.
        name: makes the figure's identifiers different from those of the other figures on the page.
        description: what the figure shows, for readers who cannot see it.
        titles: what each dot of a plot says when the pointer rests on it, by the plot's `gid`; all must be in sight.
    """
    import matplotlib

    stream = StringIO()
    with matplotlib.rc_context({"svg.hashsalt": name}):
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(stream, format="svg", metadata=nothing, transparent=True)
    width = round(figure.get_figwidth() * _UNITS_AN_INCH)
    drawn = stream.getvalue()
    for gid, words in (titles or {}).items():
        drawn = _with_titles(drawn, gid, words)
    svg = Markup(_clean(drawn, description, f"max-width: {width}px"))
    return element("div", svg, class_="scroll wide") if width > HALF_WIDTH else svg


def _with_titles(text: str, gid: str, words: Sequence[str]) -> str:
    """Let each dot of a plot say what it is; Matplotlib writes markers in order, as `<use ... />`."""
    start = text.find(f'<g id="{gid}">')
    if start < 0:
        return text
    waiting = iter(words)

    def with_title(match: re.Match[str]) -> str:
        return f"{match[1]}>{element('title', next(waiting))}</use>"

    return text[:start] + re.sub(r"(<use [^>]*)/>", with_title, text[start:], count=len(words))


def _clean(text: str, description: str, style: str) -> str:
    text = text[text.index("<svg") :]
    # The style sheet would hold for the whole page, which has this rule for its figures already.
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, count=1, flags=re.DOTALL)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"', r"\1", text, count=1)
    label = element("svg", role="img", aria_label=description, style=style)
    text = text.replace("<svg", label.removesuffix("></svg>"), 1)
    text = re.sub(r'(?<=[" ])font-family: [^;"]*;? ?', "", text)
    for colour, variable in _VARIABLES.items():
        text = text.replace(colour, f"var(--{variable})")
    return re.sub(r"\n\s*", "\n", _drop_unused_ids(text))


def _drop_unused_ids(text: str) -> str:
    """Drop identifiers that nothing refers to: Matplotlib repeats them in every figure, but a page's must be unique."""
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', text))
    return re.sub(r' id="([^"]*)"', lambda match: match[0] if match[1] in used else "", text)
