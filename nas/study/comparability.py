"""How far the results of studies compare, by the settings in which they differ: said beside every comparison."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from nas.codec import to_data
from nas.study.changes import CONTENTS, differences
from nas.study.overview import StudySummary
from nas.study.recipe import Recipe
from nas.task.task import CLASSES, metric_title, task_of
from nas.text import listed

# Other classes or other recordings: a score of one study says nothing about the other.
_OTHER_DATA = ("data", "labels", "label_column", "classes", "task", "data content")
# The same recordings as other rows, or divided otherwise.
_OTHER_ROWS = (
    "seed", "window", "stride", "rate_hz", "group_column", "time_column", "group_regex", "drop_columns",
    "keep_columns", "merge_parts", "drop_outliers", "channels_first", "unknown_share", "silence_share", "noise",
    "image_size", "image_fit", "image_color",
)  # fmt: skip
_OTHER_LIMITS = ("budget_kb", "ram_kb", "flash_kb", "macs_k", "latency_ms")
_OTHER_TARGET = ("target", "runtime")
_OTHER_CHOICE = ("objective", "accuracy_weight", "metric")
_IN_WORDS = {"data content": "the content of the data"}
TARGETS_COSTS = ("arena_min_bytes", "latency_ms")
"""The costs that depend on the target."""
# A search that is this many times as long as another one has found more for that reason alone.
_MUCH_LONGER = 2


def settings_that_differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the settings in which two studies differ, the contents of data and space among them.

    Args:
        one: a definition, with the digests of `CONTENTS` if they are known.
        other: that of the other study.
    """
    unknown = {key for key in CONTENTS if not (one.get(key) and other.get(key))}
    known = ({key: value for key, value in each.items() if key not in unknown} for each in (one, other))
    found = differences(*known)
    # Another path, seed or window gives other rows, and says so itself.
    if any(key in found for key in (*_OTHER_DATA, *_OTHER_ROWS) if key != "data content"):
        found.pop("data content", None)
    if "space" in found:
        found.pop("space content", None)
    return tuple(found)


def shared_metric(studies: Sequence[StudySummary]) -> str:
    """Return the metric that all studies judge by; if they differ, one that is known of every candidate.

    Of studies of different tasks there is none, and it is accuracy.
    """
    metrics = {study.metric for study in studies if study.metric is not None}
    tasks = {task_of(metric) for metric in metrics}
    if len(metrics) > 1 and len(tasks) == 1:
        return tasks.pop().main_metric
    return metrics.pop() if len(metrics) == 1 else "accuracy"


def same_data(differences: Collection[str]) -> bool:
    """Return whether studies that differ in these settings were searched on the same data."""
    return not any(key in differences for key in _OTHER_DATA)


def same_target(differences: Collection[str]) -> bool:
    """Return whether studies that differ in these settings have the same target."""
    return not any(key in differences for key in _OTHER_TARGET)


def cautions(studies: Sequence[StudySummary], differences: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a reader must know to compare the results of studies, a sentence each.

    Args:
        studies: what is known of each.
        differences: the settings in which they differ, by name.
    """
    return (*_of_scores(studies, differences), *_of_costs(differences), *_of_searches(studies, differences))


def _of_scores(studies: Sequence[StudySummary], differences: Mapping[str, Any]) -> Iterator[str]:
    if keys := _named(differences, _OTHER_DATA):
        yield f"{keys}: scores on other data do not compare, so no study is said to be better than another"
    elif keys := _named(differences, _OTHER_ROWS):
        yield f"{keys}: each study validates on rows of its own, and small differences may be theirs"
    judged = [(study.name, study.metric) for study in studies if study.metric is not None]
    metrics = {metric for _, metric in judged}
    if len(metrics) > 1:
        own = listed([f"{name} by {metric_title(metric)}" for name, metric in judged])
        shown = metric_title(shared_metric(studies))
        have = "all have" if len(set(map(task_of, metrics))) == 1 else f"only studies of {CLASSES} have"
        yield f"the studies judge by different metrics ({own}); the fronts are drawn by {shown}, which {have}"
    if keys := _named(differences, _settings_of("training", "augment")):
        yield f"{keys}: the search trained the candidates of each study in its own way"


def _of_costs(differences: Mapping[str, Any]) -> Iterator[str]:
    if keys := _named(differences, _OTHER_TARGET):
        yield f"{keys}: arena, flash and latency are those of different targets; weights and MACs compare"
    if keys := _named(differences, _OTHER_LIMITS):
        yield f"{keys}: compare candidates of equal cost, since a study has none beyond its own limits"


def _of_searches(studies: Sequence[StudySummary], differences: Mapping[str, Any]) -> Iterator[str]:
    if keys := _named(differences, _OTHER_CHOICE):
        yield f"{keys}: each study was after something else, and has chosen its winner by its own rule"
    counts = [study.complete for study in studies]
    if max(counts) >= _MUCH_LONGER * max(1, min(counts)):
        told = listed([f"{study.name} {study.complete}" for study in studies])
        yield f"the searches are of different length: trained to the end are {told} candidates"
    if parts := [study.name for study in studies if study.complete and study.seconds is None]:
        yield f"of {listed(parts)} only results.json is here, with the front by the cost of its objective and no other"
    for study in studies:
        if study.test_score is None:
            yield f"{study.name} has no winner yet ({study.state})"


def _settings_of(*tables: str) -> tuple[str, ...]:
    """Return the names of the settings in some tables of a recipe."""
    defaults = to_data(Recipe())
    return tuple(name for table in tables for name in defaults[table])


def _named(differences: Mapping[str, Any], keys: Sequence[str]) -> str:
    """Return that some of the keys differ, in words; empty if none does."""
    named = [_IN_WORDS.get(key, key) for key in keys if key in differences]
    return f"{listed(named)} {'differ' if len(named) > 1 else 'differs'}" if named else ""
