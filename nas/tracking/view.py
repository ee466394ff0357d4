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
    "metrics.`objective_0`",
    "metrics.`val_accuracy`",
    "metrics.`float_val_accuracy`",
    "metrics.`profiled_weights_bytes`",
    "metrics.`profiled_arena_min_bytes`",
    "metrics.`profiled_flash_bytes`",
    "metrics.`profiled_macs`",
    "metrics.`total_seconds`",
)
STATE = json.dumps(
    {
        "searchFilter": "tags.kind = 'candidate'",
        "orderByKey": "metrics.`objective_0`",
        "orderByAsc": False,
        "startTime": "ALL",
        "lifecycleFilter": "Active",
        "selectedColumns": _COLUMNS,
    }
)


def page(url: str, experiment_id: str) -> str:
    """Return the address of a study's table in the UI at `url`."""
    return f"{url}/#/experiments/{experiment_id}/runs?viewStateShareKey={_KEY}&workflowType=machine_learning"
