"""The view of a study in the MLflow UI: a table of its candidates, best first, and charts of scores against footprints.

Without it the UI shows only the name and age of each run. MLflow keeps shared views as tags of the experiment.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from nas.task.task import task_of

# Names of studies' experiments begin with this, which distinguishes them from others on the same server.
PREFIX = "nas/"
STUDIES = "/studies/"
"""Under this path, our web application opens the table of a study; see `nas.tracking.webapp`."""

_KEY = "nas"
_CHARTS = "Accuracy and cost"
_MOST_RUNS = 100
"""Runs in a chart; MLflow lists as many at first."""
TAG = f"mlflow.sharedViewState.{_KEY}"
"""The tag that holds the view."""


def state(metric: str, *, ranked: bool = False) -> str:
    """Return the view of a study that judges by a metric, as MLflow keeps it.

    Args:
        metric: the study's.
        ranked: whether its candidates have ranks, which begin with the winner's; until then their scores sort them.
    """
    # What a reader compares comes first: in a window of 1,400 pixels, all up to the test accuracy is in view.
    widths = {
        "tags.`state`": 105,
        **({"metrics.`rank`": 60} if ranked else {"metrics.`score`": 80}),
        "metrics.`weights_bytes`": 115,
        "metrics.`arena_min_bytes`": 135,
        "metrics.`macs`": 80,
        **{f"metrics.`val_{name}`": 105 for name in _shown(metric)},
        **(_of_finals(metric) if ranked else {}),
        "metrics.`latency_ms`": 95,
        "tags.`reason`": 450,
    }
    return json.dumps(
        {
            "searchFilter": "tags.kind != 'study'",
            "orderByKey": "metrics.`rank`" if ranked else "metrics.`score`",
            "orderByAsc": ranked,
            "startTime": "ALL",
            "lifecycleFilter": "Active",
            "selectedColumns": list(widths),
            "columnOrder": ["attributes.`Run Name`", *widths],
            "columnWidths": widths,
            "runsHiddenMode": "SHOW_ALL",
            "compareRunSections": [_section(name) for name in (_CHARTS, "Model metrics", "System metrics")],
            "compareRunCharts": list(_charts(f"val_{metric}")),
            "isAccordionReordered": True,
        }
    )


def _section(name: str) -> dict[str, Any]:
    shown = {"display": True, "isReordered": False, "deleted": False, "isGenerated": name != _CHARTS}
    return {"uuid": f"{_KEY}-{name}", "name": name, **shown}


def _charts(score: str) -> Iterator[dict[str, Any]]:
    """Yield the charts that stand above those that MLflow makes of each metric; it writes charts this way itself."""
    own = {"metricSectionId": _section(_CHARTS)["uuid"], "deleted": False, "isGenerated": False}
    for cost, title in (("weights_bytes", "weights"), ("arena_min_bytes", "arena to reserve"), ("macs", "MACs")):
        axes = {"xaxis": {"key": cost, "type": "METRIC"}, "yaxis": {"key": score, "type": "METRIC"}}
        facts = {"type": "SCATTER", "displayName": f"{score} against {title}", "runsCountToCompare": _MOST_RUNS}
        yield {"uuid": f"{_KEY}-{cost}", **facts, **axes, **own}
    lines = {"type": "PARALLEL", "displayName": "What good candidates cost", "runsCountToCompare": _MOST_RUNS}
    metrics = {"selectedParams": [], "selectedMetrics": ["weights_bytes", "arena_min_bytes", "macs", score]}
    yield {"uuid": f"{_KEY}-lines", **lines, **metrics, "showAllRuns": False, **own}


def _shown(metric: str) -> tuple[str, ...]:
    """Return the metrics that have a column: the study's, and accuracy, or RMSE and R2 of regression."""
    task = task_of(metric)
    return tuple(dict.fromkeys((metric, task.main_metric, task.curve)))


def _of_finals(metric: str) -> dict[str, int]:
    tested = {f"metrics.`test_{name}`": 105 for name in _shown(metric)}
    return {**tested, "metrics.`cross_validated_score`": 150, "metrics.`score`": 80}


def page(url: str, experiment_id: str) -> str:
    """Return the address of a study's table in the UI at `url`, which any MLflow server has."""
    return f"{url}/{table(experiment_id)}"


def table(experiment_id: str) -> str:
    """Return the address of a study's table, relative to any page of the UI."""
    return f"#/experiments/{experiment_id}/runs?viewStateShareKey={_KEY}&workflowType=machine_learning"


def study_page(url: str, study: str) -> str:
    """Return the address of a study's table in our own web application at `url`."""
    return f"{url}{STUDIES}{quote(study)}"


def run_page(experiment_id: str, run_id: str) -> str:
    """Return the address of a run's page, relative to any page of the UI."""
    return f"#/experiments/{experiment_id}/runs/{run_id}"
