"""Studies as a user looks after them: what each has found, how they compare, and their deletion."""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

from nas.api import STUDIES
from nas.api.archives import exported_result
from nas.api.studies import open_study
from nas.errors import InputError
from nas.keywords import explains_keywords
from nas.optimizer.ledger import Ledger
from nas.optimizer.run import open_ledger
from nas.optimizer.storage import NoTrialsError
from nas.study.changes import CONTENTS
from nas.study.comparability import TARGETS_COSTS, cautions, same_data, same_target, settings_that_differ, shared_metric
from nas.study.comparison import StudyComparison, fronts_by_cost
from nas.study.costs import known_costs
from nas.study.objectives import OBJECTIVES
from nas.study.overview import StudySummary
from nas.study.paths import original
from nas.study.record import Record, State
from nas.study.study import Study
from nas.target.ram import ram_figures
from nas.tracking import delete_runs

# The figures of a footprint, as `results.json` names them.
FIGURES = ("weights_bytes", "file_bytes", "flash_bytes", "macs", "latency_ms")


@explains_keywords
def show_study(name: str, root: Path = STUDIES) -> StudySummary:
    """Return what a study has found so far, given its name or its folder.

    Raises:
        InputError: there is no such study, or its definition or its trials cannot be read.
    """
    return _read(name, root)[0]


@explains_keywords
def compare_studies(names: Sequence[str], root: Path = STUDIES) -> StudyComparison:
    """Return studies side by side: the settings in which they differ, and their fronts.

    The fronts are by the studies' metric, or by their task's main one if they have different ones, and by each cost
    that is known of all candidates. What keeps the studies from being compared is in `cautions`.

    Raises:
        InputError: there is no such study, or one cannot be read.
    """
    found = [_read(name, root) for name in names]
    studies = tuple(summary for summary, _, _ in found)
    flat = [_settings(study.definition) | contents for study, _, contents in found]
    definitions = ({**study.definition, **contents} for study, _, contents in found)
    differing = dict.fromkeys(key for pair in combinations(definitions, 2) for key in settings_that_differ(*pair))
    differing.pop("name", None)
    settings = {key: tuple(each.get(key) for each in flat) for key in differing}
    metric = shared_metric(studies)
    judged = ([replace(record, metric=metric) for record in records] for _, records, _ in found)
    candidates = tuple(tuple(record for record in each if record.val_score is not None) for each in judged)
    known = known_costs(record for records in candidates for record in records) if any(candidates) else ()
    compared = [
        (cost, same_data(settings) and (same_target(settings) or cost.key not in TARGETS_COSTS)) for cost in known
    ]
    return StudyComparison(
        studies=studies,
        differences=settings,
        metric=metric,
        fronts=fronts_by_cost(candidates, compared),
        candidates=candidates,
        cautions=cautions(studies, settings),
    )


def _read(name: str, root: Path) -> tuple[StudySummary, tuple[Record, ...], dict[str, str]]:
    """Return what is known of a study, its complete candidates, the best first, and digests of its data and space."""
    study, folder = open_study(name, root)
    try:
        ledger = open_ledger(study, folder, begin=False)
    except NoTrialsError:
        if not (folder / "results.json").is_file():
            return _summary(study, folder, "not begun"), (), {}
        results = json.loads((folder / "results.json").read_text())
        return _of_results(study, folder, results), tuple(_front_of(results)), {}
    result = exported_result(folder, ledger)
    runner, records = ledger.runner(), ledger.records()
    state = "running" if runner else "finished" if result.winner else "stopped"
    facts, ranked = _facts(result.to_json()), OBJECTIVES[study.objective].ranked(records)
    if result.winner is None and ranked:
        best = ranked[0]
        facts |= {"best": best.trial, "metric": best.metric, "val_score": best.val_score}
        facts |= {"figures": _figures(best.profiled or {})}
    hosts = tuple(sorted({record.host for record in records if record.host}))
    summary = _summary(study, folder, state, **facts, seconds=result.seconds, runner=runner, hosts=hosts)
    identity = ledger.get("identity") or {}
    contents = {key: identity[key][:12] for key in CONTENTS if identity.get(key)}
    return summary, tuple(ranked), contents


@explains_keywords
def delete_study(name: str, root: Path = STUDIES) -> int:
    """Delete a study: its folder, its trials, and its runs in MLflow. Return the number of MLflow runs.

    The runs, and the trials in a database, of a folder that is a copy of another study are the original's and are kept.

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
    is_copy = original(study, folder) is not None
    runs = 0 if is_copy else delete_runs(study.tracking_uri, study=study.name, folder=folder.parent)
    if ledger is not None and study.storage is not None and not is_copy:
        ledger.forget()
    # Renamed first, so that no half of a study stands under its name if this is interrupted.
    aside = folder.with_name(f".deleted-{folder.name}")
    shutil.rmtree(aside, ignore_errors=True)
    shutil.rmtree(folder.rename(aside))
    return runs


def _of_results(study: Study, folder: Path, results: Mapping[str, Any]) -> StudySummary:
    """Return what the `results.json` of a study tells, whose trials are not here."""
    return _summary(study, folder, "finished" if results.get("best") else "stopped", **_facts(results))


def _front_of(results: Mapping[str, Any]) -> Iterator[Record]:
    """Yield what a `results.json` tells of the candidates on its front."""
    for member in results["front"]:
        yield Record(
            trial=member["trial"],
            state=State.COMPLETE,
            digest=member["digest"],
            params={},
            architecture={},
            seed=0,
            profiled=_figures(member),
            val_metrics=member.get("val_metrics") or {"accuracy": member["val_accuracy"]},
        )


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
    return {**{name: facts.get(name) for name in FIGURES}, **ram_figures(facts)}


def _summary(study: Study, folder: Path, state: str, **facts: Any) -> StudySummary:
    return StudySummary(folder.name, str(folder), state, study.command(), study.definition(), **facts)


def _settings(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return a definition with the recipe's settings beside the others."""
    return {**definition, **definition["recipe"]}
