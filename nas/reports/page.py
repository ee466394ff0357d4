"""The report's page: the results first, then the search, then what to do next."""

from collections.abc import Iterator
from pathlib import Path

from nas.files import write_atomic
from nas.reports import answers, figures, fronts, tables, winner
from nas.reports.headline import headline
from nas.reports.markup import Markup, contents, details, element, join, note, page, section
from nas.reports.steps import next_steps
from nas.reports.view import ReportView
from nas.reports.words import capitalized
from nas.study.rung_correlation import FEWEST_PAIRS
from nas.study.scores import in_cross_validation, in_validation, on_test_set
from nas.task.task import metric_title


def write_report(view: ReportView, path: Path) -> Path:
    """Write the report as one HTML file that needs no other, and return its path."""
    return write_atomic(path, render(view))


def render(view: ReportView) -> str:
    """Return the report's HTML; equal views give equal text."""
    sections = list(_sections(view))
    links = element("header", contents(sections))
    return page(f"{view.result.study}: report of a search", headline(view), links, element("main", *sections))


def _sections(view: ReportView) -> Iterator[Markup]:
    best = view.result.winner
    if view.result.front:
        yield _front(view)
    if best is not None:
        yield from winner.finals(best)
    if best is not None and best.tested is not None:
        yield from winner.on_test_rows(view, best, best.tested)
    if view.footprint is not None:
        yield from winner.network(view)
        yield from winner.runtimes(view)
    yield from _search(view)
    if best is not None:
        yield section("Next steps", next_steps(view))
    yield _making(view)


def _search(view: ReportView) -> Iterator[Markup]:
    if view.complete():
        yield _progress(view)
        yield _curves(view)
    if view.result.rungs:
        yield _rungs(view)
    if view.explains:
        yield _importances(view)
    yield _candidates(view)


def _front(view: ReportView) -> Markup:
    metric = view.result.front[0].metric
    winner = view.result.winner
    finals = f"its {in_cross_validation(metric)}, after longer trainings in the finals, and "
    circle = (
        f" The circle is around the winner, at its {in_validation(metric)}. See the top of this page for "
        f"{finals if winner and winner.cross_validated_score is not None else ''}its {on_test_set(metric)}."
    )
    if winner and winner.hand_made and winner.hand_made.tested:
        circle += " The diamonds are the winner and the hand-made network, at their scores on the test set."
    own = " and ".join(cost.titled(view.result.front) for cost in view.result.costs)
    return section(
        f"{capitalized(metric_title(metric))} against cost",
        note(
            f"Each dot is a candidate as the search trained it: its {in_validation(metric)}, of the int8 model."
            + (circle if winner else "")
        ),
        fronts.picker(view),
        details(f"Pareto front by {own}, with all costs", tables.front(view.result.front)),
    )


def _progress(view: ReportView) -> Markup:
    return section(
        "Best score so far",
        note(f"The search {view.result.stopped}.") if view.result.stopped else "",
        element("div", figures.best_by_trial(view), figures.best_by_seconds(view), class_="pair"),
    )


def _curves(view: ReportView) -> Markup:
    best = view.result.winner
    loss = "" if best is None else figures.winner_loss(best.record)
    curves = element("div", figures.accuracy_curves(view), loss, class_="pair")
    return section("Learning curves", curves)


def _rungs(view: ReportView) -> Markup:
    return section(
        "Early stopping",
        note(
            "Successive halving: at a rung, only the best candidates continue, and the others are paused. Control "
            "candidates, picked at random, are never stopped. The rank correlation (Spearman) between their score "
            "at the rung and their int8 score at the end says how well the rung predicts: 1 is perfect, 0 is "
            f"chance. Of fewer than {FEWEST_PAIRS} control candidates it would say little, and there is a dash."
        ),
        tables.rungs(view),
    )


def _importances(view: ReportView) -> Markup:
    shares = figures.important(view.importances)
    return section(
        "Hyperparameter importance",
        note(
            "Share of the score's variance that each hyperparameter explains, over "
            f"{len(view.complete())} complete candidates. The fewer they are, the more of it is chance."
        ),
        answers.bars(("hyperparameter", "share", ""), [(name, share, "") for name, share in shares]),
    )


def _candidates(view: ReportView) -> Markup:
    built = len(view.built())
    shown = min(built, tables.MOST_CANDIDATES)
    which = f"All {built} trained candidates" if shown == built else f"The best {shown} of {built} trained candidates"
    lists = [
        details(f"{which}, best first", tables.candidates(view)),
        details("Their hyperparameters", tables.dimensions(view)),
    ]
    return section("Candidates", tables.states(view), *(lists if built else []))


def _making(view: ReportView) -> Markup:
    made = next((record for record in view.complete() if record.versions), None)
    return section(
        "Reproduce with",
        element("pre", view.command),
        note(view.command_note) if view.command_note else "",
        details("study.toml", element("pre", view.definition)),
        note(join("Made with ", tables.versions(made), ".")) if made else "",
    )
