"""The report's figures as files of their own, for those who look at a study without its report."""

import re
from collections.abc import Callable, Mapping
from importlib import resources

from nas.reports import figures, fronts
from nas.reports.markup import Markup
from nas.reports.view import ReportView

_FIGURES: Mapping[str, Callable[[ReportView], Markup]] = {
    "pareto_front.svg": fronts.own,
    "best_so_far.svg": figures.best_by_trial,
    "importances.svg": figures.importances,
}
_FONT = 'svg { background: var(--surface); font-family: system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }'


def figure_files(view: ReportView) -> dict[str, str]:
    """Return the figures that sum up a search as SVG files, by name; none without a complete candidate."""
    if not view.complete():
        return {}
    unknown = () if view.explains else ("importances.svg",)
    return {name: standalone(draw(view)) for name, draw in _FIGURES.items() if name not in unknown}


def standalone(drawn: Markup) -> str:
    """Return a figure of the page as a file that has the page's colours in it, those of light mode."""
    svg = str(drawn)[str(drawn).index("<svg") : str(drawn).index("</svg>") + len("</svg>")]
    style = resources.files("nas.reports").joinpath("style.css").read_text(encoding="utf-8")
    colours = re.search(r":root \{.*?\}", style, re.DOTALL)
    assert colours is not None
    head, body = svg.split(">", 1)
    # Without a size of its own, a file has none in MLflow's viewer.
    width, height = re.search(r'viewBox="\S+ \S+ (\S+) (\S+)"', head).groups()  # type: ignore[union-attr]
    return f'{head} width="{width}" height="{height}"><style>{colours[0]}\n{_FONT}</style>{body}\n'
