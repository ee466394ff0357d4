"""Whether the accuracy that is reported of winners is that of TFLM: row by row, and the time that evaluation takes.

    python benchmarks/int8_accuracy.py STUDY ... [--write]

Each STUDY is the folder of a study with a winner. Its winner answers the rows of its test set three times: as they are
evaluated now (the device's arithmetic, `nas.target.plain_c.batch`), in LiteRT's built-in kernels (as they were before),
and in TFLM itself, from the package tflite-micro. Rows are compared by all outputs and by the class, the confusion
matrices by their counts. Times are processor time for all rows, the best of three. With --write, the table goes to
int8_accuracy.md.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from nas import load
from nas.evaluation.rows import own_rows
from nas.model.deploy.tflite_model import TfliteModel

PAGE = Path(__file__).with_suffix(".md")
HEAD = (
    "| study | test rows | equal to TFLM | same class | confusion matrix | LiteRT: equal | same class "
    "| ms a 1,000 rows | LiteRT |\n|---|---|---|---|---|---|---|---|---|"
)


def in_tflm(tflite: bytes, q: Any) -> Any:
    """Return the outputs [rows, outputs] of the package tflite-micro."""
    from tflite_micro.python.tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(tflite, arena_size=8 << 20)
    outputs = []
    for row in q:
        interpreter.set_input(row[None], 0)
        interpreter.invoke()
        outputs.append(interpreter.get_output(0).ravel())
    return np.stack(outputs)


def timed(answer: Callable[[], Any]) -> tuple[Any, float]:
    """Return an answer, and the least seconds of processor time of three runs."""
    took = []
    for _ in range(3):
        start = time.process_time()
        found = answer()
        took.append(time.process_time() - start)
    return found, min(took)


def confusion(outputs: Any, y: Any, classes: int) -> Any:
    """Return the confusion matrix of the greatest outputs."""
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (y, outputs.argmax(axis=1)), 1)
    return counts


def compare(folder: Path) -> tuple[str, int, int]:
    """Return the line of a study, its rows, and how many of them are not TFLM's."""
    winner = load(folder)
    assert winner.tflite is not None
    assert winner.data is not None
    part = own_rows(winner.data.splits(), "test").part
    device, litert = TfliteModel(winner.tflite), TfliteModel(winner.tflite, in_litert=True)
    q = device.quantize(winner.scaled(part.x)).reshape(len(part), *device.row_shape)
    ours, seconds = timed(lambda: device.run(q))
    before, seconds_before = timed(lambda: litert.run(q))
    expected = in_tflm(winner.tflite, q)
    classes = expected.shape[1]
    same = np.array_equal(confusion(ours, part.y, classes), confusion(expected, part.y, classes))
    cells = [winner.name, f"{len(q):,}"]
    for outputs in (ours, before):
        cells += [
            f"{int((outputs == expected).all(axis=1).sum()):,}",
            f"{int((outputs.argmax(axis=1) == expected.argmax(axis=1)).sum()):,}",
        ]
        if outputs is ours:
            cells.append("equal" if same else "differs")
    cells += [f"{1e6 * each / len(q):.1f}" for each in (seconds, seconds_before)]
    return f"| {' | '.join(cells)} |", len(q), int((ours != expected).any(axis=1).sum())


def lines(folders: list[Path]) -> Iterator[str]:
    """Yield the table, and a line that sums it up."""
    yield HEAD
    rows = different = 0
    for folder in folders:
        line, count, unequal = compare(folder)
        rows, different = rows + count, different + unequal
        yield line
    yield f"\n{different:,} of {rows:,} rows of {len(folders)} winners differ from TFLM's."


def main() -> None:
    """Compare, and write the page if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("studies", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    found = []
    for line in lines(given.studies):
        print(line, flush=True)
        found.append(line)
    if given.write:
        title = "# The accuracy that is reported, and TFLM's"
        how = "What `python benchmarks/int8_accuracy.py` printed; its docstring says how."
        PAGE.write_text(f"{title}\n\n{how}\n\n" + "\n".join(found) + "\n")


if __name__ == "__main__":
    main()
