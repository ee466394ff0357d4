"""What a training has come to, as text."""

from nas.study.training_result import TrainingResult
from nas.target.ram import ram_needed, ram_title
from nas.task.task import metric_title, score_text, task_of
from nas.text import counted, duration, kilobytes


def summary(result: TrainingResult) -> str:
    """Return a training's result in some lines."""
    facts = result.footprint
    ended = "" if result.stopped_by == "epochs" else f", ended by {result.stopped_by}"
    resumed = f", {result.resumed_at} of them before" if result.resumed_at else ""
    lines = [
        f"{result.name}: {counted(result.epochs, 'epoch')}{resumed}{ended}; the weights are those of epoch "
        f"{result.best_epoch}; {duration(result.seconds)}",
        f"  {f'validation {metric_title(result.metric)}':<22}{_accuracies(result)}, "
        f"{score_text(result.metric, result.baseline_score)} always {task_of(result.metric).constant}",
        f"  weights               {kilobytes(facts['weights_bytes'])}, file {kilobytes(facts['file_bytes'])}",
        f"  on {result.target:<19}{ram_title(facts)} {kilobytes(ram_needed(facts))}, flash "
        f"{kilobytes(facts.get('flash_bytes'))}, {facts['macs']:,} MACs",
        *(f"  it may not run there: {problem}" for problem in result.problems),
        f"  files                 {result.folder}/",
        *(f"  note: {note}" for note in result.notes),
    ]
    return "\n".join(lines)


def _accuracies(result: TrainingResult) -> str:
    if result.val_score is None:
        return "not known, since it has learned from these rows too"
    scores = (score_text(result.metric, each) for each in (result.val_score, result.float_val_score))
    return " int8, ".join(scores) + " float"
