"""The report's tables: Pareto front, candidates, confusion matrix, metrics, operators, states, rungs, finals."""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nas.reports.markup import Markup, element, join, note, table
from nas.reports.view import ReportView, score
from nas.reports.words import decimal, interval_of, scored, value, whole
from nas.study.costs import known_costs
from nas.study.decision import by_rank
from nas.study.decision import finalists as all_finalists
from nas.study.record import Record, State, state_reason, state_words
from nas.study.result import Trained
from nas.study.scores import in_cross_validation, in_validation, on_test_set
from nas.study.tested import Tested
from nas.target.ram import ram_needed, ram_title
from nas.task.metrics import Estimate
from nas.task.task import metric_title, task_of
from nas.text import UNKNOWN

if TYPE_CHECKING:
    from nas.target.footprint import Footprint

# Of more candidates, the best are listed; MLflow has all of them.
MOST_CANDIDATES = 300
COSTS = {"weights_bytes": "weights, B", "arena_min_bytes": "{ram}, B", "flash_bytes": "flash, B", "macs": "MACs"}
MEANINGS = {
    State.COMPLETE: "trained, quantized and evaluated",
    State.OVER_BUDGET: "larger than the budget by its estimate, so never trained",
    State.PRUNED: "stopped early at a rung, or out of time",
    State.DUPLICATE: "the same network as an earlier candidate, so not trained again",
    State.FAILED: "an error occurred; the record says which",
}


def _judged_by(metric: str) -> list[str]:
    """Return the title of the study's metric's column; none for the one that has its own columns."""
    return [] if metric == _main_metric(metric) else [in_validation(metric)]


def _judged(metric: str, score: float | None) -> list[str]:
    return [scored(metric, score) for _ in _judged_by(metric)]


def _main_titles(metric: str) -> tuple[str, str]:
    """Return the titles of the columns of `_main`."""
    return in_validation(_main_metric(metric)), "before quantization"


def _main(record: Record) -> tuple[str, str]:
    """Return the metric that every study of a task shows, of the int8 and of the float model."""
    metric = _main_metric(record.metric)
    return scored(metric, record.val_metrics.get(metric)), scored(metric, record.float_val_score_of(metric))


def _main_metric(metric: str) -> str:
    return task_of(metric).main_metric


def _titles(records: Sequence[Record]) -> list[str]:
    ram = ram_title(*(record.profiled or record.estimated or {} for record in records))
    return [title.format(ram=ram) for title in COSTS.values()]


def _costs(record: Record) -> list[object]:
    known = record.profiled or record.estimated or {}
    return [whole(ram_needed(known) if name == "arena_min_bytes" else known.get(name)) for name in COSTS]


def front(records: Sequence[Record]) -> Markup:
    """List the Pareto front, smallest first."""
    rows: list[list[object]] = [
        [
            f"trial {r.trial}",
            *_judged(r.metric, r.val_score),
            *_main(r),
            *_costs(r),
        ]
        for r in records
    ]
    return table(
        ["candidate", *_judged_by(records[0].metric), *_main_titles(records[0].metric), *_titles(records)], rows
    )


def candidates(view: ReportView) -> Markup:
    """List every candidate whose training began, best first."""
    metric = next((record.metric for record in view.built()), "accuracy")
    rows: list[list[object]] = [
        [
            f"trial {record.trial}",
            state_reason(record),
            element("code", record.digest[:10]),
            decimal(score(record) if record.values else None, 4),
            *_judged(metric, record.val_score),
            *_main(record),
            *_costs(record),
            decimal(sum(record.seconds.values()), 1),
        ]
        for record in view.built()[:MOST_CANDIDATES]
    ]
    head = ["candidate", "state", "network", "score", *_judged_by(metric), *_main_titles(metric)]
    return table([*head, *_titles(view.records), "seconds"], rows, text_columns=3)


def dimensions(view: ReportView) -> Markup:
    """List the hyperparameters of every candidate whose training began, a column for each."""
    names = list(dict.fromkeys(name for record in view.built()[:MOST_CANDIDATES] for name in record.params))
    rows: list[list[object]] = [
        [f"trial {record.trial}", *(value(record.params.get(name, "")) for name in names)]
        for record in view.built()[:MOST_CANDIDATES]
    ]
    return table(["candidate", *names], rows)


def confusion(counts: Sequence[Sequence[int]], names: Sequence[str]) -> Markup:
    """Show the confusion matrix with the recall and precision of each class."""
    head = element(
        "tr",
        element("th", "true \\ predicted", scope="col"),
        *(element("th", name, scope="col") for name in names),
        element("th", "recall, %", scope="col"),
    )
    rows = (_confusion_row(i, row, names[i]) for i, row in enumerate(counts))
    precision = element("tr", element("th", "precision, %", scope="row", class_="recall"), *_precisions(counts))
    body = element("tbody", *rows, precision)
    return element(
        "div", element("table", element("thead", head), body, class_="confusion"), class_="scroll", tabindex="0"
    )


def _confusion_row(i: int, counts: Sequence[int], name: str) -> Markup:
    total = sum(counts)
    cells = (_cell(count, total, i == j) for j, count in enumerate(counts))
    recall = element("td", _hundredths(counts[i] / total if total else None), class_="recall")
    return element("tr", element("th", name, scope="row"), *cells, recall)


def _cell(count: int, total: int, right: bool) -> Markup:
    kind = "right" if right else "wrong" if count else "nothing"
    # The square root keeps a few mistakes visible next to many right answers.
    share = math.sqrt(count / total) if count else 0
    return element("td", whole(count), class_=f"cell {kind}", style=f"--share: {share:.3f}")


def _precisions(counts: Sequence[Sequence[int]]) -> list[Markup]:
    totals = [sum(column) for column in zip(*counts, strict=True)]
    shares = [counts[j][j] / total if total else None for j, total in enumerate(totals)]
    return [element("td", _hundredths(share), class_="recall") for share in shares]


def _hundredths(share: float | None) -> str:
    """Return a share in percent without the sign, which stands in the title."""
    return decimal(None if share is None else 100 * share, 1)


def scores(winner: Trained, tested: Tested) -> Iterator[Markup]:
    """Yield a note on the test set, then every metric on it: int8 and float with intervals, and the baseline."""
    selected = metric_title(winner.metric)
    yield note(f"Every metric on the test set. {tested.method_words} The study selected by {selected}.")
    rows: list[list[object]] = [
        [
            on_test_set(metric),
            scored(metric, int8.value),
            interval_of(metric, int8),
            scored(metric, tested.float_metrics[metric].value),
            interval_of(metric, tested.float_metrics[metric]),
            scored(metric, tested.baseline_metrics[metric]),
        ]
        for metric, int8 in tested.metrics.items()
    ]
    yield table(["", "int8", "95 % interval", "float", "95 % interval", f"always {tested.task.constant}"], rows)


def comparison(winner: Trained, tested: Tested, made: Trained, made_tested: Tested) -> Markup:
    """Set the winner beside the hand-made network and a constant answer: metrics and costs, a row each."""
    rows: list[list[object]] = [
        [
            on_test_set(metric),
            *(_with_interval(metric, one.metrics[metric]) for one in (tested, made_tested)),
            scored(metric, tested.baseline_metrics[metric]),
        ]
        for metric in winner.headline_metrics
    ]
    rows += [
        [cost.title, cost.text(winner.record), cost.text(made.record), UNKNOWN]
        for cost in known_costs([winner.record, made.record])
    ]
    return table(["", "winner", "hand-made", f"always {tested.task.constant}"], rows)


def _with_interval(metric: str, estimate: Estimate) -> Markup:
    """Return a metric, with its interval on a line of its own."""
    value = scored(metric, estimate.value)
    return Markup(value) if estimate.low is None else join(value, element("small", interval_of(metric, estimate)))


def operators(footprint: "Footprint") -> Markup:
    """List the operators in the order in which they run."""
    rows: list[list[object]] = [
        [f"{op.index}", op.op, whole(op.macs), whole(op.scratch_bytes), decimal(op.latency_ms, 3)]
        for op in footprint.ops
    ]
    return table(["", "operator", "MACs", "scratch, B", "ms"], rows, text_columns=2)


def states(view: ReportView) -> Markup:
    """Count the trials by state."""
    rows: list[list[object]] = [
        [state_words(state), MEANINGS[state], whole(view.result.states.get(state, 0))] for state in State
    ]
    return table(["state", "meaning", "trials"], rows, text_columns=2)


def rungs(view: ReportView) -> Markup:
    """Show how well each rung predicts the final accuracy."""
    rows: list[list[object]] = [[rung.words, whole(rung.pairs), decimal(rung.telling, 2)] for rung in view.result.rungs]
    return table(["rung", "control candidates", "rank correlation"], rows)


def finalists(winner: Trained) -> Markup:
    """List those that entered the finals by their results there: in the search, on each fold, and the mean."""
    ran = by_rank(winner)
    listed = [*ran, *(one for one in all_finalists(winner) if one not in ran)]
    folds = max((len(one.fold_scores) for one in listed), default=0)
    rows: list[list[object]] = [
        [
            f"trial {one.trial}{' (winner)' if one.trial == winner.record.trial else ''}",
            whole(one.weights_bytes),
            scored(winner.metric, one.val_score),
            *(scored(winner.metric, score) for score in one.fold_scores),
            *[UNKNOWN] * (folds - len(one.fold_scores)),
            "no time" if one.mean is None and winner.planned_folds != 0 else scored(winner.metric, one.mean),
        ]
        for one in listed
    ]
    head = ["finalist", "weights, B", f"{in_validation(winner.metric)} in the search"]
    head += [*(f"fold {fold + 1}" for fold in range(folds)), f"{in_cross_validation(winner.metric)}, mean"]
    marked = [i for i, one in enumerate(listed) if one.trial == winner.record.trial]
    return table(list(head), rows, marked=marked)


def finals(winner: Trained) -> Markup:
    """List the final trainings."""
    rows: list[list[object]] = [
        [
            f"trial {entry['trial']}",
            whole(entry["seed"]),
            whole(entry["epochs"]),
            scored(winner.metric, entry["val_score"]),
        ]
        for entry in winner.finals
    ]
    return table(["candidate", "seed", "epochs", f"{metric_title(winner.metric)} on the fold"], rows)


def versions(record: Record) -> Markup:
    """Return the versions of the software in one line."""
    return join(", ".join(f"{name} {version}" for name, version in sorted(record.versions.items())))
