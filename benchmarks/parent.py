"""Time what the process of a search does itself for each trial, beside waiting for its workers.

    python benchmarks/parent.py                                   # 500, 2,000 and 10,000 trials
    python benchmarks/parent.py --trials 2000 --go-on STUDY_FOLDER     # of a stored study, the next trials

The real loop runs, with the real storage; but candidates are answered at once, with made-up accuracies. Processor time
does not count what making up an answer takes. Adds to `benchmarks/parent.json`, under `--label`, and writes
`benchmarks/parent.md`. `--go-on` measures the first trials of a run that goes on with a copy of a study that has
`--trials` trials already; so one can run it with the sources of another release first in `PYTHONPATH`.
"""

import argparse
import json
import random
import resource
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial, wraps
from pathlib import Path
from typing import Any

import psutil

from nas.data.source import load
from nas.data.splits import Splits, split
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
    figures["processor time of it, start and end of the study included"] = processor / trained
    figures["tracking by MLflow beside it, in a process of its own"] = tracking / trained
    return figures


HERE = Path(__file__).resolve().parent
# What is written by hand in the page follows this line.
BY_HAND = "## By hand"
SIZES = (500, 2000, 10_000)
# Trials at the end of a run, and after its start where it goes on with a stored study, that are timed.
LAST, NEXT = 250, 30


class Answering:
    """An executor that answers each task at once, and counts the processor time that this takes."""

    seconds = 0.0
    notice = None

    def __init__(self, splits: Splits, jobs: int) -> None:
        self.size = 1
        self.running: list[Any] = []

    @property
    def idle(self) -> int:
        return 1 - len(self.running)

    def submit(self, task: Any) -> None:
        self.running.append(task)

    def collect(self, timeout: float) -> Iterator[tuple[Any, Any]]:
        if self.running:
            start = time.process_time()
            task = self.running.pop()
            outcome = answer(task)
            Answering.seconds += time.process_time() - start
            yield task, outcome

    def close(self) -> None:
        self.running.clear()


class Stopwatch(Observer):
    """Notes the processor time of the loop and the memory of the process after each trial."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.mb: list[float] = []
        self._process = psutil.Process()  # making one takes a tenth of a millisecond

    def recorded(self, record: Record) -> None:
        self.seconds.append(time.process_time() - Answering.seconds)
        self.mb.append(self._process.memory_info().rss / 2**20)


def grown(trials: int, kept: Path | None, go_on: Path | None) -> dict[str, Any]:
    """Run a study to `trials` trials, or a copy of a stored one for a few more; return what that took.

    Args:
        trials: of the whole study.
        kept: where the study is to stay; None to delete it.
        go_on: the folder of the stored study.
    """
    Finals.decide = lambda finals: None  # type: ignore[method-assign]
    watch, splits = Stopwatch(), split(load("synthetic"), 0)
    most = trials + NEXT if go_on else trials
    study = Study(space="cnn_timeseries", name="study", budget_kb=6, trials=most, jobs=1, tracking_uri="none")
    with tempfile.TemporaryDirectory() as temporary:
        folder = (kept or Path(temporary)) / "study"
        if go_on:
            shutil.copytree(go_on, folder)
        problem = Problem(study, load_space(study.space), find_target(study.target), splits)
        with run(problem, folder, watch, time.monotonic(), Answering) as ended:
            counted = len(ended.trials.records)
        journal = (folder / "study.journal").stat().st_size
    timed = NEXT if go_on else min(LAST, trials // 2)
    return {
        "trials": trials,
        "goes_on": bool(go_on),
        "cpu_ms": 1000 * (watch.seconds[-1] - watch.seconds[-timed]) / (timed - 1),
        "memory_kb_a_trial": 1024 * (watch.mb[-1] - watch.mb[0]) / counted,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "journal_kb_a_trial": journal / 1024 / counted,
    }


def page(lines: list[dict[str, Any]], by_hand: str) -> str:
    """Return the page: a table of what was measured, and behind it what was written by hand."""
    text = [
        "# What the process of a search does itself\n",
        "Processor milliseconds a trial at so many trials, without MLflow, which has a process of its own; growth of",
        "the process's memory and of the journal. Made by `benchmarks/parent.py`.\n",
        "| release | trials | CPU ms a trial | memory, KB a trial | peak memory, MB | journal, KB a trial |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for line in lines:
        # A run that goes on has loaded the whole study at its start.
        memory = "" if line["goes_on"] else f"{line['memory_kb_a_trial']:.1f}"
        text.append(
            f"| {line['label']} | {line['trials']:,}{' (goes on)' if line['goes_on'] else ''} | {line['cpu_ms']:.1f} "
            f"| {memory} | {line['peak_mb']:.0f} | {line['journal_kb_a_trial']:.1f} |"
        )
    text += [
        '\n"Goes on" is the first trials of a run that goes on with a stored study.\n',
    ]
    return "\n".join([*text, by_hand])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--label", default="after")
    parser.add_argument("--keep", type=Path, help="folder in which the study stays, for --go-on")
    parser.add_argument("--go-on", type=Path, help="folder of a stored study with --trials trials")
    parser.add_argument("--out", type=Path, default=HERE / "parent.json")
    args = parser.parse_args()
    lines = json.loads(args.out.read_text()) if args.out.is_file() else []
    for trials in args.trials:
        line = {"label": args.label, **grown(trials, args.keep, args.go_on)}
        print(line, flush=True)
        lines.append(line)
        args.out.write_text(json.dumps(lines, indent=1) + "\n")
    out = args.out.with_suffix(".md")
    by_hand = BY_HAND + (out.read_text().partition(BY_HAND)[2] if out.is_file() else "\n")
    out.write_text(page(lines, by_hand))


if __name__ == "__main__":
    main()
