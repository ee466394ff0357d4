"""A made-up study, for the tests of reports."""

import math
import random
from dataclasses import replace

import numpy as np

from nas.reports.view import ReportView
from nas.study.answers import Answers, GroupScore, Mistake, Threshold
from nas.study.costs import COSTS, front
from nas.study.record import Record, State
from nas.study.result import Result, Trained
from nas.study.rung_correlation import RungCorrelation
from nas.study.tested import Tested
from nas.target.footprint import Flash, Footprint, OpFootprint, TensorFootprint
from nas.target.ram import Arena
from nas.task.metrics import METRICS, Estimate, constant_answer, estimates, scores

CLASSES = ("walking", "walking upstairs", "walking downstairs", "sitting", "standing", "lying")
VERSIONS = {"nas": "0.1.0", "tensorflow": "2.21.0"}
CONFUSION = (
    (478, 12, 6, 0, 0, 0),
    (21, 440, 10, 0, 0, 0),
    (9, 22, 389, 0, 0, 0),
    (0, 2, 0, 421, 68, 0),
    (0, 0, 0, 59, 473, 0),
    (0, 0, 0, 0, 0, 537),
)


def record(trial: int, chance: random.Random, epochs: int = 12) -> Record:
    """Make up a candidate; larger ones are more accurate, with diminishing returns."""
    state = chance.choices(list(State), [30, 45, 3, 5, 1])[0]
    weights = chance.randrange(900, 6144) if state != State.OVER_BUDGET else chance.randrange(6145, 40000)
    accuracy = 0.95 - 0.35 * math.exp(-weights / 1500) - 0.04 * chance.random() ** 2
    complete = state == State.COMPLETE
    costs = {
        "weights_bytes": weights,
        "file_bytes": weights + 2900,
        "arena_bytes": 3 * weights,
        "arena_head_bytes": 2 * weights,
        "arena_tail_bytes": weights,
        "arena_min_bytes": 3 * weights + 240,
        "flash_bytes": weights + 46000,
        "macs": 70 * weights,
        "latency_ms": None,
        "supported": True,
    }
    return Record(
        trial=trial,
        state=state,
        digest=f"{trial:04x}" * 8,
        params={"conv.count": chance.randrange(1, 4), "conv.0.filters": 8, "dense.0.rate": 0.1 * chance.randrange(5)},
        architecture={},
        seed=trial,
        reason=None if complete else "a reason that is told",
        estimated=costs,
        profiled=costs if complete else None,
        val_metrics={"accuracy": accuracy} if complete else {},
        float_val_accuracy=accuracy + 0.004 if complete else None,
        values=(0.95 * accuracy + 0.05 * (1 - weights / 6144),) if complete else None,
        history=_history(accuracy, epochs, chance) if state in (State.COMPLETE, State.PRUNED) else {},
        seconds={"build": 0.6, "train": 4.0, "quantize": 0.6, "evaluate": 0.2} if complete else {},
        versions=VERSIONS,
    )


def _history(accuracy: float, epochs: int, chance: random.Random) -> dict[str, tuple[float, ...]]:
    rise = [1 - math.exp(-4 * (e + 1) / epochs) for e in range(epochs)]
    return {
        "loss": tuple(1.8 - 1.6 * r for r in rise),
        "accuracy": tuple(min(1.0, accuracy * r + 0.03) for r in rise),
        "val_loss": tuple(1.85 - 1.5 * r + 0.06 * chance.random() for r in rise),
        "val_accuracy": tuple(accuracy * r - 0.03 * chance.random() for r in rise),
    }


def tensor(index, name, kind, shape, offset, first, last):
    return TensorFootprint(index, name, shape, "int8", math.prod(shape), kind, offset, first, last)


def footprint() -> Footprint:
    links = [((0, 1), 2), ((2,), 3), ((3,), 4), ((4,), 5), ((5,), 6), ((6,), 7), ((7,), 8), ((8,), 9)]
    names = [
        "CONV_2D",
        "MAX_POOL_2D",
        "CONV_2D",
        "MAX_POOL_2D",
        "RESHAPE",
        "FULLY_CONNECTED",
        "FULLY_CONNECTED",
        "SOFTMAX",
    ]
    ops = [
        OpFootprint(i, name, 18432 >> i, 0, None, links[i][0], links[i][1:], True, None) for i, name in enumerate(names)
    ]
    tensors = (
        tensor(0, "input", "input", (1, 1, 128, 9), 2048, 0, 0),
        tensor(1, "conv_2d_0/weights", "constant", (16, 1, 7, 9), None, None, None),
        tensor(2, "conv_2d_0", "activation", (1, 1, 128, 16), 0, 0, 1),
        tensor(3, "max_pool_2d_1", "activation", (1, 1, 64, 16), 2048, 1, 2),
        tensor(4, "conv_2d_2", "activation", (1, 1, 64, 16), 0, 2, 3),
        tensor(5, "max_pool_2d_3", "activation", (1, 1, 32, 16), 1024, 3, 4),
        tensor(6, "reshape_4", "activation", (1, 512), 0, 4, 5),
        tensor(7, "fully_connected_5", "activation", (1, 32), 512, 5, 6),
        tensor(8, "fully_connected_6", "activation", (1, 6), 0, 6, 7),
        tensor(9, "output", "output", (1, 6), 16, 7, 7),
        tensor(10, "conv_2d_0/scratch", "scratch", (504,), 3200, 0, 0),
    )
    return Footprint(
        target="cortex-m4",
        runtime="tflm",
        release="90b983c",
        kernels="cmsis_nn",
        file_bytes=8440,
        weights_bytes=5520,
        detail=Arena(3704, 1904, 5760),
        flash=Flash(8440, 46000),
        macs=36000,
        latency_ms=None,
        supported=True,
        file="",
        ops=tuple(ops),
        tensors=tensors,
    )


def winner(final: Record, finals: tuple[dict[str, float], ...]) -> Trained:
    """Make up the winner's test: six groups of subjects, alike but for their mistakes."""
    counts = np.array(CONFUSION)
    groups = np.stack([counts // 6] * 5 + [counts - 5 * (counts // 6)])
    tested = Tested(
        metrics=estimates(groups, grouped=True),
        float_metrics={**estimates(groups, grouped=True), "accuracy": Estimate(0.9318, 0.9123, 0.9512)},
        baseline_metrics=scores(constant_answer(counts, 5)),
        confusion=CONFUSION,
        resampled_unit="6 groups",
        answers=answers(),
    )
    plain = replace(
        final, trial=-1, digest="f" * 32, val_metrics={}, profiled={**final.profiled, "weights_bytes": 4321}
    )
    made = Trained(plain, epochs=12, tested=replace(tested, metrics={**tested.metrics, "accuracy": Estimate(0.881)}))
    return Trained(final, finals, epochs=40, tested=tested, hand_made=made)


def answers() -> Answers:
    """Make up the answers for windows of two channels, of six subjects."""
    waves = [[round(math.sin(0.2 * i * (channel + 1)), 3) for i in range(64)] for channel in range(2)]
    return Answers(
        groups=tuple(GroupScore(f"subject {i}", 90 + i, dict.fromkeys(METRICS, 0.8 + i / 40)) for i in range(6)),
        thresholds=tuple(Threshold(0.3 + i / 50, 2947 - 60 * i, 2737 - 54 * i) for i in range(30)),
        mistakes=tuple(
            Mistake(9 * i, f"subject {i}", 3, 4, 0.99 - i / 100, tuple(map(tuple, waves))) for i in range(8)
        ),
    )


def sample_view(trials: int = 200) -> ReportView:
    """Make up a whole study."""
    chance = random.Random(0)
    records = [record(i, chance) for i in range(trials)]
    best = max((r for r in records if r.values), key=lambda r: r.values)
    final = replace(best, history=_history(best.val_accuracy + 0.01, 40, chance))
    finals = tuple(
        {"trial": best.trial, "fold": fold, "seed": fold, "epochs": 40, "val_accuracy": one, "val_score": one}
        for fold, one in enumerate((best.val_accuracy - 0.01, best.val_accuracy + 0.01))
    )
    return ReportView(
        result=Result(
            study="cnn_timeseries-uci_har_windows-6kb",
            folder="studies/demo",
            seconds=582.0,
            states={state.value: sum(r.state == state for r in records) for state in State},
            winner=winner(final, finals),
            front=front([r for r in records if r.state == State.COMPLETE], [COSTS["weights"]]),
            rungs=(RungCorrelation(2, 19, 0.587), RungCorrelation(8, 1, None)),
            stopped="stopped after 120 candidates without a better one",
        ),
        definition='space = "cnn_timeseries"\nbudget_kb = 6.0\n\n[training]\nepochs = 12\n',
        records=records,
        class_names=CLASSES,
        importances={"conv.0.filters": 0.41, "conv.count": 0.22, "conv.0.kernel": 0.17, "dense.0.rate": 0.03},
        footprint=footprint(),
        command="nas search --space cnn_timeseries --data uci_har_windows.npz --budget-kb 6 --minutes 10 --jobs 2",
        channel_names=("acc_x", "acc_y"),
        inputs_are="windows",
        limits={"weights": 6144, "ram": 131072, "flash": 1048576},
    )
