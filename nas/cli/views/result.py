"""The outcome of a search as a person reads it."""

from pathlib import Path

from nas.cli.views.output import state_words
from nas.study.result import Result, Trained
from nas.task.task import metric_title
from nas.text import interval, kilobytes, percent


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
        ("arena", kilobytes(facts["arena_min_bytes"])),
        ("flash, with runtime", kilobytes(facts["flash_bytes"])),
        ("MACs", f"{facts['macs']:,}"),
    ]
    width = max(len(name) for name, _ in lines) + 2
    body = "\n".join(f"  {name:{width}}{value}" for name, value in lines)
    notes = "".join(f"{note}\n" for note in (result.stopped, _rungs(result)) if note)
    return f"""\
{result.trials} trials in {result.seconds:.0f} s: {states}
{notes}winner: trial {winner.record.trial}, architecture {winner.record.digest}
{body}
files:  {result.folder}/best/
report: {result.folder}/report.html
browse: nas ui --studies {Path(result.folder).parent}"""


def scores(winner: Trained) -> list[tuple[str, str]]:
    """Return the winner's scores on the test set and in validation, as pairs of name and value."""
    lines = []
    for metric in winner.headline_metrics:
        assert winner.tested is not None
        int8 = winner.tested.metrics[metric]
        beside = f"95 % interval {interval(int8.low, int8.high)}, over {winner.tested.resampled_unit}"
        lines.append((f"test {metric_title(metric)}, int8", f"{percent(int8.value)}  ({beside})"))
        lines.append(("  before quantization", percent(winner.tested.float_metrics[metric].value)))
        lines.append(("  always the most frequent class", percent(winner.tested.baseline_metrics[metric])))
    if winner.fold_std is None:
        return [*lines, (f"validation {metric_title(winner.metric)}, int8", percent(winner.record.val_score))]
    spread = f"{percent(winner.record.val_score)} +- {100 * winner.fold_std:.1f} over {len(winner.fold_scores)} folds"
    return [*lines, (f"cross-validated {metric_title(winner.metric)}", spread)]


def _rungs(result: Result) -> str:
    """Return in one line how well the scores at rungs predict the final ones; no line if that is unknown."""
    known = [rung for rung in result.rungs if rung.spearman is not None]
    if not known:
        return ""
    parts = ", ".join(f"{rung.spearman:.2f} after {rung.epoch} epochs" for rung in known)
    return f"successive halving: rank correlation with the final scores {parts} ({known[0].pairs} control candidates)"
