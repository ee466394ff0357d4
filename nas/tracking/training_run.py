"""One training outside a search as a run in MLflow, with its settings, learning curves, scores and files."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nas.tracking.address import find_address
from nas.tracking.client import connect
from nas.tracking.tracker import Warn

EXPERIMENT = "trainings"
# MLflow takes 100 parameters in a call, and 1,000 of everything.
_PARAMS, _METRICS = 100, 900
_LONGEST_VALUE = 500


@dataclass(frozen=True, slots=True)
class TrainingLog:
    """What is logged of a training.

    Attributes:
        name: of the model.
        settings: by name.
        history: one number for each epoch, by name.
        figures: scores and costs of the model, by name; those that are no numbers are left out.
        tags: by which the run can be searched.
        files: artifacts.
    """

    name: str
    settings: Mapping[str, Any]
    history: Mapping[str, tuple[float, ...]]
    figures: Mapping[str, Any]
    tags: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Path, ...] = ()


def log_training(log: TrainingLog, uri: str | None, root: Path, warn: Warn) -> str | None:
    """Log a training, and return the id of its run; None if tracking is turned off, or the store fails.

    Args:
        log: what is logged.
        uri: MLflow's tracking URI; None for SQLite in `root`, `none` for no tracking.
        root: folder of the local store.
        warn: called with one line if the store fails; a training never fails for it.

    Raises:
        InputError: `uri` is of a kind that MLflow does not know.
    """
    address = find_address(uri, root)
    if address is None:
        return None
    try:
        return _log(connect(address, warn), log, address.artifacts)
    except Exception as error:  # no failure of a server, a database or MLflow may lose a training
        line = " ".join(f"{type(error).__name__}: {error}".split())
        warn(f"tracking at {address.uri} fails ({line[:160]}); the training's own files are complete")
        return None


def _log(client: Any, log: TrainingLog, artifacts: Path | None) -> str:
    from mlflow.entities import Metric, Param, RunTag

    found = client.get_experiment_by_name(EXPERIMENT)
    if found is None:
        location = None if artifacts is None else (artifacts / EXPERIMENT).as_uri()
        experiment = client.create_experiment(EXPERIMENT, location)
    else:
        experiment = found.experiment_id
    tags = {"kind": "training", "mlflow.source.name": "nas train", **log.tags}
    run: str = client.create_run(experiment, run_name=log.name, tags=tags).info.run_id
    params = [Param(key, str(value)[:_LONGEST_VALUE]) for key, value in log.settings.items()]
    metrics = [Metric(key, value, 0, step) for key, value, step in _numbers(log)]
    for start in range(0, len(params), _PARAMS):
        client.log_batch(run, params=params[start : start + _PARAMS])
    for start in range(0, len(metrics), _METRICS):
        client.log_batch(run, metrics=metrics[start : start + _METRICS])
    for file in log.files:
        client.log_artifact(run, str(file))
    client.log_batch(run, tags=[RunTag("state", "complete")])
    client.set_terminated(run, "FINISHED")
    return run


def _numbers(log: TrainingLog) -> list[tuple[str, float, int]]:
    """Return every finite number as (name, value, epoch); `curve/` in the name marks learning curves."""
    curves = [
        (f"curve/{name}", value, epoch) for name, curve in log.history.items() for epoch, value in enumerate(curve)
    ]
    figures = [
        (name, float(value), 0)
        for name, value in log.figures.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    return [one for one in (*curves, *figures) if math.isfinite(one[1])]
