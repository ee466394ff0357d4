"""All checks for faults in data that a search would otherwise accept.

Each check is a function of the dataset and its parts that yields its findings. Its docstring says why they matter.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from nas.data.checks.columns import constant_channels, label_columns, subject_columns, time_columns
from nas.data.checks.orientation import swapped_axes
from nas.data.checks.rates import implausible_rates, unknown_rates
from nas.data.checks.rows import absent_classes, absent_labels, copied_rows, unbalanced_classes
from nas.data.checks.subjects import few_groups, missing_groups, numbered_files, one_class_groups, straddling_groups
from nas.data.checks.targets import target_columns
from nas.data.checks.units import units_of_groups
from nas.data.checks.values import clipped_channels, other_scale, outliers
from nas.data.dataset import Dataset, Part
from nas.data.finding import Finding
from nas.data.options import DataOptions
from nas.data.selection import listed
from nas.task.task import ANOMALIES, CLASSES, LABELS, TARGETS

Check = Callable[[Dataset, Mapping[str, Part]], Iterator[Finding]]

COLUMN_CHECKS: tuple[Check, ...] = (label_columns, target_columns, time_columns, subject_columns, constant_channels)
"""Checks for channels that are to be left out. The first one that finds a channel is enough."""

LABEL_CHECKS: tuple[Check, ...] = (
    absent_classes,
    absent_labels,
    straddling_groups,
    missing_groups,
    numbered_files,
    one_class_groups,
    few_groups,
    unbalanced_classes,
    implausible_rates,
    unknown_rates,
)
"""Checks of labels, groups and the sample rate."""

CLASS_CHECKS: frozenset[Check] = frozenset((label_columns, absent_classes, one_class_groups, unbalanced_classes))
"""Those that only rows with classes can pass or fail; rows with targets have `target_columns` in place of them."""

_OTHERS: Mapping[str, frozenset[Check]] = {
    CLASSES: frozenset((target_columns, absent_labels)),
    TARGETS: CLASS_CHECKS | {absent_labels},
    LABELS: CLASS_CHECKS,
    # A detector learns from one class, and has recordings of few others.
    ANOMALIES: frozenset((target_columns, absent_labels, *CLASS_CHECKS)) - {label_columns},
}
"""The checks that do not apply to a task."""

VALUE_CHECKS: tuple[Check, ...] = (copied_rows, swapped_axes, outliers, other_scale, units_of_groups, clipped_channels)
"""Checks of values, for data that have finite ones only."""


def findings(dataset: Dataset, parts: Mapping[str, Part], options: DataOptions | None = None) -> Iterator[Finding]:
    """Yield the findings of all checks, errors first; none if a part has no values.

    If some values are not finite, which `nas.data.rules` tells, only labels and groups are checked.

    Channels that `options` keeps are not told again to be left out.
    """
    if not all(part.x.size for part in parts.values()):
        return
    found, checks = list(dataset.found), LABEL_CHECKS
    if dataset.is_as_recorded or all(np.isfinite(part.x).all() for part in parts.values()):
        found += _columns(dataset, parts, options or DataOptions())
        checks += VALUE_CHECKS
    checks = _applicable(dataset, checks)
    found += [replace(finding, kind=check.__name__) for check in checks for finding in check(dataset, parts)]
    yield from sorted(found, key=lambda finding: not finding.is_error)


def _applicable(dataset: Dataset, checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """Return the checks that the task of the data leaves."""
    return tuple(check for check in checks if check not in _OTHERS[dataset.task])


def _columns(dataset: Dataset, parts: Mapping[str, Part], options: DataOptions) -> Iterator[Finding]:
    channels = range(dataset.train.x.shape[-1])
    told = {dataset.channel_name(index) for index in listed(dataset, options.keep_columns, "--keep-columns")}
    if len(told) == len(channels):
        return
    for check in _applicable(dataset, COLUMN_CHECKS):
        fresh = [replace(f, kind=check.__name__) for f in check(dataset, parts) if f.place not in told]
        told |= {finding.place for finding in fresh}
        yield from fresh
