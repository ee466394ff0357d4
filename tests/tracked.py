"""Records to log, and what MLflow's own client reads of them."""

from pathlib import Path

from nas.study.record import Record, State
from nas.study.result import Result, Trained
from nas.study.tested import Tested
from nas.task.metrics import Estimate
from nas.tracking import open_tracker

FOOTPRINT = {
    "weights_bytes": 3000,
    "arena_bytes": 9000,
    "arena_min_bytes": 9200,
    "flash_bytes": 50000,
    "macs": 120000,
    "latency_ms": None,
    "supported": True,
}
STATES = {"complete": 2, "over_budget": 40, "pruned": 1, "duplicate": 3, "failed": 1}


def record(trial: int, state: State = State.COMPLETE, weights: int = 3000) -> Record:
    profiled = FOOTPRINT | {"weights_bytes": weights}
    return Record(
        trial=trial,
        state=state,
        digest=f"digest{trial}",
        params={"conv.count": 2, "conv.0.filters": 8 + trial},
        architecture={"blocks": [{"kind": "conv", "filters": 8 + trial}]},
        seed=7,
        reason=None if state == State.COMPLETE else "some reason",
        estimated=profiled,
        profiled=profiled if state == State.COMPLETE else None,
        val_metrics={"accuracy": 0.9} if state == State.COMPLETE else {},
        float_val_accuracy=0.91 if state == State.COMPLETE else None,
        values=(0.88,) if state == State.COMPLETE else None,
        history={"loss": (1.0, 0.5, 0.25), "val_accuracy": (0.5, 0.75, 0.875)},
        seconds={"train": 4.5, "build": 0.5},
        versions={"nas": "0.1.0"},
    )


def result(trial: int, folder: Path) -> Result:
    int8 = {"accuracy": Estimate(0.93, 0.9, 0.95)}
    winner = Trained(record(trial), tested=Tested(int8, int8, {"accuracy": 0.2}, ((3, 1), (0, 4)), "9 groups"))
    return Result("demo", str(folder), 12.0, STATES, winner, (record(trial),))


def client(root):
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=f"sqlite:///{root / 'mlflow.db'}")


def search(root, query):
    mlflow = client(root)
    experiment = mlflow.get_experiment_by_name("nas/demo")
    return list(mlflow.search_runs([experiment.experiment_id], query, max_results=1000))


def track(root, *records, model=b"tflite", uri=None, **options):
    tracker = open_tracker(uri, study="demo", folder=root, **options)
    for each in records:
        tracker.log(each, model)
    return tracker


def candidates(root, query=""):
    return search(root, "tags.kind = 'candidate'" + query)
