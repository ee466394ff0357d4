"""The view of a study in the MLflow UI: a table of its candidates, best first, with scores and footprints as columns.

Without it the UI shows only the name and age of each run. MLflow keeps shared views as tags of the experiment.
"""

import json

# Names of studies' experiments begin with this, which distinguishes them from others on the same server.
PREFIX = "nas/"

_KEY = "nas"
TAG = f"mlflow.sharedViewState.{_KEY}"
_COLUMNS = (
    "tags.`state`",
    "tags.`winner`",
    "metrics.`score`",
    "metrics.`val_accuracy`",
    "metrics.`float_val_accuracy`",
    "metrics.`weights_bytes`",
    "metrics.`arena_min_bytes`",
    "metrics.`flash_bytes`",
    "metrics.`macs`",
    "metrics.`latency_ms`",
    "metrics.`total_seconds`",
    "tags.`reason`",
)
STATE = json.dumps(
    {
        "searchFilter": "tags.kind = 'candidate'",
        "orderByKey": "metrics.`score`",
        "orderByAsc": False,
        "startTime": "ALL",
        "lifecycleFilter": "Active",
        "selectedColumns": _COLUMNS,
    }
)


def page(url: str, experiment_id: str) -> str:
    """Return the address of a study's table in the UI at `url`."""
    return f"{url}/#/experiments/{experiment_id}/runs?viewStateShareKey={_KEY}&workflowType=machine_learning"


def run_page(experiment_id: str, run_id: str) -> str:
    """Return the address of a run's page, relative to any page of the UI."""
    return f"#/experiments/{experiment_id}/runs/{run_id}"
