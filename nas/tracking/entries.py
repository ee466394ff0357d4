"""What is logged of a record: parameters, metrics and tags, as plain mappings."""

import math
from collections.abc import Mapping
from typing import Any

from nas.study.finals import Finalist
from nas.study.hand_made import RULE
from nas.study.record import Record, State, state_words
from nas.study.result import Trained
from nas.study.scores import on_test_set
from nas.study.study import Study
from nas.task.metrics import Estimate
from nas.task.task import score_text
from nas.tracking import note

# Candidates that were built get a run; the others only count in the metrics of the study's run.
BUILT = (State.COMPLETE, State.PRUNED, State.FAILED)

# The kind of the run of the hand-made network, beside `study` and `candidate`.
HAND_MADE = "hand-made"

# MLflow marks any other status than FINISHED with a red cross or a clock, and to be stopped early is no failure.
RUN_STATUS = {State.COMPLETE: "FINISHED", State.PRUNED: "FINISHED", State.FAILED: "FAILED"}

# What MLflow shows of a footprint. The arena is the one to reserve, as everywhere; where there is a front-end,
# `ram_bytes` is its RAM and the arena. `record.json` has all figures.
FOOTPRINT = ("weights_bytes", "file_bytes", "arena_min_bytes", "ram_bytes", "flash_bytes", "macs", "latency_ms")


def study_tags(study: Study, metric: str) -> dict[str, str]:
    """Return the tags by which a study's run can be searched; `metric` is what the study judges by."""
    return {
        "space": study.space,
        "data": study.data,
        "target": study.target,
        "objective": study.objective,
        "metric": metric,
        "seed": str(study.seed),
    }


def params(record: Record) -> dict[str, str]:
    """Return the sampled dimensions and the seed."""
    return {**{name: str(value) for name, value in record.params.items()}, "seed": str(record.seed)}


def metrics(record: Record) -> dict[str, float]:
    """Return every number of a record except its learning curves.

    A candidate that was stopped early has no model to profile; its estimated footprint is the one that it would have.
    """
    footprint = record.profiled or record.estimated or {}
    facts = {
        "score": round(record.values[0], 5) if record.values else None,
        **_prefixed("val", record.val_metrics),
        "float_val_accuracy": _shortened(record.float_val_accuracy),
        **_prefixed("float_val", record.float_val_metrics),
        **{name: _shortened(footprint.get(name)) for name in FOOTPRINT},
        "total_seconds": sum(record.seconds.values()),
        **{f"seconds/{stage}": seconds for stage, seconds in record.seconds.items()},
        "peak_rss_bytes": record.peak_rss_bytes,
    }
    return _numbers(facts)


def curves(record: Record) -> list[tuple[str, float, int]]:
    """Return the learning curves as (name, value, epoch); `curve/` in the name marks them as curves."""
    return [
        (f"curve/{name}", value, epoch)
        for name, curve in record.history.items()
        for epoch, value in enumerate(curve)
        if math.isfinite(value)
    ]


def tags(record: Record) -> dict[str, str]:
    """Return the tags by which a run can be searched."""
    return {
        "kind": "candidate",
        "trial": str(record.trial),
        "state": state_words(record.state),
        "architecture": record.digest,
        "metric": record.metric,
        **({} if record.reason is None else {"reason": record.reason}),
        **{f"version.{name}": version for name, version in record.versions.items()},
    }


def hand_made_tags(network: Trained) -> dict[str, str]:
    """Return the tags of the hand-made network; `reason` stands in the table of runs, which has no test scores."""
    tested = network.tested
    score = (
        ""
        if tested is None
        else f"{on_test_set(network.metric)} {score_text(network.metric, tested.metrics[network.metric].value)}, "
    )
    return {
        **{key: value for key, value in tags(network.record).items() if key not in ("trial", "reason")},
        "kind": HAND_MADE,
        "state": "hand-made",
        "reason": f"{score}not searched, but chosen by a rule to compare the winner with",
        note.TAG: f"The network that one might make by hand, by a fixed rule: {RULE}. "
        "Trained by the winner's recipe and on its rows.",
    }


def state_metrics(states: Mapping[str, int]) -> dict[str, float]:
    """Return the number of trials in each state, and in all."""
    counts = {f"trials_{state}": float(count) for state, count in states.items()}
    return {**counts, "trials": float(sum(states.values()))}


def winner_metrics(winner: Trained) -> dict[str, float]:
    """Return the numbers of a study's winner, from its final training and from the test set."""
    facts: dict[str, Any] = {
        "fold_std": _shortened(winner.fold_std),
        "cross_validated_accuracy": _shortened(winner.cross_validated_accuracy),
        "cross_validated_score": _shortened(winner.cross_validated_score),
    }
    if winner.tested is not None:
        facts |= _estimates("test", winner.tested.metrics)
        facts |= _estimates("float_test", winner.tested.float_metrics)
        facts |= _prefixed("baseline", winner.tested.baseline_metrics)
    return {**metrics(winner.record), **_numbers(facts)}


def test_metrics(winner: Trained) -> dict[str, float]:
    """Return the metrics on the test rows that stand in the table of runs; nothing without a test."""
    tested = winner.tested
    return {} if tested is None else _prefixed("test", {n: tested.metrics[n].value for n in winner.headline_metrics})


def hand_made_metrics(network: Trained) -> dict[str, float]:
    """Return the numbers of the hand-made network that candidates have too; MLflow draws a chart of each metric."""
    own = {name: value for name, value in metrics(network.record).items() if not name.startswith("float_")}
    return {**own, **test_metrics(network)}


def finalist_metrics(finalist: Finalist | None) -> dict[str, float]:
    """Return what a candidate reached in the finals; nothing for one that was not in them."""
    return {} if finalist is None else _numbers({"cross_validated_score": _shortened(finalist.mean)})


def _estimates(prefix: str, metrics: Mapping[str, Estimate]) -> dict[str, float | None]:
    """Return each metric, and the ends of its interval, if it has one, as `<metric>_low` and `<metric>_high`."""
    return {
        f"{prefix}_{name}{suffix}": _shortened(number)
        for name, one in metrics.items()
        for suffix, number in (("", one.value), ("_low", one.low), ("_high", one.high))
    }


def _prefixed(prefix: str, numbers: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{prefix}_{name}": _shortened(value) for name, value in numbers.items()}


def _shortened(number: Any) -> Any:
    """Return a number with as many decimals as MLflow's table has room for."""
    return round(number, 4) if isinstance(number, float) else number


def _numbers(facts: Mapping[str, Any]) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in facts.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    }
