"""The outcome of a search as a person reads it."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from nas.exporters.build_commands import export_command
from nas.study.costs import COSTS, known_costs
from nas.study.decision import not_on_front, why_won
from nas.study.hand_made import NOT_WANTED
from nas.study.overfitting import overfitting
from nas.study.record import Record, state_words
from nas.study.result import Result, Trained
from nas.study.scores import in_validation, on_test_set, validated
from nas.study.study import Study
from nas.study.verdict import verdict
from nas.target.ram import ram_needed, ram_to_reserve
from nas.target.room import left_for_program
from nas.task.task import find_metric, metric_title, score_text, task_of
from nas.text import duration, kilobytes, percent

TOLERATED_COST = 0.01
"""An int8 model of a regression should not be worse than this share of its RMSE."""

# The front may have dozens of candidates; as many of the most accurate are printed.
MOST_ON_FRONT = 12
# A run that takes as much of its limit, or more, is told why.
_TOLERATED = 1.25


def told(study: Study, result: Result, *, finish: bool) -> str:
    """Return all that a person reads when a search has ended, or when it was only to `finish`."""
    late = "" if finish else overrun(study, result)
    learned = "" if result.winner is None else overfitting(result.winner, study.recipe)
    parts = [summary(result), tight(study, result), browse(study, result.folder), late, precision(result), learned]
    last = [unweighted(study, result), exchange(study, result), deploy(study, result.folder)]
    return "\n".join(filter(None, [*parts, *last]))


def summary(result: Result) -> str:
    """Return the trials by state, the winner's scores and footprint, and where the files are."""
    winner = result.winner
    assert winner is not None
    facts = winner.record.profiled
    assert facts is not None
    states = ", ".join(f"{count} {state_words(state)}" for state, count in result.states.items() if count)
    lines = [
        *scores(winner),
        ("weights", kilobytes(facts["weights_bytes"])),
        ("model.tflite", kilobytes(facts["file_bytes"])),
        (ram_to_reserve(facts), kilobytes(ram_needed(facts))),
        ("flash, with runtime", kilobytes(facts["flash_bytes"])),
        ("MACs", COSTS["macs"].text(winner.record)),
    ]
    if facts.get("latency_ms") is not None:
        lines.append(("latency, estimated", COSTS["latency"].text(winner.record)))
    width = max(len(name) for name, _ in lines) + 2
    body = "\n".join(f"  {name:{width}}{value}" for name, value in lines)
    judged = f"{told}\n" if (told := verdict(winner) or _not_compared(winner)) else ""
    words = (result.stopped, result.lacked, _guesses(winner), _rungs(result), why_won(winner))
    notes = "".join(f"{note}\n" for note in words if note)
    return f"""\
{result.time_words}: {states}
{notes}winner: trial {winner.record.trial}, architecture {winner.record.digest}
{body}
{judged}{front(result)}files:  {result.folder}/best/
report: {result.folder}/report.html"""


def browse(study: Study, folder: str) -> str:
    """Return in a line where the runs of a study can be looked at; empty if it is not tracked, or in a database.

    Args:
        study: the study.
        folder: its folder.
    """
    if study.tracking_uri is None:
        return f"browse: nas ui --studies {Path(folder).parent}"
    parts = urlsplit(study.tracking_uri)
    # A password in the address is not shown.
    server = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return f"browse: {server}" if parts.scheme in ("http", "https") else ""


def deploy(study: Study, folder: str) -> str:
    """Return in a line the command that writes the winner for the study's board."""
    return f"deploy: {export_command(folder, study.board())}"


def _not_compared(winner: Trained) -> str:
    """Return why there is no hand-made network beside the winner; empty if one was not wanted."""
    missing = winner.hand_made_missing
    return "" if missing in ("", NOT_WANTED) else f"The winner is not compared with a hand-made network: {missing}"


def _guesses(winner: Trained) -> str:
    if not winner.guesses:
        return ""
    return "warning: the winner is no better on the test set than a guess: search longer, or look at the data"


def unweighted(study: Study, result: Result) -> str:
    """Return in a line what may help a winner that guesses among unbalanced classes; empty if it does not."""
    winner = result.winner
    if winner is None or not winner.guesses or winner.metric != "balanced_accuracy":
        return ""
    if study.recipe.training.class_weights is not False:
        return ""
    return (
        "unbalanced classes: all rows had the same weight (class_weights=false); for the same weight of all classes, "
        "begin a study of another --name with --recipe class_weights=true"
    )


def precision(result: Result) -> str:
    """Return in a line that int8 costs a regression more than it should; empty if it does not."""
    cost = None if result.winner is None else result.winner.quantization_cost
    if cost is None or cost <= TOLERATED_COST:
        return ""
    return (
        f"quantization: the int8 model's RMSE is {percent(cost)} above the float model's; for other schemes, such as "
        f"int16x8: nas quantize {result.folder}"
    )


def exchange(study: Study, result: Result) -> str:
    """Return in a line how the weighted objective trades weights for accuracy; empty for other objectives."""
    budget = study.budget(study.board()).weights_bytes
    if study.objective != "weighted" or budget is None:
        return ""
    points = 10 * (1 - study.accuracy_weight) / study.accuracy_weight
    what = "points of accuracy"
    if result.winner is not None and task_of(result.winner.metric).main_metric != "accuracy":
        what = f"% of the targets' deviation in {metric_title(result.winner.metric)}"
        if find_metric(result.winner.metric).greater_is_better:
            points, what = points / 100, f"more of {metric_title(result.winner.metric)}"
    return (
        f"score: {points:.2g} {what} count as much as {kilobytes(budget // 10)} of weights "
        "(change it with --accuracy-weight)"
    )


def tight(study: Study, result: Result) -> str:
    """Return how little RAM the winner leaves on the study's board; empty if it leaves enough, or has no board."""
    facts = (result.winner and result.winner.record.profiled) or {}
    left = left_for_program(ram_needed(facts) or 0, study.board().ram_bytes)
    return f"the winner fits, {left}" if left else ""


def overrun(study: Study, result: Result) -> str:
    """Return in a line that a run took more than a quarter longer than its limit, and why; empty if it did not."""
    limit, took = 60 * (study.minutes or 0.0), result.run_seconds or 0.0
    if not limit or took <= _TOLERATED * limit:
        return ""
    return (
        f"time: this run took {duration(took)}, its limit was {duration(limit)}: trainings end at the limit, but "
        "starting up, and quantizing and testing in the finals run to their end; --recipe finalists=1 and --recipe "
        "hand_made=false make the finals shorter"
    )


def scores(winner: Trained) -> list[tuple[str, str]]:
    """Return the winner's scores on the test set, in the finals and in the search, as pairs of name and value."""
    lines = []
    for metric in winner.headline_metrics:
        assert winner.tested is not None
        int8 = winner.tested.metrics[metric]
        lines.append((on_test_set(metric), f"{score_text(metric, int8.value)}  ({winner.tested.interval_words(int8)})"))
        lines.append(("  before quantization", score_text(metric, winner.tested.float_metrics[metric].value)))
        lines.append(
            (f"  always {winner.tested.task.constant}", score_text(metric, winner.tested.baseline_metrics[metric]))
        )
        simple = winner.tested.simple_metrics.items()
        lines += [(f"  {title}", score_text(metric, found[metric])) for title, found in simple if metric in found]
        if winner.hand_made is not None and winner.hand_made.tested is not None:
            lines.append(("  hand-made network", score_text(metric, winner.hand_made.tested.metrics[metric].value)))
    return [*lines, *validated(winner)]


def front(result: Result) -> str:
    """Return the Pareto front as a table of text, the cheapest candidate first; none without a candidate."""
    if not result.front:
        return ""
    costs, shown = known_costs(result.front), result.front[-MOST_ON_FRONT:]
    own = " and ".join(cost.titled(result.front) for cost in result.costs)
    rows = [["trial", in_validation(shown[0].metric), *(cost.titled(shown) for cost in costs)]]
    off = [] if result.winner is None or _is_among(result.winner, result.front) else [result.winner.record]
    rows += [
        [str(record.trial), score_text(record.metric, record.val_score), *(cost.text(record) for cost in costs)]
        for record in (*shown, *off)
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines = [f"{line}  {_mark(result, row[0])}".rstrip() for line, row in zip(lines, rows, strict=True)]
    left_out = len(result.front) - len(shown)
    more = f"; {left_out} cheaper ones are in the report" if left_out else ""
    title = f"Pareto front by {rows[0][1]} and {own}, the cheapest first{more}:"
    return "\n".join([title, *lines]) + "\n"


def _is_among(winner: Trained, records: Sequence[Record]) -> bool:
    return any(record.trial == winner.record.trial for record in records)


def _mark(result: Result, trial: str) -> str:
    """Return what stands behind a trial's row: that it is the winner, and if it is not on the front, why it is here."""
    if result.winner is None or trial != str(result.winner.record.trial):
        return ""
    return "winner" if _is_among(result.winner, result.front) else f"winner: {not_on_front(result.winner)}"


def _rungs(result: Result) -> str:
    """Return in one line how well the scores at rungs predict the final ones; no line if that is unknown."""
    known = [rung for rung in result.rungs if rung.telling is not None]
    if not known:
        return ""
    parts = ", ".join(f"{rung.telling:.2f} {rung.words}" for rung in known)
    return f"successive halving: rank correlation with the final scores {parts} ({known[0].pairs} control candidates)"
