"""`nas search`: run a study, or go on with it."""

import tomllib
from pathlib import Path
from typing import Any

import click

from nas.cli.views.output import json_option, print_json
from nas.errors import InputError
from nas.study.result import Result, Winner
from nas.task.metrics import TITLES
from nas.text import interval, kilobytes, percent

EPILOG = """\b
Examples:
  nas search --space cnn_timeseries --budget-kb 6
  nas search --space cnn_timeseries --data recordings/ --window 128 --stride 64 --budget-kb 6 --minutes 10
  nas search studies/cnn_timeseries-synthetic-6kb --minutes 5      # go on with a study
"""


@click.command(epilog=EPILOG)
@click.argument("study", required=False)
@click.option("--space", help="Search space: a name (see `nas spaces`) or a TOML file.")
@click.option("--data", help="A name, an .npz file or a folder of CSV recordings; the space's own by default.")
@click.option("--budget-kb", type=float, help="Limit of the weights; 1 KB = 1024 bytes.")
@click.option("--ram-kb", type=float, help="Limit of the tensor arena; the target's by default.")
@click.option("--flash-kb", type=float, help="Limit of model file plus code; the target's by default.")
@click.option("--macs-k", type=float, help="Limit of multiply-accumulates an inference, in thousands.")
@click.option("--target", help="Board or core (see `nas targets`), or a TOML file.  [default: cortex-m4]")
@click.option("--objective", help="weighted, accuracy, or pareto-weights|arena|macs|latency.  [default: weighted]")
@click.option(
    "--accuracy-weight", type=float, help="w in w * accuracy + (1 - w) * (1 - weights / budget).  [default: 0.99]"
)
@click.option(
    "--metric",
    help="What counts as accurate: accuracy, balanced_accuracy, macro_f1, or auto: balanced accuracy if the most "
    "frequent class has 3 times the training rows of the rarest, or more, else accuracy.  [default: auto]",
)
@click.option("--sampler", help="Who proposes candidates: random, tpe, nsga2 or evolution.  [default: tpe]")
@click.option(
    "--starts", type=bool, help="Begin with the space's known good members, scaled to the budget.  [default: true]"
)
@click.option(
    "--output",
    help="probabilities, or logits: the same answer without a softmax's code.  [default: probabilities]",
)
@click.option("--window", type=int, help="Samples a window of a recording.")
@click.option("--stride", type=int, help="Samples from one window to the next.")
@click.option("--rate-hz", type=float, help="Sample rate to which recordings are resampled.")
@click.option("--trials", type=int, help="End after this many trials in all.")
@click.option(
    "--minutes", type=float, help="End this run after so much time.  [default, without --trials: 60 trials or 10 min]"
)
@click.option(
    "--patience", type=int, help="End when so many candidates in a row bring nothing better.  [default: 0, never]"
)
@click.option("--jobs", type=int, help="Worker processes, one core each.  [default: one a core]")
@click.option("--seed", type=int, help="Seed of everything random.  [default: 0]")
@click.option("--name", help="The study's folder below --studies.  [default: made from space, data and budget]")
@click.option("--recipe", multiple=True, metavar="KEY=VALUE", help="A setting of training, such as epochs=20.")
@click.option("--storage", help="Optuna storage URL.  [default: a journal in the study's folder]")
@click.option("--tracking-uri", help="MLflow server, or `none`.  [default: SQLite below --studies]")
@click.option(
    "--studies", type=click.Path(path_type=Path), default=Path("studies"), show_default=True, help="Folder of studies."
)
@click.option("--dry-run", is_flag=True, help="Print the study.toml that would be run, and stop.")
@json_option
def command(
    study: str | None, recipe: tuple[str, ...], studies: Path, dry_run: bool, as_json: bool, **flags: Any
) -> None:
    """Search a space for the most accurate int8 network that fits.

    STUDY is a study.toml or a study's folder; flags override it. The same command goes on with a study that
    was interrupted.
    """
    from nas.study.study import make_study, read_study

    fields = read_study(_existing(study, studies)) if study else {}
    fields |= {key: value for key, value in flags.items() if value is not None}
    if recipe and isinstance(fields.setdefault("recipe", {}), dict):
        fields["recipe"] |= dict(map(_setting, recipe))
    definition = make_study(fields, study or "nas search")
    if dry_run:
        if as_json:
            print_json({**definition.definition(), "study_toml": definition.to_toml()})
        else:
            click.echo(definition.to_toml(), nl=False)
        return
    from nas import api
    from nas.cli.views.live import View

    with View(f"nas search: study {definition.name}", definition.trials) as view:
        result = api.search(definition, studies, view)
    if as_json:
        print_json(result.to_contract(str(Path(result.folder) / "best" / "model.tflite")))
    else:
        click.echo(summary(result))


def summary(result: Result) -> str:
    """Return what a person wants to know when a search has ended."""
    winner = result.winner
    assert winner is not None
    facts = winner.record.profiled
    assert facts is not None
    states = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in result.states.items() if count)
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


def scores(winner: Winner) -> list[tuple[str, str]]:
    """Return what is known of the winner's answers, as lines of name and value."""
    lines = []
    for metric in winner.told:
        int8 = winner.test_metrics[metric]
        beside = f"95 % interval {interval(int8.low, int8.high)}, over {winner.drawn_from}"
        lines.append((f"test {TITLES[metric]}, int8", f"{percent(int8.value)}  ({beside})"))
        lines.append(("  before quantization", percent(winner.float_test_metrics[metric].value)))
        lines.append(("  always the most frequent class", percent(winner.baseline_metrics[metric])))
    if winner.fold_std is None:
        return [*lines, (f"validation {TITLES[winner.metric]}, int8", percent(winner.record.val_score))]
    spread = f"{percent(winner.record.val_score)} +- {100 * winner.fold_std:.1f} over {len(winner.fold_scores)} folds"
    return [*lines, (f"cross-validated {TITLES[winner.metric]}", spread)]


def _rungs(result: Result) -> str:
    """Return how well the rungs foretell the end, in one line; empty for a study that cannot tell."""
    known = [rung for rung in result.rungs if rung.spearman is not None]
    parts = [f"{rung.spearman:.2f} after {rung.epoch} epochs" for rung in known]
    if not parts:
        return ""
    return f"rungs: rank correlation with the end {', '.join(parts)} ({known[0].pairs} control candidates)"


def _existing(study: str, studies: Path) -> Path:
    path = Path(study)
    return path if path.exists() else studies / study


def _setting(text: str) -> tuple[str, Any]:
    key, _, value = text.partition("=")
    try:
        return key, tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        raise InputError(
            "--recipe", "must be KEY=VALUE, as in TOML", got=repr(text), hint="such as --recipe epochs=20"
        ) from None
