"""An archive of made-up numbers; tests change the fields that they are about."""

import dataclasses
import math
import random
from collections.abc import Callable
from typing import Any

import pytest

from nas.data.choice import DataChoice
from nas.data.options import DataOptions
from nas.data.prepared import Scaling
from nas.study.archive import Archive, Example, Origin, Quantization
from nas.study.model_spec_tables import TargetTable
from nas.study.record import Record, State
from nas.study.result import Trained
from nas.study.tested import Tested
from nas.task.metrics import Estimate


def footprint(file_bytes: int, input_shape: tuple[int, ...], ops: tuple[str, ...]) -> dict[str, Any]:
    """The contract's JSON for operators in a row."""

    def tensor(index: int, kind: str, shape: tuple[int, ...]) -> dict[str, Any]:
        place = {"offset": 0, "first_op": index - 1, "last_op": index}
        return {"index": index, "name": kind, "shape": list(shape), "dtype": "int8", "kind": kind} | {
            "bytes": math.prod(shape),
            **place,
        }

    def op(index: int, kind: str) -> dict[str, Any]:
        io = {"inputs": [index], "outputs": [index + 1]}
        numbers = {"macs": 10, "scratch_bytes": 0, "latency_ms": None}
        return {"index": index, "op": kind, **numbers, **io, "supported": True, "reason": None}

    return {
        "file": "/home/user/somewhere/model.tflite",
        "file_bytes": file_bytes,
        "target": "cortex-m4",
        "kernels": "cmsis_nn",
        "weights_bytes": 3210,
        "arena_bytes": 5184,
        "arena": {"head": 4608, "tail": 576, "min": 5200},
        "flash_bytes": file_bytes + 45568,
        "flash": {"model": file_bytes, "code": 45568},
        "macs": 10 * len(ops),
        "latency_ms": None,
        "supported": True,
        "ops": [op(i, kind) for i, kind in enumerate(ops)],
        "tensors": [
            tensor(0, "input", input_shape),
            *(tensor(i, "activation", (1, 4)) for i in range(1, len(ops))),
            tensor(len(ops), "output", (1, 3)),
        ],
    }


def example_archive(
    *, input_shape: tuple[int, ...] = (1, 1, 16, 2), ops: tuple[str, ...] = (), **fields: Any
) -> Archive:
    """Make an archive of three classes and two channels, with other fields on request."""
    tflite = fields.pop("tflite", random.Random(0).randbytes(1001))
    ops = ops or ("CONV_2D", "MAX_POOL_2D", "CONV_2D", "MEAN", "FULLY_CONNECTED", "SOFTMAX")
    blocks = [{"block": "conv", "filters": 8, "kernel": 3}, {"block": "head"}]
    record = Record(
        trial=17,
        state=State.COMPLETE,
        digest="0123456789ab",
        params={"conv.filters": 8},
        architecture={"space": "cnn_timeseries", "input_shape": [16, 2], "outputs": 3, "blocks": blocks},
        seed=5,
        val_metrics={"accuracy": 0.925},
        float_val_accuracy=0.9375,
        seconds={"train": 4.2},
        versions={"tensorflow": "2.21.0"},
    )
    tested = Tested(
        metrics={"accuracy": Estimate(0.8125, 0.71875, 0.90625), "macro_f1": Estimate(0.8, 0.7, 0.9)},
        float_metrics={"accuracy": Estimate(0.84375, 0.75, 0.9375), "macro_f1": Estimate(0.82, 0.7, 0.92)},
        baseline_metrics={"accuracy": 0.4375, "macro_f1": 0.203},
        confusion=((12, 2, 0), (1, 9, 0), (3, 0, 5)),
        resampled_unit="9 groups",
    )
    winner = Trained(
        record=record,
        finals=tuple(
            {"trial": 17, "fold": fold, "seed": 5, "epochs": 40, "val_accuracy": one, "val_score": one}
            for fold, one in enumerate((0.9125, 0.9375))
        ),
        tested=tested,
    )
    archive = Archive(
        name="My study",
        tflite=tflite,
        trained=winner,
        footprint=footprint(len(tflite), input_shape, ops),
        class_names=("walk", "sit", "lie"),
        scaling=Scaling(mean=(0.25, -3.0), std=(0.5, 20.0)),
        input=Quantization(0.0234375, 3),
        output=Quantization(1 / 256, -128),
        command="nas search --space cnn_timeseries --budget-kb 6",
        channel_names=("acc_x", "acc_y"),
        sample_rate_hz=50.0,
        data={"source": "synthetic", "parts": {"train": {"rows": 700}, "test": {"rows": 32}}},
        budget={"weights_bytes": 6144, "arena_bytes": None},
        example=Example(tuple(range(32)), (-128, 127, 0)),
        keras=b"the float model",
        origin=Origin(
            DataChoice("recordings", DataOptions(window=16), seed=3), TargetTable("cortex-m4", budget_kb=6.0)
        ),
    )
    return dataclasses.replace(archive, **fields)


@pytest.fixture(scope="session")
def make_archive() -> Callable[..., Archive]:
    """Return `example_archive`."""
    return example_archive
