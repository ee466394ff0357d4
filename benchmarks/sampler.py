"""Compare the sampler `tpe` with Optuna's own `TPESampler`: the best score so far, and the time of a proposal.

    python benchmarks/sampler.py                # 20 seeds, up to 100 candidates

Trains nothing. The score of a candidate is that of a random forest, fitted to the validation accuracies of 80 networks
that were trained on UCI HAR (`benchmarks/rungs.jsonl`), with noise as large as the forest's own error on networks that
it has not seen. Candidates beyond the budget, and those that were proposed before, are told to the sampler as in a
search. Both samplers see the same scores. Each search is done twice: with all candidates trained to the end, and with
those stopped at a rung that successive halving would stop, where their scores are lower and noisier. The searches of
one seed begin with the same random candidates. Takes half an hour; writes `benchmarks/sampler.md` above its line.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from optuna.samplers import TPESampler
from optuna.trial import FrozenTrial, TrialState
from sklearn.ensemble import RandomForestRegressor

from nas.optimizer.samplers.optuna import FromOptuna
from nas.optimizer.samplers.random import RandomSampler
from nas.optimizer.samplers.sampler import SAMPLERS, STARTUP_TRIALS, MakeSampler, Suggest
from nas.optimizer.trial import Trial
from nas.space.architecture import Architecture
from nas.space.file import load_space
from nas.study.candidate import Candidate, examine
from nas.study.record import Record, State
from nas.study.standings import Standings
from nas.target.budget import Budget
from nas.target.target import find_target

optuna.logging.set_verbosity(optuna.logging.WARNING)
HERE = Path(__file__).resolve().parent
SPACE, TARGET = load_space("cnn_timeseries"), find_target("cortex-m4")
SHAPE, CLASSES, BUDGET_BYTES, WEIGHT = (128, 6), 6, 6 * 1024, 0.99
MARKS = (25, 50, 100)
# At the rung, scores are lower than at the end by so much, and noisier by this standard deviation.
RUNG, RUNG_EPOCH, RUNG_NOISE, FACTOR = 0.05, 2, 0.02, 6
# What is written by hand in the page follows this line.
BY_HAND = "## By hand"


class OptunaTpe(FromOptuna):
    """Optuna's sampler, which begins with the same random candidates as ours."""

    def __init__(self, seed: int, directions: Any) -> None:
        super().__init__(TPESampler(seed=seed, n_startup_trials=STARTUP_TRIALS), directions)
        self._random = RandomSampler(seed)
        self._ended = 0

    def begin(self, number: int) -> Suggest:
        return self._random.draw if self._ended < STARTUP_TRIALS else super().begin(number)

    def learn(self, trial: FrozenTrial) -> None:
        self._ended += trial.state in (TrialState.COMPLETE, TrialState.PRUNED)
        super().learn(trial)


OPTUNA, OURS = "Optuna's TPESampler", "`tpe`"
SAMPLED: Mapping[str, MakeSampler] = {
    "random": SAMPLERS["random"],
    OPTUNA: OptunaTpe,
    OURS: SAMPLERS["tpe"],
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
        row = np.array([features(candidate)], np.float32)
        # The forest's own method checks and copies the row for each tree, which takes most of its time.
        known = statistics.fmean(float(tree.tree_.predict(row)[0, 0]) for tree in self.forest.estimators_)
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


class Rungs:
    """Stops candidates at a rung, as successive halving does; without promotions."""

    def __init__(self) -> None:
        self._standings = Standings((RUNG_EPOCH,), FACTOR, lambda record, score: (score,))

    def ended(self, record: Record, accuracy: float) -> Record:
        """Return the record as it is after the rung, or at the end of the training."""
        noise = random.Random(f"{record.digest} at the rung").gauss(0, RUNG_NOISE)
        curve = (0.0, accuracy - RUNG + noise)
        stopped = any(curve[-1] < rung.threshold for rung in self._standings.thresholds(record))
        if stopped:
            ended = replace(record, state=State.PRUNED, values=None, history={"val_accuracy": curve})
        else:
            ended = replace(record, history={"val_accuracy": (*curve, accuracy)})
        self._standings.add(ended)
        return ended


def search(make: MakeSampler, oracle: Oracle, seed: int, trials: int, rungs: Rungs | None) -> tuple[list[float], float]:
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
        record = Record(place, state, candidate.digest, trial.params, {}, 0)
        if state == State.COMPLETE:
            seen.add(candidate.digest)
            accuracy, used = oracle.accuracy(candidate), candidate.footprint.summary()["weights_bytes"] / BUDGET_BYTES
            record = replace(record, values=(WEIGHT * accuracy + (1 - WEIGHT) * (1 - used),))
            record = record if rungs is None else rungs.ended(record, accuracy)
            best.append(max(best[-1], record.values[0] if record.values else 0.0))
        sampler.learn(trial.ended(record, candidate.over, one_objective=True))
    return best[1:], 1000 * seconds / place


def table(oracle: Oracle, seeds: int, marks: list[int], halving: bool) -> list[str]:
    """Return the lines of a table."""
    lines = [
        "| sampler | seeds | " + " | ".join(map(str, marks)) + " | CPU ms a proposal |",
        "|---|" + "---:|" * (len(marks) + 2),
    ]
    found = {}
    for name, make in SAMPLED.items():
        runs = [search(make, oracle, seed, marks[-1], Rungs() if halving else None) for seed in range(seeds)]
        found[name] = [[curve[mark - 1] for curve, _ in runs] for mark in marks]
        cells = " | ".join(map(shown, found[name]))
        lines.append(f"| {name} | {seeds} | {cells} | {statistics.fmean(cost for _, cost in runs):.1f} |")
        print(lines[-1], flush=True)
    pairs = [[a - b for a, b in zip(*both, strict=True)] for both in zip(found[OURS], found[OPTUNA], strict=True)]
    return [*lines, f"| {OURS} less {OPTUNA}, seed by seed | {seeds} | " + " | ".join(map(shown, pairs)) + " | |"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=MARKS[-1])
    parser.add_argument("--seeds", type=int, default=20)
    given = parser.parse_args()
    oracle = Oracle.fit()
    marks = [mark for mark in MARKS if mark <= given.trials]
    page = HERE / "sampler.md"
    by_hand = BY_HAND + page.read_text().partition(BY_HAND)[2]
    lines = [
        "# Best score so far, by sampler\n",
        "Mean over seeds and its standard error, in %, after so many trained candidates; scores by a random forest on",
        f"networks that were trained on UCI HAR, with noise of {100 * oracle.noise:.2f} points. Made by",
        "`benchmarks/sampler.py`.\n",
        "## All candidates trained to the end\n",
        *table(oracle, given.seeds, marks, halving=False),
        "\n## Most candidates stopped at a rung\n",
        *table(oracle, given.seeds, marks, halving=True),
    ]
    page.write_text("\n".join([*lines, "", by_hand]))


def shown(scores: list[float]) -> str:
    error = statistics.stdev(scores) / len(scores) ** 0.5
    return f"{100 * statistics.fmean(scores):.2f} ± {100 * error:.2f}"


if __name__ == "__main__":
    main()
