"""Networks of some hundred bytes for images: does `micro_image` find better ones than `cnn_image`?

    python benchmarks/micro_image.py ../shared/data/mnist_t10k.npz [--minutes 10] [--seeds 0 1] [--bytes 480 1024]

For each limit of the weights and each seed, both spaces are searched at the same time, one worker each. A search is a
line of `micro_image.jsonl`; those that are there are not done again. Writes `micro_image.md`. The test rows are used
once for each winner.
"""

import argparse
from pathlib import Path
from statistics import median

from side_by_side import HEAD, Line, row, search, side_by_side, winner

from nas.text import percent

HERE = Path(__file__).resolve().parent
LINES, PAGE = HERE / "micro_image.jsonl", HERE / "micro_image.md"
SPACES = ("micro_image", "cnn_image")
INTRODUCTION = """\
# Images in some hundred bytes

Written by `benchmarks/micro_image.py`; its docstring says how. 8,000 digits of MNIST to learn from, 2,000 to test. One
worker each, side by side.

"""


def searched(data: Path, settings: Line) -> Line:
    """Return the line of a search."""
    space, seed, minutes = (settings[key] for key in ("space", "seed", "minutes"))
    found = search(space=space, data=data, budget_kb=settings["bytes"] / 1024, minutes=minutes, seed=seed)
    return {**settings, **winner(found)}


def medians(lines: list[Line]) -> str:
    """Return the table of medians over seeds."""
    text = f"\n## Medians over seeds\n\n| weights up to | {' | '.join(SPACES)} |\n|---:|---:|---:|\n"
    for limit in sorted({line["bytes"] for line in lines}):
        found = [
            [line["accuracy"] for line in lines if (line["bytes"], line["space"]) == (limit, space)] for space in SPACES
        ]
        text += f"| {limit:,} B | {' | '.join(percent(median(values)) for values in found)} |\n"
    return text


def main() -> None:
    """Search, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1])
    parser.add_argument("--bytes", nargs="*", type=int, default=[480, 1024])
    given = parser.parse_args()
    turns = [
        [{"space": space, "bytes": limit, "seed": seed, "minutes": given.minutes} for space in SPACES]
        for seed in given.seeds
        for limit in given.bytes
    ]
    for lines in side_by_side(LINES, turns, lambda settings: searched(given.data.resolve(), settings)):
        table = sorted(lines, key=lambda line: (line["bytes"], line["seed"], line["space"]))
        PAGE.write_text(
            INTRODUCTION + HEAD + "".join(row(line, f"{line['bytes']:,} B") for line in table) + medians(lines)
        )


if __name__ == "__main__":
    main()
