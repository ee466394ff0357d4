"""The top of the report: the result in a sentence, and its numbers compared with the limits."""

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from nas.reports.markup import Markup, element, join
from nas.reports.tiles import flash_tile, limited, ram_tile, tile
from nas.reports.view import ReportView
from nas.reports.words import GAP, capitalized, percent, scored, size, whole
from nas.study.record import Record
from nas.study.result import Trained
from nas.study.scores import in_validation, on_test_set, validated
from nas.study.tested import Tested
from nas.study.verdict import verdict
from nas.task.task import metric_title, score_text, task_of
from nas.text import UNKNOWN, duration, listed


def headline(view: ReportView) -> Markup:
    """Return the title, the result in a sentence, and a tile for each number."""
    title = element("h1", view.result.study)
    if view.result.winner is None:
        return element("header", title, *_partial(view))
    return element(
        "header",
        title,
        element("p", _sentence(view, view.result.winner), class_="lead"),
        *(element("p", words, class_="lead") for words in [verdict(view.result.winner)] if words),
        element("p", f"{capitalized(view.result.lacked)}.", class_="note") if view.result.lacked else "",
        element("div", join(*_tiles(view, view.result.winner)), class_="tiles"),
    )


def _partial(view: ReportView) -> Iterator[Markup]:
    """Say that the study has no winner yet, what is known so far, and which commands lead to a winner."""
    best, study = next(iter(view.complete()), None), shlex.quote(view.result.folder)
    so_far = "" if best is None else f" Best so far: {_so_far(best)}."
    yield element(
        "p",
        f"Partial report: the study has no winner yet. {whole(view.result.trials)} trials in "
        f"{duration(view.result.seconds)}.{so_far}",
        class_="lead",
    )
    if best is not None:
        yield element("p", "Choose the winner now, from the candidates so far:", class_="note")
        yield element("pre", f"nas search {study} --finish")
    yield element("p", "Continue the search where it stopped:", class_="note")
    yield element("pre", f"nas search {study}")


def _so_far(record: Record) -> str:
    return (
        f"trial {record.trial}, {in_validation(record.metric)} {score_text(record.metric, record.val_score)} with "
        f"{size((record.profiled or {}).get('weights_bytes'))} of weights"
    )


def _sentence(view: ReportView, winner: Trained) -> str:
    weights = (winner.record.profiled or {}).get("weights_bytes")
    return (
        f"{whole(view.result.trials)} candidates in {duration(view.result.seconds)}. Winner: trial "
        f"{winner.record.trial}. Its int8 model {_does(winner)} with {size(weights)} of weights."
    )


def _does(winner: Trained) -> str:
    """Return in words how well a winner does on the test set."""
    if task_of(winner.metric).main_metric == "accuracy":
        return f"classifies {percent(winner.test_accuracy)} of the test set correctly"
    if winner.tested is None:
        return "was not tested"
    reached = (f"{metric_title(name)} of {scored(name, one.value)}" for name, one in winner.tested.metrics.items())
    return f"has, on the test set, {listed([f'{_article(words)} {words}' for words in reached])}"


def _article(words: str) -> str:
    """Return the article of a metric: an RMSE, a macro-F1."""
    return "an" if re.match("[aeiou]|[AEFHILMNORSX][A-Z0-9]", words) else "a"


def _score(tested: Tested, metric: str) -> Markup:
    """Return the tile of a metric on the test set, with its interval and its baseline."""
    int8, float_ = tested.metrics[metric], tested.float_metrics[metric]
    return tile(
        capitalized(on_test_set(metric)),
        scored(metric, int8.value),
        f"{tested.interval_words(int8)}; "
        f"before quantization {scored(metric, float_.value)}; "
        f"always {tested.task.constant} {scored(metric, tested.baseline_metrics[metric])}",
    )


def _tiles(view: ReportView, winner: Trained) -> list[Markup]:
    costs = winner.record.profiled or {}
    return [
        *(_score(winner.tested, metric) for metric in winner.headline_metrics if winner.tested),
        *(_validated(capitalized(name), value) for name, value in validated(winner)),
        limited("Weights", costs.get("weights_bytes"), view.limits.get("weights")),
        ram_tile(costs, view.limits.get("ram")),
        flash_tile(costs, view.limits.get("flash")),
        limited("Multiply-accumulates", costs.get("macs"), view.limits.get("macs"), _latency(costs), whole),
        *_limited_latency(view, costs),
    ]


def _limited_latency(view: ReportView, costs: Mapping[str, Any]) -> list[Markup]:
    """Return a tile of the latency if the study limits it."""
    if "latency" not in view.limits:
        return []
    return [limited("Latency, estimated", costs.get("latency_ms"), view.limits["latency"], write=_milliseconds)]


def _milliseconds(value: object) -> str:
    return f"{value:.4g}{GAP}ms" if isinstance(value, float | int) else UNKNOWN


def _validated(name: str, value: str) -> Markup:
    """Return the tile of a score of the search or of the finals, with its spread below it."""
    figure, _, spread = value.partition(" ") if "%" not in value else value.partition("%")
    return tile(name, f"{figure.strip()}{GAP}%" if "%" in value else figure, spread.strip())


def _latency(costs: Mapping[str, Any]) -> str:
    latency = costs.get("latency_ms")
    return "for one inference" if latency is None else f"for one inference, about {latency:.1f} ms"
