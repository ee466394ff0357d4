"""Predict how many workers a search can use: a simulation of its loop with measured costs.

    python benchmarks/simulate.py --candidate-seconds 2 --parent-ms 4 --handover-ms 6

One parent prepares a candidate after the other and hands each to an idle worker; workers train, and hand their results
back to the same parent, which goes first. This is `nas.optimizer.search.Search` as a queue with one server. Prints the
candidates an hour and the efficiency, which is 1 if no worker ever waits, for 1 to 1,000 workers. `--check` runs the
real loop with threads that sleep as long as the simulated trainings, and compares.
"""

import argparse
import heapq
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Timer
from typing import Any, ClassVar

WORKERS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000)


@dataclass(frozen=True)
class Costs:
    """What one candidate takes.

    Attributes:
        candidate_seconds: mean time of a training on a worker.
        spread: standard deviation of its logarithm.
        parent_ms: of the parent, from the proposal to the stored record, rejected proposals included.
        handover_ms: of the way to a worker and back, in which the worker is idle and the parent is not.
    """

    candidate_seconds: float
    spread: float
    parent_ms: float
    handover_ms: float


def simulate(costs: Costs, workers: int, candidates: int, seed: int = 0) -> float:
    """Return the efficiency of a search: the candidates a second, divided by those of workers that never wait."""
    rng = random.Random(seed)
    trainings = [rng.lognormvariate(0, costs.spread) for _ in range(candidates)]
    scale = costs.candidate_seconds * candidates / sum(trainings)
    trainings = [scale * each for each in trainings]
    half = costs.parent_ms / 2000  # one half to propose and store a candidate, the other to take its result
    now, begun, idle, ready = 0.0, 0, workers, False
    running: list[float] = []
    while begun < candidates or running:
        if running and running[0] <= now:  # a result is there
            heapq.heappop(running)
            idle += 1
            now += half
        elif ready and idle:
            heapq.heappush(running, now + costs.handover_ms / 1000 + trainings[begun])
            begun, idle, ready = begun + 1, idle - 1, False
        elif not ready and begun < candidates:
            now += half
            ready = True
        else:
            now = max(now, running[0])
    return sum(trainings) / (workers * now)


class Sleeping:
    """An executor whose workers are timers; it answers as `benchmarks/parent.py` does."""

    seconds: ClassVar[list[float]] = []
    notice = None

    def __init__(self, splits: Any, jobs: int) -> None:
        self.size = jobs
        self.running: list[Any] = []
        self._done: SimpleQueue[Any] = SimpleQueue()
        self._waits = iter(Sleeping.seconds)

    @property
    def idle(self) -> int:
        return self.size - len(self.running)

    def submit(self, task: Any) -> None:
        self.running.append(task)
        Timer(next(self._waits), self._done.put, [task]).start()

    def collect(self, timeout: float) -> Iterator[tuple[Any, Any]]:
        from parent import answer

        try:
            task = self._done.get(timeout=timeout) if timeout else self._done.get_nowait()
        except Empty:
            return
        self.running.remove(task)
        yield task, answer(task)

    def close(self) -> None:
        self.running.clear()


def measured(costs: Costs, workers: int, candidates: int) -> float:
    """Return the efficiency of the real loop with sleeping workers."""
    from nas.data.source import load
    from nas.data.splits import split
    from nas.optimizer.finals import Finals
    from nas.optimizer.observer import Observer
    from nas.optimizer.problem import Problem
    from nas.optimizer.run import run
    from nas.space.file import load_space
    from nas.study.study import Study
    from nas.target.target import find_target

    rng = random.Random(0)
    waits = [rng.lognormvariate(0, costs.spread) for _ in range(3 * candidates)]
    scale = costs.candidate_seconds * len(waits) / sum(waits)
    Sleeping.seconds = [scale * each for each in waits]
    Finals.decide = lambda finals: None  # type: ignore[method-assign]
    splits = split(load("synthetic"), 0)
    study = Study(space="cnn_timeseries", budget_kb=6, trials=candidates, jobs=workers, tracking_uri="none")
    problem = Problem(study, load_space(study.space), find_target(study.target), splits)
    with tempfile.TemporaryDirectory() as folder:
        start = time.monotonic()
        with run(problem, Path(folder) / "study", Observer(), start, Sleeping) as ended:
            trained = len(ended.trials.complete)
        seconds = time.monotonic() - start
    return sum(Sleeping.seconds[:trained]) / (workers * seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--candidate-seconds", type=float, default=2.0)
    parser.add_argument("--spread", type=float, default=0.5)
    parser.add_argument("--parent-ms", type=float, default=7.0)
    parser.add_argument("--handover-ms", type=float, default=6.0)
    parser.add_argument("--candidates", type=int, default=20_000)
    parser.add_argument("--check", type=int, nargs="*", default=[], metavar="WORKERS")
    args = parser.parse_args()
    costs = Costs(args.candidate_seconds, args.spread, args.parent_ms, args.handover_ms)
    print("| workers | candidates an hour | efficiency | measured |\n|---:|---:|---:|---:|")
    for workers in args.check or WORKERS:
        candidates = 30 * workers if args.check else args.candidates
        efficiency = simulate(costs, workers, candidates)
        real = f"{measured(costs, workers, candidates):.2f}" if args.check else ""
        hourly = 3600 * efficiency * workers / costs.candidate_seconds
        print(f"| {workers:,} | {hourly:,.0f} | {efficiency:.2f} | {real} |", flush=True)


if __name__ == "__main__":
    main()
