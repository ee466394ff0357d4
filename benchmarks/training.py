"""Time one candidate's way from graph to score, on one core, and what the search's own process does for a trial.

    python benchmarks/training.py uci_har_windows.npz > benchmarks/training.md

Seconds are the process's CPU time, which a busy machine disturbs less than the wall's. The column "before" is what this
script said of commit 8e2aee8, whose graphs had a variable for each kernel and bias (`benchmarks/training_before.json`).
"""

import itertools
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from parent import parent_seconds

from nas.data.prepared import Prepared, prepare
from nas.data.source import load
from nas.data.splits import Splits, split
from nas.graph.graph import Graph
from nas.model import runtime
from nas.model.deploy.convert import calibration_rows, convert
from nas.model.deploy.fake_quantized import fake_quantize
from nas.model.deploy.slim import slim
from nas.model.deploy.tflite_model import TfliteModel, float_outputs
from nas.model.network.network import Network
from nas.model.training import graphs
from nas.model.training.epoch import Trainer
from nas.model.training.training import Trained, TrainingRun, train
from nas.model.worker import train_candidate
from nas.space.architecture import Architecture
from nas.space.blocks.conv import Conv
from nas.space.blocks.head import Head
from nas.study.recipe import Recipe
from nas.study.record import State
from nas.study.tasks import TrainingTask
from nas.target.budget import Budget
from nas.target.profiler import profile
from nas.target.target import find_target
from nas.task.classification import Classification

EPOCHS = 30
# A candidate of the plain loop's length.
SHORT = 10
# As many as there were when the figures "before" were taken.
TRAINING_ROWS = 5591
CONVOLUTIONS = ((16, 7), (16, 5), (24, 5))


def architecture(data: Prepared, shapes: Sequence[tuple[int, int]] = CONVOLUTIONS) -> Architecture:
    """Conv 16x7, 16x5, 24x5, a pooling of 2 behind each, global average."""
    convolutions = [Conv(filters=filters, kernel=kernel) for filters, kernel in shapes]
    return Architecture("benchmark", data.row_shape, len(data.class_names), (*convolutions, Head()))


def cut(splits: Splits) -> Splits:
    """Return the same rows with so many for training; who took part in what does not matter for times."""
    rows = splits.train.join(splits.val)
    train, val = (rows.take(part) for part in np.split(np.arange(len(rows)), [TRAINING_ROWS]))
    return replace(splits, train=train, val=val)


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    result = call()
    return time.process_time() - start, result


def train_timed(graph: Graph, data: Prepared, epochs: int) -> tuple[list[float], Trained]:
    laps = [time.process_time()]
    trained = train(
        Network(graph),
        data.train,
        data.val,
        Recipe(),
        TrainingRun(epochs=epochs, after_epoch=lambda *_: laps.append(time.process_time()) is None),
    )
    return [b - a for a, b in itertools.pairwise(laps)], trained


def keras_epochs(data: Prepared, epochs: int) -> list[float]:
    """The same by Keras, as most would write it."""
    import keras
    from keras import layers

    stack: list[Any] = [layers.Input(data.row_shape)]
    for filters, kernel in CONVOLUTIONS:
        stack += [layers.Conv1D(filters, kernel, padding="same", use_bias=False), layers.BatchNormalization()]
        stack += [layers.ReLU(), layers.MaxPooling1D()]
    model = keras.Sequential([*stack, layers.GlobalAveragePooling1D(), layers.Dense(len(data.class_names))])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(4e-3), loss, metrics=["accuracy"])
    laps = [time.process_time()]
    clock = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: laps.append(time.process_time()))
    train, val = data.train, data.val
    rows = {"x": train.x, "y": train.y, "validation_data": (val.x, val.y)}
    model.fit(**rows, batch_size=64, epochs=epochs, verbose=0, callbacks=[clock])
    return [b - a for a, b in itertools.pairwise(laps)]


def candidate(data: Prepared, *, traced: bool) -> float:
    """Time a whole training task of a worker: all of the below, for a candidate of few epochs."""
    if not traced:
        graphs.forget()
    recipe = Recipe.of(epochs=SHORT, min_steps=0)
    task = TrainingTask(0, architecture(data), {}, find_target("cortex-m4"), Budget(), recipe, epochs=SHORT, seed=0)
    seconds, outcome = timed(lambda: train_candidate(task, data))
    assert outcome.record.state == State.COMPLETE, outcome.record.reason
    return seconds


def worker(data: Prepared) -> dict[str, float]:
    """Return what a worker process takes, and what comes out."""
    graph, rows = architecture(data).lower(), calibration_rows(data.train, data.train.y)
    by_keras = keras_epochs(data, 4)
    # The first model of a process also loads and links; one of another form, for the next one is to be traced.
    train_timed(architecture(data, CONVOLUTIONS[1:]).lower(), data, 1)
    building, network = timed(lambda: Network(graph))
    laps, trained = train_timed(graph, data, EPOCHS)
    epoch = statistics.median(laps[1:])
    (again, *_), _ = train_timed(graph, data, 1)
    trainer = Trainer(network, batch_size=64)
    val = trainer.examples(data.val.x, Classification().targets(data.val.x, data.val.y, network.outputs))
    trainer.evaluate(val)
    validation, _ = timed(lambda: trainer.evaluate(val))
    convert(fake_quantize(trained.network, rows))
    ranging, deployed = timed(lambda: fake_quantize(trained.network, rows))
    conversion, converted = timed(lambda: convert(deployed))
    slimming, tflite = timed(lambda: slim(converted))
    profiling, _ = timed(lambda: profile(tflite, find_target("cortex-m4")))
    model, test = TfliteModel(tflite), data.test
    model.predict(test.x[:1500])
    evaluation, _ = timed(lambda: model.predict(test.x[:1500]))
    float_outputs(trained.network, test.x[:1500])
    float_evaluation, _ = timed(lambda: float_outputs(trained.network, test.x[:1500]))
    return {
        "building the network, s": building,
        "what the first epoch takes more than others (tracing), s": laps[0] - epoch,
        "the same for the next network of the form, s": again - epoch,
        f"an epoch of {len(data.train)} rows with validation on {len(data.val)}, s": epoch,
        "of that, validation, s": validation,
        "an epoch by `keras.Model.fit`, s": statistics.median(by_keras[1:]),
        "ranges of activations, s": ranging,
        "conversion, s": conversion,
        "slimming, s": slimming,
        "footprint of the `.tflite`, s": profiling,
        "int8 evaluation of 1500 rows, s": evaluation,
        "float evaluation of 1500 rows, s": float_evaluation,
        f"a candidate of {SHORT} epochs in all, s": candidate(data, traced=False),
        "the same, of a form that was traced before, s": candidate(data, traced=True),
        "weights, bytes": graph.weights_bytes,
        "file as converted, bytes": len(converted),
        "file, bytes": len(tflite),
    }


def main() -> None:
    runtime.use_one_thread()
    runtime.leave_graphs_as_written()
    splits = cut(split(load(sys.argv[1]), seed=0))
    before = json.loads(Path(__file__).with_name("training_before.json").read_text())
    versions = ", ".join(f"{name} {number}" for name, number in runtime.versions().items())
    print("# Training a candidate\n")
    print("Written by `benchmarks/training.py`: UCI HAR windows, a network of three convolutions, seconds of one")
    print("core's time. Before: commit 8e2aee8, whose graphs had a variable for each kernel and bias.\n")
    print("| a worker | before | now |\n|---|---|---|")
    for name, value in worker(prepare(splits)).items():
        print(f"| {name} | {shown(before.get(name))} | {shown(value)} |")
    print("\nWhat the search's own process does for a trial that is trained; median wall time:\n")
    print("| the parent | ms |\n|---|---|")
    for name, seconds in parent_seconds(splits).items():
        print(f"| {name} | {1000 * seconds:.2f} |")
    print(f"\n{platform.machine()}, {versions}.")


def shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value:.4f}"


if __name__ == "__main__":
    main()
