"""UCI HAR at 2, 4 and 6 KB: does `cnn_timeseries` find more with more kinds of blocks to choose from?

    python benchmarks/grown_space.py ../shared/data/uci_har_windows.npz [--minutes 4] [--seeds 0 1 2] [--budgets 6 4 2]

For each budget and seed, today's space and `grown_timeseries.toml` are searched at the same time, one worker each, so
that whatever else the machine does strikes both alike. A search is a line of `grown_space.jsonl`; those that are there
are not done again. Writes `grown_space.md`. The test rows are used once for each winner.
"""

import argparse
from collections import Counter
from pathlib import Path
from statistics import median

from side_by_side import HEAD, Line, row, search, side_by_side, winner

from nas.text import percent

HERE = Path(__file__).resolve().parent
LINES, PAGE = HERE / "grown_space.jsonl", HERE / "grown_space.md"
SPACES = {"today": "cnn_timeseries", "grown": str(HERE / "grown_timeseries.toml")}
INTRODUCTION = """\
# More kinds of blocks for windows of sensor data

Written by `benchmarks/grown_space.py`; its docstring says how. UCI HAR, test subjects that nothing was learned from.
`today` is `cnn_timeseries`, `grown` has hard swish, a depth multiplier, dilated convolutions with shortcuts and
squeeze-and-excite besides. One worker each, side by side.

"""


def searched(data: Path, turn: Line) -> Line:
    """Return the line of a search."""
    found = search(data=data, **{**turn, "space": SPACES[turn["space"]]})
    best = found["best"]
    return {**turn, **winner(found), "val_accuracy": best["val_accuracy"], "blocks": best["architecture"]["blocks"]}


def medians(lines: list[Line]) -> str:
    """Return the table of medians over seeds."""
    text = "\n## Medians over seeds\n\n| weights up to | today | grown |\n|---:|---:|---:|\n"
    for budget in sorted({line["budget_kb"] for line in lines}):
        found = [
            [line["accuracy"] for line in lines if (line["budget_kb"], line["space"]) == (budget, space)]
            for space in SPACES
        ]
        if all(found):
            text += f"| {budget:g} KB | {' | '.join(percent(median(values)) for values in found)} |\n"
    return text


def shares(lines: list[Line]) -> str:
    """Return in how many winners of the grown space each new kind of block, or option of one, occurs."""
    winners = [line["blocks"] for line in lines if line["space"] == "grown"]
    counted: Counter[str] = Counter()
    for blocks in winners:
        counted.update({name for block in blocks for name in news(block)})
    text = f"\n## What the {len(winners)} winners of the grown space are made of\n\n"
    text += "| new | winners with it |\n|---|---:|\n"
    names = ("hard swish", "depth multiplier of 2", "temporal", "dilation", "shortcut", "squeeze_excite")
    return text + "".join(f"| {name} | {counted[name]} |\n" for name in names)


def news(block: Line) -> set[str]:
    """Return what a block has that today's space does not offer."""
    temporal = block["block"] == "temporal"
    told = {
        "hard swish": block.get("activation") == "hard_swish",
        "depth multiplier of 2": block.get("depth_multiplier") == 2,
        "temporal": temporal,
        "dilation": temporal and block["dilation"] > 1,
        "shortcut": temporal and block["shortcut"] == "sum",
        "squeeze_excite": block["block"] == "squeeze_excite",
    }
    return {name for name, is_so in told.items() if is_so}


def main() -> None:
    """Search, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1, 2])
    parser.add_argument("--budgets", nargs="*", type=float, default=[6.0, 4.0, 2.0])
    given = parser.parse_args()
    turns = [
        [{"space": space, "budget_kb": budget, "seed": seed, "minutes": given.minutes} for space in SPACES]
        for seed in given.seeds
        for budget in given.budgets
    ]
    for lines in side_by_side(LINES, turns, lambda turn: searched(given.data.resolve(), turn)):
        table = sorted(lines, key=lambda line: (line["budget_kb"], line["seed"], line["space"] == "grown"))
        PAGE.write_text(
            INTRODUCTION
            + HEAD
            + "".join(row(line, f"{line['budget_kb']:g} KB") for line in table)
            + medians(lines)
            + shares(lines)
        )


if __name__ == "__main__":
    main()
