"""Studies as a user looks after them: what each has found, how they compare, and their deletion."""

import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nas.api import STUDIES
from nas.api.archives import exported_result
from nas.api.studies import open_study
from nas.errors import InputError
from nas.optimizer.ledger import Ledger
from nas.optimizer.run import open_ledger
from nas.optimizer.storage import NoTrialsError
from nas.study.changes import differences
from nas.study.objectives import OBJECTIVES
from nas.study.study import Study
from nas.tracking import delete_runs

# The figures of a winner's footprint, as `results.json` names them.
FIGURES = ("weights_bytes", "file_bytes", "arena_min_bytes", "flash_bytes", "macs", "latency_ms")


@dataclass(frozen=True, slots=True)
class StudySummary:
    """What is known of a study.

    Attributes:
        name: of the study; `folder` is its folder.
        state: `finished` if it has a winner, `running`, `stopped` if it has trials but no winner, or `not begun`.
        command: the shell command that runs it.
        definition: its settings.
        trials: number of trials; `complete` of those that were trained to the end.
        seconds: wall time of all runs; None if only its `results.json` is there.
        best: number of the winner's trial; without a winner, of the complete trial with the best score so far.
        metric: by which it judges; `val_score` is the best one's validation score, `cross_validated_score` a winner's.
        test_score: the winner's, in the same metric; `test_interval` is its 95 % interval, if there is one.
        figures: footprint of the best one, by the names in `results.json`.
        runner: which process runs it now, and on which machine; None if none does on this machine.
        hosts: the machines that have trained its candidates.
    """

    name: str
    folder: str
    state: str
    command: str
    definition: Mapping[str, Any]
    trials: int = 0
    complete: int = 0
    seconds: float | None = None
    best: int | None = None
    metric: str | None = None
    val_score: float | None = None
    cross_validated_score: float | None = None
    test_score: float | None = None
    test_interval: tuple[float, float] | None = None
    figures: Mapping[str, Any] | None = None
    runner: str | None = None
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StudyComparison:
    """Studies side by side.

    Attributes:
        studies: a summary of each.
        differences: the settings that are not the same in all of them, each with the values in their order.
    """

    studies: tuple[StudySummary, ...]
    differences: Mapping[str, tuple[Any, ...]]


def show_study(name: str, root: Path = STUDIES) -> StudySummary:
    """Return what a study has found so far, given its name or its folder.

    Raises:
        InputError: there is no such study, or its definition or its trials cannot be read.
    """
    study, folder = open_study(name, root)
    try:
        ledger = open_ledger(study, folder, begin=False)
    except NoTrialsError:
        if not (folder / "results.json").is_file():
            return _summary(study, folder, "not begun")
        return _of_results(study, folder, json.loads((folder / "results.json").read_text()))
    result = exported_result(folder, ledger)
    runner, records = ledger.runner(), ledger.records()
    state = "running" if runner else "finished" if result.winner else "stopped"
    facts = _facts(result.to_json())
    if result.winner is None and (ranked := OBJECTIVES[study.objective].ranked(records)):
        best = ranked[0]
        facts |= {"best": best.trial, "metric": best.metric, "val_score": best.val_score}
        facts |= {"figures": _figures(best.profiled or {})}
    hosts = tuple(sorted({record.host for record in records if record.host}))
    return _summary(study, folder, state, **facts, seconds=result.seconds, runner=runner, hosts=hosts)


def compare_studies(names: Sequence[str], root: Path = STUDIES) -> StudyComparison:
    """Return studies side by side, with the settings in which they differ.

    Raises:
        InputError: there is no such study, or one cannot be read.
    """
    studies = tuple(show_study(name, root) for name in names)
    first = studies[0].definition
    differing = dict.fromkeys(key for other in studies[1:] for key in differences(first, other.definition))
    differing.pop("name", None)
    flat = [_settings(study.definition) for study in studies]
    return StudyComparison(studies, {key: tuple(each.get(key) for each in flat) for key in differing})


def delete_study(name: str, root: Path = STUDIES) -> int:
    """Delete a study: its folder, its trials, and its runs in MLflow. Return the number of MLflow runs.

    Raises:
        InputError: there is no such study, it is running, or its storage or its tracking server does not answer;
            nothing is deleted then, except for runs in MLflow.
    """
    study, folder = open_study(name, root)
    ledger: Ledger | None = None
    with suppress(NoTrialsError):
        ledger = open_ledger(study, folder, begin=False)
    if ledger is not None and (owner := ledger.runner()) is not None:
        raise InputError(f"study {study.name}", "must not be running", got=owner, hint="end it with Ctrl-C first")
    runs = delete_runs(study.tracking_uri, study=study.name, folder=folder.parent)
    if ledger is not None and study.storage is not None:
        ledger.forget()
    # Renamed first, so that no half of a study stands under its name if this is interrupted.
    aside = folder.with_name(f".deleted-{folder.name}")
    shutil.rmtree(aside, ignore_errors=True)
    shutil.rmtree(folder.rename(aside))
    return runs


def _of_results(study: Study, folder: Path, results: Mapping[str, Any]) -> StudySummary:
    """Return what the `results.json` of a study tells, whose trials are not here."""
    return _summary(study, folder, "finished" if results.get("best") else "stopped", **_facts(results))


def _facts(results: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that a study's `results.json` gives."""
    facts = {"trials": results["trials"], "complete": results["states"]["complete"]}
    best = results.get("best")
    if not best:
        return facts
    metric = best.get("metric", "accuracy")
    tested = best["test_metrics"].get(metric) if best.get("test_metrics") else None
    low, high = (tested or {}).get("low"), (tested or {}).get("high")
    return {
        **facts,
        "best": best["trial"],
        "metric": metric,
        "val_score": best["val_metrics"].get(metric),
        "cross_validated_score": best.get("cross_validated_score"),
        "test_score": tested["value"] if tested else best.get("test_accuracy"),
        "test_interval": None if low is None or high is None else (low, high),
        "figures": _figures(best),
    }


def _figures(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: facts.get(name) for name in FIGURES}


def _summary(study: Study, folder: Path, state: str, **facts: Any) -> StudySummary:
    return StudySummary(study.name, str(folder), state, study.command(), study.definition(), **facts)


def _settings(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return a definition with the recipe's settings beside the others."""
    return {**definition, **definition["recipe"]}
