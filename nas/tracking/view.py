"""The view of a study in the MLflow UI: a table of its candidates, best first, with scores and footprints as columns.

Without it the UI shows only the name and age of each run. MLflow keeps shared views as tags of the experiment.
"""

import json
from urllib.parse import quote

# Names of studies' experiments begin with this, which distinguishes them from others on the same server.
PREFIX = "nas/"
STUDIES = "/studies/"
"""Under this path, our web application opens the table of a study; see `nas.tracking.webapp`."""

_KEY = "nas"
TAG = f"mlflow.sharedViewState.{_KEY}"
"""The tag that holds the view."""


def state(metric: str, *, ranked: bool = False) -> str:
    """Return the view of a study that judges by a metric, as MLflow keeps it.

    Args:
        metric: the study's.
        ranked: whether its candidates have ranks, which begin with the winner's; until then their scores sort them.
    """
    # All but the reason fit beside the names in a window of 1,440 pixels.
    widths = {
        "tags.`state`": 95,
        "tags.`winner`": 70,
        **(_of_finals(metric) if ranked else {}),
        "metrics.`score`": 80,
        f"metrics.`val_{metric}`": 105,
        "metrics.`val_accuracy`": 105,
        "metrics.`weights_bytes`": 115,
        "metrics.`arena_min_bytes`": 130,
        "metrics.`latency_ms`": 95,
        "metrics.`macs`": 80,
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
        }
    )


def _of_finals(metric: str) -> dict[str, int]:
    tested = dict.fromkeys((f"metrics.`test_{metric}`", "metrics.`test_accuracy`"), 105)
    return {"metrics.`rank`": 60, **tested, "metrics.`cross_validated_score`": 150}


def page(url: str, experiment_id: str) -> str:
    """Return the address of a study's table in the UI at `url`, which any MLflow server has."""
    return f"{url}/#/experiments/{experiment_id}/runs?viewStateShareKey={_KEY}&workflowType=machine_learning"


def study_page(url: str, study: str) -> str:
    """Return the address of a study's table in our own web application at `url`."""
    return f"{url}{STUDIES}{quote(study)}"


def run_page(experiment_id: str, run_id: str) -> str:
    """Return the address of a run's page, relative to any page of the UI."""
    return f"#/experiments/{experiment_id}/runs/{run_id}"
