"""Time one candidate's way from graph to score, on one core.

    python benchmarks/training.py uci_har_windows.npz > benchmarks/training.md

Seconds are the process's CPU time, which a busy machine disturbs less than the wall's.
"""

import itertools
import platform
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from nas.data.dataset import load
from nas.data.splits import Splits, split
from nas.graph import Graph
from nas.graph_builder import GraphBuilder
from nas.model import runtime
from nas.model.evaluate import Int8Model, accuracy, float_labels
from nas.model.network import Network
from nas.model.quantize import calibration_rows, convert
from nas.model.slim import slim
from nas.model.training import Trained, train
from nas.recipe import Recipe

EPOCHS = 30
CONVOLUTIONS = ((16, 7), (16, 5), (24, 5))


def network(splits: Splits) -> Graph:
    """Conv 16x7, 16x5, 24x5, a pooling of 2 behind each, global average."""
    g = GraphBuilder((1, *splits.input_shape))
    for filters, kernel in CONVOLUTIONS:
        g.conv2d(filters, kernel, batch_norm=True)
        g.pool2d("max")
    g.mean()
    g.fully_connected(len(splits.class_names), activation="NONE")
    g.softmax()
    return g.graph()


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    result = call()
    return time.process_time() - start, result


def train_timed(graph: Graph, splits: Splits, epochs: int) -> tuple[list[float], Trained]:
    laps = [time.process_time()]
    trained = train(
        Network(graph),
        splits.train,
        splits.val,
        Recipe(),
        epochs=epochs,
        go_on=lambda *_: laps.append(time.process_time()) is None,
    )
    return [b - a for a, b in itertools.pairwise(laps)], trained


def keras_epochs(splits: Splits, epochs: int) -> list[float]:
    """The same by Keras, as most would write it."""
    import keras
    from keras import layers

    stack: list[Any] = [layers.Input(splits.input_shape)]
    for filters, kernel in CONVOLUTIONS:
        stack += [layers.Conv1D(filters, kernel, padding="same", use_bias=False), layers.BatchNormalization()]
        stack += [layers.ReLU(), layers.MaxPooling1D()]
    model = keras.Sequential([*stack, layers.GlobalAveragePooling1D(), layers.Dense(len(splits.class_names))])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(4e-3), loss, metrics=["accuracy"])
    laps = [time.process_time()]
    clock = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: laps.append(time.process_time()))
    train, val = splits.train, splits.val
    data = {"x": train.x, "y": train.y, "validation_data": (val.x, val.y)}
    model.fit(**data, batch_size=64, epochs=epochs, verbose=0, callbacks=[clock])
    return [b - a for a, b in itertools.pairwise(laps)]


def main() -> None:
    runtime.use_one_thread()
    splits = split(load(sys.argv[1]), seed=0)
    graph, rows = network(splits), calibration_rows(splits.train)
    by_keras = keras_epochs(splits, 4)
    train_timed(graph, splits, 1)  # the first model of a process also loads and links
    building, _ = timed(lambda: Network(graph))
    laps, trained = train_timed(graph, splits, EPOCHS)
    epoch = statistics.median(laps[1:])
    convert(trained.network, rows)
    conversion, converted = timed(lambda: convert(trained.network, rows))
    slimming, tflite = timed(lambda: slim(converted))
    model, test = Int8Model(tflite), splits.test
    model.labels(test.x[:1500])
    evaluation, _ = timed(lambda: model.labels(test.x[:1500]))
    figures = {
        f"an epoch of {len(splits.train)} rows with validation on {len(splits.val)}, s": f"{epoch:.3f}",
        "the same by `keras.Model.fit`, s": f"{statistics.median(by_keras[1:]):.3f}",
        "building the network, s": f"{building:.3f}",
        "what the first epoch takes more than others (tracing), s": f"{laps[0] - epoch:.3f}",
        "conversion, s": f"{conversion:.3f}",
        "slimming, s": f"{slimming:.4f}",
        "int8 evaluation of 1500 rows, s": f"{evaluation:.4f}",
        "weights, bytes": f"{graph.weights_bytes:,}",
        "file as converted, bytes": f"{len(converted):,}",
        "file, bytes": f"{len(tflite):,}",
        f"float test accuracy after {EPOCHS} epochs": f"{accuracy(float_labels(trained.network, test.x), test.y):.4f}",
        "int8 test accuracy": f"{accuracy(model.labels(test.x), test.y):.4f}",
    }
    print("# Training a candidate\n")
    print(
        "Made by `benchmarks/training.py`: UCI HAR windows, a network of three convolutions, CPU seconds on one core.\n"
    )
    print("| | |\n|---|---|")
    for name, value in figures.items():
        print(f"| {name} | {value} |")
    versions = ", ".join(f"{name} {number}" for name, number in runtime.versions().items())
    print(f"\n{platform.machine()}, {versions}.")


if __name__ == "__main__":
    main()
