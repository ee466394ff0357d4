"""What equivalent graphs save: figures of three networks, before and after, with the accuracy of their int8 models.

    python benchmarks/graphs.py uci_har_windows.npz weights.npz > benchmarks/graphs.md

Trains the networks and keeps their weights in the second file, or takes them from there. The figures "before" are what
this script, with `--json`, said of the same weights at commit 501b838 (`benchmarks/graphs_before.json`).
"""

import argparse
import dataclasses
import json
import statistics
from pathlib import Path
from typing import Any

import numpy as np

from nas.data.prepared import Prepared, prepare
from nas.data.source import load
from nas.data.splits import split
from nas.graph.graph import Graph
from nas.model import runtime
from nas.model.deploy.convert import calibration_rows, quantize
from nas.model.deploy.fake_quantized import fake_quantize
from nas.model.deploy.tflite_model import TfliteModel, float_outputs
from nas.model.network.network import Network
from nas.model.training.training import TrainingRun, train
from nas.space.architecture import Architecture
from nas.space.blocks.conv import Conv
from nas.space.blocks.dense import Dense
from nas.space.blocks.head import Head
from nas.study.recipe import Recipe
from nas.target.profiler import estimate, profile
from nas.target.target import find_target

SEEDS, EPOCHS = 3, 8
NETWORKS = {
    "2 KB": (Conv(filters=8, kernel=7), Conv(filters=12, kernel=5, pools=2), Conv(filters=20, pools=0), Head()),
    "4 KB": (Conv(filters=16, kernel=5), Conv(filters=16, kernel=5), Conv(filters=20, pools=2), Head("flatten")),
    "6 KB": (
        Conv(filters=16, kernel=7),
        Conv(filters=24, kernel=5, pools=2),
        Conv(kind="separable", filters=32, kernel=5, pool="average"),
        Head(),
        Dense(48),
    ),
}
TITLES = {
    "weights": "weights, B",
    "operators": "operators",
    "file": "model file, B",
    "code": "code, Cortex-M4, B",
    "arena": "smallest arena, Cortex-M4, B",
    "host": "smallest arena, x86-64, B",
    "macs": "MACs",
    "latency": "latency on nucleo-f411re, ms (estimate)",
    "accuracy": "accuracy, int8, %",
    "agreement": "int8 labels that are the float model's, %",
}


def measure(graph: Graph, networks: list[Network], data: Prepared) -> dict[str, float]:
    """Return the figures of one graph; labels are of validation and test rows, means over the seeds."""
    rows, judged = calibration_rows(data.train, data.train.y), data.val.join(data.test)
    files = [quantize(fake_quantize(network, rows)) for network in networks]
    labels = [TfliteModel(file).predict(judged.x).argmax(axis=1) for file in files]
    floats = [float_outputs(network, judged.x).argmax(axis=1) for network in networks]
    board = profile(files[0], find_target("nucleo-f411re"))
    return {
        "weights": graph.weights_bytes,
        "operators": len(board.ops),
        "file": board.file_bytes,
        "code": board.flash.code,
        "arena": board.ram_bytes,
        "host": profile(files[0], find_target("host")).ram_bytes,
        "macs": board.macs,
        "latency": board.latency_ms or 0.0,
        "accuracy": 100 * statistics.mean(float((found == judged.y).mean()) for found in labels),
        "agreement": 100 * statistics.mean(float((a == b).mean()) for a, b in zip(labels, floats, strict=True)),
    }


def trained(graph: Graph, seed: int, data: Prepared, key: str, known: dict[str, Any]) -> Network:
    """Return a network with the known weights, or train it and make them known."""
    network = Network(graph, seed=seed)
    if f"{key}/0" not in known:
        train(network, data.train, data.val, Recipe(), TrainingRun(epochs=EPOCHS))
        known |= {f"{key}/{i}": array for i, array in enumerate(network.get_weights())}
    count = sum(name.startswith(f"{key}/") for name in known)
    network.set_weights([known[f"{key}/{i}"] for i in range(count)])
    return network


def softmax_costs(graph: Graph) -> dict[str, float]:
    """Return what the last operator of a graph adds."""
    target = find_target("nucleo-f411re")
    without = dataclasses.replace(
        graph, tensors=graph.tensors[:-1], ops=graph.ops[:-1], outputs=graph.ops[-1].inputs[:1]
    )
    a, b = estimate(graph, target), estimate(without, target)
    return {
        "file": a.file_bytes - b.file_bytes,
        "code": a.flash.code - b.flash.code,
        "arena": a.ram_bytes - b.ram_bytes,
        "latency": (a.latency_ms or 0) - (b.latency_ms or 0),
    }


def table(before: dict[str, Any], after: dict[str, Any], softmax: dict[str, Any]) -> str:
    head = ["", *(f"{name}, {when}" for name in after for when in ("before", "after"))]
    lines = [head, ["---"] * len(head)]
    for key, title in TITLES.items():
        lines.append([title, *(_text(when[name][key]) for name in after for when in (before, after))])
    lines.append([])
    head = ["SOFTMAX costs", *softmax]
    lines += [head, ["---"] * len(head)]
    lines += [[TITLES[key], *(_text(costs[key]) for costs in softmax.values())] for key in next(iter(softmax.values()))]
    return "\n".join(f"| {' | '.join(cells)} |" if cells else "" for cells in lines)


def _text(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    runtime.use_one_thread()
    data = prepare(split(load(str(options.data)), seed=0))
    known = dict(np.load(options.weights)) if options.weights.exists() else {}
    figures, softmax = {}, {}
    for name, blocks in NETWORKS.items():
        graph = Architecture("benchmark", data.row_shape, len(data.class_names), blocks).lower()
        networks = [trained(graph, seed, data, f"{name}/{seed}", known) for seed in range(SEEDS)]
        figures[name], softmax[name] = measure(graph, networks, data), softmax_costs(graph)
    np.savez(options.weights, **known)
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    before = json.loads(Path(__file__).with_name("graphs_before.json").read_text())
    print(f"""# Equivalent and cheaper graphs

Written by `benchmarks/graphs.py`, which says how. The same weights, trained for {EPOCHS} epochs on UCI HAR (windows of
128 x 6); accuracy is over validation and test rows together, the mean of {SEEDS} seeds. Poolings that follow each other
are one; there is no RESHAPE before a dense layer; the average over a map is an AVERAGE_POOL_2D, not a MEAN; equal
shapes, zero points and options are written once.

{table(before, figures, softmax)}""")


if __name__ == "__main__":
    main()
