"""Compare the sampler `tpe` with Optuna's own `TPESampler`: the best score so far, and the time of a proposal.

    python benchmarks/sampler.py

Trains nothing. The score of a candidate is that of a random forest, fitted to the validation accuracies of 80 networks
that were trained on UCI HAR (`benchmarks/rungs.jsonl`), with noise as large as the forest's own error on networks that
it has not seen. Candidates beyond the budget, and those that were proposed before, are told to the sampler as in a
search. Both samplers see the same scores. Takes some minutes; writes `benchmarks/sampler.md`.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from optuna.samplers import TPESampler
from sklearn.ensemble import RandomForestRegressor

from nas.optimizer.samplers.optuna import FromOptuna
from nas.optimizer.samplers.sampler import SAMPLERS, STARTUP_TRIALS, MakeSampler
from nas.optimizer.trial import Trial
from nas.space.architecture import Architecture
from nas.space.file import load_space
from nas.study.candidate import Candidate, examine
from nas.study.record import Record, State
from nas.target.budget import Budget
from nas.target.target import find_target

HERE = Path(__file__).resolve().parent
SPACE, TARGET = load_space("cnn_timeseries"), find_target("cortex-m4")
SHAPE, CLASSES, BUDGET_BYTES, WEIGHT = (128, 6), 6, 6 * 1024, 0.99
MARKS = (25, 50, 100, 200, 300)
SEEDS = range(5)


def optuna_tpe(seed: int, directions: Any) -> FromOptuna:
    return FromOptuna(TPESampler(seed=seed, n_startup_trials=STARTUP_TRIALS), directions)


SAMPLED: Mapping[str, MakeSampler] = {
    "random": SAMPLERS["random"],
    "Optuna's TPESampler (before)": optuna_tpe,
    "tpe (after)": SAMPLERS["tpe"],
}


@dataclass(frozen=True)
class Oracle:
    """Scores candidates as if they had been trained."""

    forest: RandomForestRegressor
    noise: float

    @classmethod
    def fit(cls) -> "Oracle":
        lines = [json.loads(line) for line in (HERE / "rungs.jsonl").read_text().splitlines()]
        lines = [line for line in lines if "architecture" in line and "search" in line]
        x = np.array([features(examined(Architecture.from_json(line["architecture"]))) for line in lines])
        y = np.array([max(line["search"]) for line in lines])
        forest = RandomForestRegressor(300, min_samples_leaf=2, oob_score=True, random_state=0).fit(x, y)
        return cls(forest, float(np.std(y - forest.oob_prediction_)))

    def accuracy(self, candidate: Candidate) -> float:
        """Return the made-up accuracy; equal networks have equal ones."""
        known = float(self.forest.predict([features(candidate)])[0])
        return min(1.0, known + random.Random(candidate.digest).gauss(0, self.noise))


def examined(architecture: Architecture) -> Candidate:
    return examine(architecture, TARGET, Budget(weights_bytes=BUDGET_BYTES))


def features(candidate: Candidate) -> list[float]:
    """Return what the forest knows of a network: its size and cost, and its blocks."""
    blocks = candidate.architecture.to_json()["blocks"]
    conv = [block for block in blocks if block["block"] == "conv"]
    sizes = [float(block.get(key, 0)) for key in ("filters", "kernel", "stride", "pools") for block in _four(conv)]
    kinds = [float(block.get("kind") == "separable") for block in _four(conv)]
    facts = candidate.footprint.summary()
    costs = [float(np.log(facts[key])) for key in ("weights_bytes", "macs", "arena_min_bytes")]
    return [*costs, float(len(conv)), float(len(blocks)), *sizes, *kinds]


def _four(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*blocks, {}, {}, {}, {}][:4]


def search(make: MakeSampler, oracle: Oracle, seed: int, trials: int) -> tuple[list[float], float]:
    """Return the best score after each trained candidate, and the processor milliseconds of a proposal."""
    sampler, seen, best, seconds = make(seed, ["maximize"]), set[str](), [0.0], 0.0
    for place in range(10 * trials):
        if len(best) > trials:
            break
        trial = Trial(place, partial(sampler.begin, place))
        start = time.process_time()
        architecture = SPACE.sample(trial, SHAPE, CLASSES)
        seconds += time.process_time() - start
        candidate = examined(architecture)
        state = State.OVER_BUDGET if candidate.over else State.DUPLICATE if candidate.digest in seen else State.COMPLETE
        values = None
        if state == State.COMPLETE:
            seen.add(candidate.digest)
            used = candidate.footprint.summary()["weights_bytes"] / BUDGET_BYTES
            values = (WEIGHT * oracle.accuracy(candidate) + (1 - WEIGHT) * (1 - used),)
            best.append(max(best[-1], values[0]))
        record = Record(place, state, candidate.digest, trial.params, {}, 0, values=values)
        sampler.learn(trial.ended(record, candidate.over, one_objective=True))
    return best[1:], 1000 * seconds / place


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=MARKS[-1])
    trials = parser.parse_args().trials
    oracle = Oracle.fit()
    marks = [mark for mark in MARKS if mark <= trials]
    lines = [
        "# Best score so far, by sampler\n",
        f"Mean of {len(SEEDS)} seeds and its standard error, in %, after so many trained candidates; scores by a",
        f"random forest on networks that were trained on UCI HAR, with noise of {100 * oracle.noise:.2f} points.",
        "Made by `benchmarks/sampler.py`.\n",
        "| sampler | " + " | ".join(map(str, marks)) + " | CPU ms a proposal |",
        "|---|" + "---:|" * (len(marks) + 1),
    ]
    for name, make in SAMPLED.items():
        curves, costs = zip(*(search(make, oracle, seed, trials) for seed in SEEDS), strict=True)
        cells = [shown([curve[mark - 1] for curve in curves]) for mark in marks]
        lines.append(f"| {name} | " + " | ".join(cells) + f" | {statistics.fmean(costs):.1f} |")
        print(lines[-1], flush=True)
    (HERE / "sampler.md").write_text("\n".join([*lines, ""]))


def shown(scores: list[float]) -> str:
    error = statistics.stdev(scores) / len(scores) ** 0.5
    return f"{100 * statistics.fmean(scores):.2f} ± {100 * error:.2f}"


if __name__ == "__main__":
    main()
