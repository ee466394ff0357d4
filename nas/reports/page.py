"""The page: sections in the order in which a reader asks."""

from collections.abc import Iterator
from pathlib import Path

from nas.files import write_atomic
from nas.reports import figures, tables
from nas.reports.headline import headline
from nas.reports.markup import Markup, details, element, join, page
from nas.reports.memory_map.page import buffers, picture
from nas.reports.view import ReportView
from nas.reports.words import percent, size
from nas.study.result import Tested, Trained
from nas.task.metrics import DRAWS, TITLES


def write_report(view: ReportView, path: Path) -> Path:
    """Write the report as one HTML file that needs no other, and return its path."""
    return write_atomic(path, render(view))


def render(view: ReportView) -> str:
    """Return the report's HTML; equal views give equal text."""
    return page(f"{view.result.study}: report of a search", headline(view), element("main", *_sections(view)))


def _sections(view: ReportView) -> Iterator[Markup]:
    winner = view.result.winner
    if view.result.front:
        yield _front(view)
    if winner is not None and winner.tested is not None:
        yield _confusion(view, winner.tested, TITLES[winner.metric])
    if view.footprint is not None:
        yield _memory(view)
    if view.complete():
        yield _progress(view)
        yield _curves(view)
    if view.result.rungs:
        yield _rungs(view)
    if view.importances:
        yield _importances(view)
    yield _candidates(view)
    yield _making(view)


def _section(title: str, *children: object) -> Markup:
    return element("section", element("h2", title), *children)


def _note(text: str) -> Markup:
    return element("p", text, class_="note")


def _front(view: ReportView) -> Markup:
    return _section(
        f"{_title(view)[0].upper()}{_title(view)[1:]} against weights",
        _note(
            "Each dot is a candidate as the search trained it. No other is both smaller and better than one of the "
            f"front. The {_title(view)} is that of the int8 model on the validation groups."
        ),
        figures.front(view),
        details("The front as a table", tables.front(view.result.front), open_=len(view.result.front) <= 8),
    )


def _title(view: ReportView) -> str:
    return TITLES[view.result.front[0].metric]


def _confusion(view: ReportView, tested: Tested, title: str) -> Markup:
    return _section(
        "What the winner takes for what",
        _note("Rows of the test set, which was opened once, for the winner; the int8 model."),
        tables.confusion(tested.confusion, view.class_names),
        _note(
            "Every metric on these rows, with its 95 % interval: what drawing "
            f"{tested.resampled_unit} with replacement, {DRAWS:,} times, makes of it. The study judged by "
            f"{title}."
        ),
        tables.scores(tested),
    )


def _memory(view: ReportView) -> Markup:
    footprint = view.footprint
    assert footprint is not None
    arena = footprint.detail
    return _section(
        "The winner's memory map",
        _note(
            f"The arena's head, {size(arena.head)}, as TensorFlow Lite Micro plans it on {footprint.target}: a "
            f"rectangle spans the operators while which a tensor lives, and the bytes that it takes. The tail, "
            f"{size(arena.tail)}, holds what lives as long as the interpreter. With planning, {size(arena.min)} is "
            "the smallest arena that works."
        ),
        picture(footprint),
        details("Buffers in the arena's head", buffers(footprint)),
        details("Operators", tables.operators(footprint)),
    )


def _progress(view: ReportView) -> Markup:
    return _section(
        "Best score so far",
        _note(f"The search {view.result.stopped}.") if view.result.stopped else "",
        element("div", figures.best_by_trial(view), figures.best_by_seconds(view), class_="pair"),
    )


def _curves(view: ReportView) -> Markup:
    winner = view.result.winner
    loss = "" if winner is None else figures.winner_loss(winner.record)
    curves = element("div", figures.accuracy_curves(view), loss, class_="pair")
    return _section("Learning curves", curves, "" if winner is None else _finals(winner))


def _finals(winner: Trained) -> Markup:
    std, folds = winner.fold_std, len(winner.fold_scores)
    spread = _note(
        f"Each on a fold held out and with a seed of its own. The winner's {TITLES[winner.metric]}, int8: "
        f"{percent(winner.record.val_score)} in the mean over {folds} folds, standard deviation {percent(std)}."
    )
    return details("The final trainings that competed", spread if std is not None else "", tables.finals(winner))


def _rungs(view: ReportView) -> Markup:
    return _section(
        "Rungs",
        _note(
            "At each rung a candidate goes on only if it is among the best that came there. Control candidates, picked "
            "by chance, pass all rungs; the rank correlation (Spearman) of their accuracy at the rung with their int8 "
            "accuracy at the end tells how well the rung judges: 1 is perfect, 0 is chance."
        ),
        tables.rungs(view),
    )


def _importances(view: ReportView) -> Markup:
    return _section(
        "What matters in the space",
        _note("Share of the score's variance that each dimension explains, over the complete candidates."),
        figures.importances(view),
    )


def _candidates(view: ReportView) -> Markup:
    built = len(view.built())
    lists = [
        details(f"All {built} that were built, best first", tables.candidates(view)),
        details("Their dimensions", tables.dimensions(view)),
    ]
    return _section("Candidates", tables.states(view), *(lists if built else []))


def _making(view: ReportView) -> Markup:
    made = next((record for record in view.complete() if record.versions), None)
    return _section(
        "How to make it again",
        element("pre", view.command),
        details("study.toml", element("pre", view.definition)),
        _note(join("Made with ", tables.versions(made), ".")) if made else "",
    )
