"""The whole test set of UCI HAR through plain C and through TFLM: 30 networks of three spaces, or winners of studies.

    python benchmarks/plain_c_test_set.py --data uci_har_windows.npz [--nets 10]
    python benchmarks/plain_c_test_set.py --data uci_har_windows.npz --study studies/mine --core atmega328p [--rows 20]

The rows are the test set's windows, scaled by the training set's channels and quantized. The networks of the spaces
have random numbers: of windows as sequences, as tables of all their values, and as images. The second form runs a
study's winner on some rows of the test set in a core's emulator. What it printed is in plain_c.md.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from plain_c import CORES, build, run, sizes, write_rows, write_sources

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from graph_files import file_of
from plain_c_batch import Written, answers, tflm_answers, written

from nas import load
from nas.space.dims import RandomChooser
from nas.space.file import load_space
from nas.target.target import find_target

MOST_WEIGHTS, MOST_MACS = 8000, 120_000


def quantized(rows: Any, model: Written) -> Any:
    """Return scaled rows as the int8 of a model's input."""
    (tensor,) = model.network.inputs
    steps = np.rint(rows.reshape(len(rows), -1) / tensor.scale) + tensor.zero_point
    return np.clip(steps, -128, 127).astype(np.int8)


def of_spaces(data: Any, count: int) -> None:
    """Compare networks of three spaces on the whole test set."""
    train, test = data["x_train"].astype(np.float32), data["x_test"].astype(np.float32)
    mean, std = train.mean((0, 1)), train.std((0, 1))
    rows, (time, channels), rng = (test - mean) / std, test.shape[1:], np.random.default_rng(0)
    shapes = {"cnn_timeseries": (time, channels), "mlp_tabular": (time * channels,), "cnn_image": (time, channels, 1)}
    for name, shape in shapes.items():
        space, chooser, files = load_space(name), RandomChooser(0), []
        while len(files) < count:
            graph = space.sample(chooser, shape, 6).lower()
            macs = sum(np.prod(graph.tensors[op.inputs[1]].shape) for op in graph.ops if len(op.inputs) > 1)
            if graph.weights_bytes <= MOST_WEIGHTS and macs <= MOST_MACS:
                files.append(file_of(graph, rng))
        equal = 0
        for tflite in files:
            model = written(tflite, "net0")
            given = quantized(rows, model)
            with tempfile.TemporaryDirectory() as folder:
                (own,) = answers([model], [given], Path(folder), "-O2")
            equal += int((own == tflm_answers(tflite, model.network, given)).all(axis=1).sum())
        print(f"{name}: {equal:,} of {len(files) * len(rows):,} rows equal ({len(files)} networks)", flush=True)


def on_core(study: Path, data: Any, name: str, count: int) -> None:
    """Run a study's winner on the first test rows in an emulator, and print figures beside the estimate."""
    winner, core = load(study), CORES[name]
    tflite = winner.tflite
    assert tflite is not None
    assert winner.scaling is not None
    model = written(tflite, "net")
    test = data["x_test"].astype(np.float32) * (1.0 if winner.units_scale is None else np.array(winner.units_scale))
    rows = quantized((test - np.array(winner.scaling.mean)) / np.array(winner.scaling.std), model)
    step = len(rows) // count
    some, labels = rows[::step][:count], data["y_test"][::step][:count]
    expected = tflm_answers(tflite, model.network, some)
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        write_sources(tflite, folder)
        write_rows(folder, some, expected, 1)
        program = build(core, folder)
        empty = sizes(core, build(core, folder, "-DEMPTY"))
        flash, ram = (whole - part for whole, part in zip(sizes(core, program), empty, strict=True))
        print(run(core, program).strip())
    right = int((expected.argmax(1) == labels).sum())
    print(f"flash {flash:,} B, static RAM {ram:,} B; {right} of {count} rows right")
    print(find_target({"atmega328p": "arduino-uno"}.get(name, name), "c").description)


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--nets", type=int, default=10, help="Networks of each space.")
    parser.add_argument("--study", type=Path)
    parser.add_argument("--core", choices=CORES, default="atmega328p")
    parser.add_argument("--rows", type=int, default=20)
    given = parser.parse_args()
    data = np.load(given.data)
    if given.study:
        on_core(given.study, data, given.core, given.rows)
    else:
        of_spaces(data, given.nets)


if __name__ == "__main__":
    main()
