"""The description of a study in MLflow, in Markdown: its result, where its files are, what its columns mean."""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from nas.study.costs import COSTS, known_costs
from nas.study.decision import sentence
from nas.study.result import Result, Trained
from nas.study.scores import in_validation, on_test_set, validated
from nas.study.verdict import verdict
from nas.target.ram import ram_to_reserve
from nas.task.task import score_text
from nas.text import kilobytes

TAG = "mlflow.note.content"
"""The tag that MLflow shows as the description of a run or an experiment."""

_COLUMNS = """\
`rank` 1 is the winner; the other finalists follow by their finals, then all others by `score`. \
`cross_validated_score` is a finalist's mean over the folds of the finals, which chose the winner; figures named \
`test_` are known of the winner and of `hand-made network`, with which it is compared; `score` is what the search \
maximizes, those named `val_` are the int8 model's on the validation data, `arena_min_bytes` the arena to reserve (in \
plain C, the RAM in all; `ram_bytes` adds that of a front-end), `latency_ms` an estimate for the target. A candidate \
that was stopped early has no score; `reason` says why. Candidates over budget were never built, and have no run; \
`nas.trials` in Python lists them too."""


def experiment_note(table: str, winner: Trained | None = None, run: str = "") -> str:
    """Return what stands above the table of a study's runs; MLflow shows its first line, and unfolds the others.

    Args:
        table: the address of the table of candidates.
        winner: None while there is none.
        run: the page of the study's run, as a relative address.
    """
    if winner is None:
        return f"Each row is a candidate, the best first: [table of candidates]({table})\n\n{_COLUMNS}"
    report = f"[report]({run}/artifacts/report.html?workflowType=machine_learning)"
    files = f"[files]({run}/artifacts?workflowType=machine_learning)"
    first = f"Each row is a candidate, the winner first: [table of candidates]({table}) · {report} · {files}"
    return f"{first}\n\n{_headline(winner)}\n\n{_COLUMNS}"


def study_note(result: Result, winner: Trained, run: str, files: Sequence[str]) -> str:
    """Return the description of the run of a study that has a winner.

    Args:
        result: the study's outcome.
        winner: its winner.
        run: the run's own page in the UI, as a relative address.
        files: paths of the artifacts that are worth a link.
    """
    links = " · ".join(f"[{path}]({run}/artifacts/{quote(path)})" for path in files)
    rows = "\n".join(f"| {name} | {value} |" for name, value in _rows(winner))
    return f"""\
{links}

**{_headline(winner)}**

| | |
|---|---|
{rows}

Everything for the firmware is in the artifacts under `best`, and in `{result.folder}/best/`. \
`nas export {result.study}` writes it again, `nas export {result.study} --trial N` writes another candidate's files."""


def _headline(winner: Trained) -> str:
    """Return the result in a sentence: the score on the test set, and what it costs."""
    tested, metric = winner.tested, winner.metric
    score = (
        f"{in_validation(metric)} {score_text(winner.record.metric, winner.record.val_score)}"
        if tested is None
        else f"{on_test_set(metric)} {score_text(metric, tested.metrics[metric].value)}"
    )
    weights, arena = COSTS["weights"].text(winner.record), COSTS["arena"].text(winner.record)
    ram = f"{arena} of {ram_to_reserve(winner.record.profiled or {})}"
    head = f"Winner: trial {winner.record.trial}, {score}, {weights} of weights, {ram}."
    return " ".join(words for words in (head, sentence(winner), verdict(winner)) if words)


def _rows(winner: Trained) -> Iterator[tuple[str, str]]:
    record, tested = winner.record, winner.tested
    yield "winner", f"trial {record.trial}, architecture `{record.digest}`"
    for metric in winner.headline_metrics:
        assert tested is not None
        one, name = tested.metrics[metric], on_test_set(metric)
        yield name, f"{score_text(metric, one.value)} ({tested.interval_words(one)})"
        yield f"{name} before quantization", score_text(metric, tested.float_metrics[metric].value)
        yield f"{name}, always {tested.task.constant}", score_text(metric, tested.baseline_metrics[metric])
    yield from validated(winner)
    facts = record.profiled or {}
    yield "model file", kilobytes(facts.get("file_bytes"))
    yield "flash, with runtime", kilobytes(facts.get("flash_bytes"))
    for cost in known_costs([record]):
        yield ram_to_reserve(facts) if cost is COSTS["arena"] else cost.title, cost.text(record)
