"""A sweep as a person reads it: a line for each study."""

from rich.console import Group
from rich.table import Table
from rich.text import Text

from nas.api.sweeping import PAGE, SweepOutcome
from nas.target.ram import ram_needed, ram_title
from nas.task.task import score_text
from nas.text import kilobytes


def _ram(found: SweepOutcome) -> str:
    winners = [study.outcome.winner for study in found.studies if study.outcome is not None]
    return ram_title(*(winner.record.profiled or {} for winner in winners if winner is not None))


def listing(found: SweepOutcome) -> Group:
    """Return a line for each study, the reasons of those that have failed, and where the page is."""
    table = Table("study", box=None, pad_edge=False)
    for title in ("trials", "validated", "tested", "weights", _ram(found)):
        table.add_column(title, justify="right", no_wrap=True)
    for study in found.studies:
        winner = None if study.outcome is None else study.outcome.winner
        if study.outcome is None or winner is None:
            table.add_row(study.name, "failed")
            continue
        facts, tested = winner.record.profiled or {}, winner.tested
        score = tested.metrics[winner.metric].value if tested else None
        sizes = kilobytes(facts.get("weights_bytes")), kilobytes(ram_needed(facts))
        scores = (score_text(winner.metric, each) for each in (winner.record.val_score, score))
        table.add_row(study.name, str(study.outcome.trials), *scores, *sizes)
    reasons = [Text(f"{study.name}: {study.error}") for study in found.studies if study.error]
    return Group(
        table, *reasons, Text(f"page:   {found.folder}/{PAGE}"), Text(f"browse: nas ui --studies {found.folder}")
    )
