"""Time what the process of a search does itself for each trial, beside waiting for its workers.

The real loop runs, with the real storage and tracking; but its worker answers at once, with made-up accuracies.
"""

import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Any

from nas.data.splits import Splits
from nas.graph.graph import digest
from nas.optimizer import problem as problems
from nas.optimizer.executor.local import LocalExecutor
from nas.optimizer.finals import Finals
from nas.optimizer.ledger import Ledger
from nas.optimizer.models import ModelFolder
from nas.optimizer.observer import Observer
from nas.optimizer.problem import Problem
from nas.optimizer.run import run
from nas.optimizer.trials import Trials
from nas.space.file import load_space
from nas.study.record import Record, State
from nas.study.study import Study
from nas.study.tasks import TrainingOutcome, TrainingTask
from nas.target.profiler import estimate_many
from nas.target.target import find_target

TRIALS = 150
# What is timed, in the order in which a trial meets it.
WATCHED: dict[str, tuple[Any, str]] = {
    "asking the sampler, then lowering and estimating": (Problem, "sample"),
    "of that, lowering and estimating": (problems, "examine"),
    "storing the trial as running": (Ledger, "start"),
    "writing the model's file": (ModelFolder, "write"),
    "telling the sampler, storing the record": (Ledger, "finish"),
    "the same, and handing the record to views and tracking": (Trials, "end"),
}


def no_preparation(splits: Splits) -> None:
    """Stand for the import of TensorFlow."""


def answer(job: TrainingTask) -> TrainingOutcome:
    """Stand for a training."""
    graph, draw = job.architecture.lower(), random.Random(job.seed)
    curve = tuple(draw.random() for _ in range(job.epochs))
    record = Record(
        trial=job.trial,
        state=State.COMPLETE,
        digest=digest(graph),
        params=job.params,
        architecture=job.architecture.to_json(),
        seed=job.seed,
        profiled=estimate_many([graph], job.target)[0].summary(),
        val_metrics={"accuracy": max(curve)},
        float_val_accuracy=max(curve),
        history=dict.fromkeys(("loss", "accuracy", "val_loss", "val_accuracy"), curve),
        seconds=dict.fromkeys(("build", "train", "quantize", "evaluate"), 0.1),
    )
    return TrainingOutcome(record, draw.randbytes(8192))


def timed(function: Callable[..., Any], seconds: list[float]) -> Callable[..., Any]:
    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        start = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            seconds.append(time.perf_counter() - start)

    return call


def parent_seconds(splits: Splits) -> dict[str, float]:
    """Return the median wall time of each step, and the processor time of all threads, for a trial that is trained."""
    laps: dict[str, list[float]] = defaultdict(list)
    for name, (owner, attribute) in WATCHED.items():
        setattr(owner, attribute, timed(getattr(owner, attribute), laps[name]))
    make_executor = partial(LocalExecutor, initialize=no_preparation, perform=answer)
    Finals.decide = lambda finals: None  # type: ignore[method-assign]
    study = Study(space="cnn_timeseries", budget_kb=6, trials=TRIALS, jobs=1)
    with tempfile.TemporaryDirectory() as folder:
        problem = Problem(study, load_space(study.space), find_target(study.target), splits)
        before = time.process_time()
        with run(problem, Path(folder) / "study", Observer(), time.monotonic(), make_executor) as ended:
            trained = len(ended.trials.complete)
        processor = time.process_time() - before
        tracking = ended.tracker.seconds
    figures = {name: statistics.median(seconds) for name, seconds in laps.items()}
    figures["processor time of all its threads, start and end of the study included"] = processor / trained
    figures["of that, tracking by MLflow, in a thread of its own"] = tracking / trained
    return figures
