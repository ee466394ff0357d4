"""The report's page: the results first, then the search, then how to reproduce it."""

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
from nas.study.scores import in_cross_validation, in_validation, on_test_set
from nas.task.task import metric_title


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
        yield _confusion(view, winner.tested, metric_title(winner.metric))
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
    title = metric_title(view.result.front[0].metric)
    metric = view.result.front[0].metric
    circle = (
        f" The circle is the winner's {in_validation(metric)}. Its {in_cross_validation(metric)}, after longer "
        f"trainings in the finals, and its {on_test_set(metric)} are at the top of this page."
    )
    return _section(
        f"{title[0].upper()}{title[1:]} against weights",
        _note(
            f"Each dot is a candidate as the search trained it: the int8 model's {title} on the validation data. "
            "Pareto front: no other candidate is smaller and at least as good." + (circle if view.result.winner else "")
        ),
        figures.front(view),
        details("Pareto front as a table", tables.front(view.result.front), open_=len(view.result.front) <= 8),
    )


def _confusion(view: ReportView, tested: Tested, title: str) -> Markup:
    return _section(
        "Confusion matrix",
        _note(
            f"Test {view.inputs_are} by true class and by the class that the winner's int8 model predicts. The test "
            "set was used once, for the winner."
        ),
        tables.confusion(tested.confusion, view.class_names),
        _note(
            f"Every metric on the test set with its 95 % interval. {tested.method_words} The study selected by {title}."
        ),
        tables.scores(tested),
    )


def _memory(view: ReportView) -> Markup:
    footprint = view.footprint
    assert footprint is not None
    arena = footprint.detail
    return _section(
        "Memory map of the winner",
        _note(
            f"How TensorFlow Lite Micro uses the arena on {footprint.target}. Reserve {size(arena.min)}, the smallest "
            f"arena that works. The head, {size(arena.head)}, holds activations and scratch buffers: a rectangle spans "
            "the operators that need a buffer (to the right) and its bytes (upwards). The tail, "
            f"{size(arena.tail)}, is kept as long as the interpreter exists."
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
        f"Each final training holds out another fold and has a seed of its own. The winner's "
        f"{in_cross_validation(winner.metric)}: {percent(winner.cross_validated_score)} over {folds} folds, "
        f"standard deviation {percent(std)}."
    )
    return details("Final trainings (cross-validation)", spread if std is not None else "", tables.finals(winner))


def _rungs(view: ReportView) -> Markup:
    return _section(
        "Early stopping",
        _note(
            "Successive halving: at a rung, only the best candidates continue, and the others are paused. Control "
            "candidates, picked at random, are never stopped. The rank correlation (Spearman) between their accuracy "
            "at the rung and their int8 accuracy at the end says how well the rung predicts: 1 is perfect, 0 is chance."
        ),
        tables.rungs(view),
    )


def _importances(view: ReportView) -> Markup:
    return _section(
        "Hyperparameter importance",
        _note("Share of the score's variance that each hyperparameter explains, over the complete candidates."),
        figures.importances(view),
    )


def _candidates(view: ReportView) -> Markup:
    built = len(view.built())
    lists = [
        details(f"All {built} trained candidates, best first", tables.candidates(view)),
        details("Their hyperparameters", tables.dimensions(view)),
    ]
    return _section("Candidates", tables.states(view), *(lists if built else []))


def _making(view: ReportView) -> Markup:
    made = next((record for record in view.complete() if record.versions), None)
    return _section(
        "Reproduce with",
        element("pre", view.command),
        _note(view.command_note) if view.command_note else "",
        details("study.toml", element("pre", view.definition)),
        _note(join("Made with ", tables.versions(made), ".")) if made else "",
    )
