"""The commands that repeat a study: its trials one by one, and its finals where they can be told by the recipe.

How many trials a limit of minutes holds depends on the machine. The commands name the trials that were done, and
how many finalists were trained for how many epochs.
"""

import dataclasses
from collections.abc import Mapping, Sequence

from nas.study.record import Record, State
from nas.study.result import Result, Trained
from nas.study.study import Study


def ends(begins: Sequence[int], records: Sequence[Record]) -> tuple[int, ...]:
    """Return the number of trials at which each run of a study ended, if it added any.

    Args:
        begins: number of trials at which each run began.
        records: of all trials. The last ones do not count if the time limit has stopped them.
    """
    last = sorted(records, key=lambda record: record.trial)
    while last and last[-1].state == State.PRUNED and last[-1].at_rung is None:
        last.pop()
    return (*sorted({begin for begin in begins if 0 < begin < len(last)}), len(last))


def commands(study: Study, result: Result) -> str:
    """Return the commands, one for each run; the first one begins the study in a folder that does not hold it."""
    first, *later = result.ends or (result.trials,)
    recipe = study.recipe.replace(**(_as_recipe(study, result.winner, result.search_epochs) or {}))
    here = dataclasses.replace(study, storage=None, cluster=None)
    whole = dataclasses.replace(here, trials=max(1, first), minutes=None, patience=0, recipe=recipe)
    return " && ".join([whole.command(), *(f"nas search {study.name} --trials {trials}" for trials in later)])


def note(study: Study, result: Result) -> str:
    """Return what the commands do, and what they cannot repeat."""
    parts = ["This repeats all trials of the study. Run it where there is no study of this name."]
    if study.minutes is not None:
        parts.append(
            "--trials replaces --minutes, since another machine tries another number of candidates in a minute."
        )
    if result.winner is not None and _as_recipe(study, result.winner, result.search_epochs) is None:
        parts.append("The finals were short of time here; the repetition trains them in full.")
    if study.jobs != 1 or study.cluster is not None:
        parts.append(
            "With more than one worker, results come in another order each time, and later candidates may differ. A "
            "study with --jobs 1 repeats exactly."
        )
    return " ".join(parts)


def _as_recipe(study: Study, winner: Trained | None, search_epochs: int) -> Mapping[str, int] | None:
    """Return the settings with which finals without a time limit are those that were; None if there are none.

    Args:
        study: the study's definition.
        winner: of the finals; None if there were none.
        search_epochs: of a whole training of the search; no training of the finals can be told to be shorter.
    """
    if winner is None:
        return {}
    finals, epochs = study.recipe.finals, {entry["epochs"] for entry in winner.finals}
    if winner.epochs is None or len(epochs) > 1:
        return None
    # The folds that end the last training early do so in the repeated study, too.
    last = finals.winner_epochs if winner.ended_early else winner.epochs
    if min({*epochs, last}) < search_epochs:
        return None
    if winner.folds_left_out:
        return None
    on_folds = min(finals.final_epochs, *epochs) if epochs else finals.final_epochs
    told = dataclasses.replace(
        finals,
        finalists=min(finals.finalists, max(1, len({entry["trial"] for entry in winner.finals}))),
        final_epochs=on_folds,
        winner_epochs=min(finals.winner_epochs, last),
        qat_epochs=finals.qat_epochs_after(on_folds),
    )
    if any(told.qat_epochs_after(n) != finals.qat_epochs_after(n) for n in {*epochs, winner.epochs}):
        return None
    named = ("finalists", "final_epochs", "winner_epochs", "qat_epochs")
    return {name: getattr(told, name) for name in named if getattr(told, name) != getattr(finals, name)}
