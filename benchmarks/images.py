"""Pictures: what searches of two spaces find, beside MLPerf Tiny's ResNet-8 trained by the same recipe for as long.

    python benchmarks/images.py ../shared/data/cifar10_images.npz --folder FOLDER [--minutes 30] [--seeds 0 1 2]
    python benchmarks/images.py ../shared/data/cifar10_images.npz --folder FOLDER --epochs 40

The first command searches, with two workers, at 100 KB of weights, 50 KB of RAM and a third of the multiply-accumulates
of ResNet-8. The second one trains ResNet-8 on one core by the recipe of a search's winner: all rows, and so many epochs
that it takes twice the minutes of a search. Each adds lines to `images.jsonl` and writes `images.md` from all of them,
`--seeds` without a number the page alone. With `--changed`, training changes the pictures at random (`CHANGES`). The
test rows are used once for each model.
"""

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

import nas
from nas.codec import to_toml
from nas.data.choice import DataChoice
from nas.space.architecture import Architecture
from nas.space.blocks.conv import Conv
from nas.space.blocks.head import Head
from nas.space.blocks.residual import Residual
from nas.study.recipe import Recipe
from nas.target.profiler import estimate
from nas.target.target import find_target
from nas.text import interval, percent

HERE = Path(__file__).parent
LINES, PAGE = HERE / "images.jsonl", HERE / "images.md"
SPACES = ("mobile_image", "cnn_image")
# The first [[start]] of the space mobile_image.
RESNET_8 = (
    Conv(filters=16, pools=0),
    Residual(filters=16),
    Residual(filters=32, stride=2),
    Residual(filters=64, stride=2),
    Head(kind="global_average"),
)
BUDGET_KB, RAM_KB = 100.0, 50.0
SPEC = """\
name = "resnet_8"

[data]
source = "{source}"

[model]
architecture = "resnet_8.json"

[training]
epochs = {epochs}
seed = {seed}
rows = "all"

[augment]
{augment}
"""
CHANGES: dict[str, Any] = {"move": 0.1, "zoom": 0.1, "tilt": 5.0, "flip": 0.5}


def resnet_8(data: Path) -> Architecture:
    """Return the network for the pictures of a file."""
    splits = DataChoice(str(data)).splits()
    return Architecture("mobile_image", splits.input_shape, len(splits.class_names), RESNET_8)


def searched(
    data: Path, folder: Path, space: str, minutes: float, seed: int, changes: dict[str, Any]
) -> dict[str, Any]:
    """Search, and return the winner's line."""
    macs = estimate(resnet_8(data).lower(), find_target("cortex-m4")).macs // 3
    study = nas.Study(
        space=space,
        data=str(data),
        budget_kb=BUDGET_KB,
        ram_kb=RAM_KB,
        macs_k=macs / 1000,
        minutes=minutes,
        jobs=2,
        name=f"{space}-{seed}{'-changed' * bool(changes)}",
        seed=seed,
        recipe=Recipe.of(**changes),
    )
    found = nas.search(study, root=folder)
    assert found.winner is not None
    assert found.winner.tested is not None
    accuracy = found.winner.tested.metrics["accuracy"]
    return {
        "network": space,
        "changed": bool(changes),
        "seed": seed,
        "minutes": minutes,
        "trials": found.trials,
        "accuracy": [accuracy.value, accuracy.low, accuracy.high],
        "float": found.winner.tested.float_metrics["accuracy"].value,
        "footprint": found.winner.record.measured(),
    }


def trained(data: Path, folder: Path, epochs: int, seed: int, changes: dict[str, Any]) -> dict[str, Any]:
    """Train ResNet-8, or go on where a training was cut short, and return its line."""
    member, spec, out = (
        resnet_8(data),
        folder / "resnet_8.toml",
        folder / f"resnet_8-{seed}{'-changed' * bool(changes)}",
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "resnet_8.json").write_text(json.dumps(member.to_json()))
    spec.write_text(SPEC.format(source=data.resolve(), epochs=epochs, seed=seed, augment=to_toml(changes)))
    start = time.process_time()  # of one core, on a machine that may do other work
    nas.train(spec, folder=out, resume=(out / "checkpoints").is_dir(), tracking_uri="none")
    minutes = (time.process_time() - start) / 60
    figures = nas.evaluate(out).to_json()
    profiled = nas.profile(out / "model.tflite", target="cortex-m4")
    return {
        "network": f"ResNet-8, {epochs} epochs",
        "changed": bool(changes),
        "seed": seed,
        "minutes": minutes,
        "accuracy": [figures["int8"]["accuracy"], *figures["int8"]["intervals"]["accuracy"]],
        "float": figures["float"]["accuracy"],
        "footprint": {key: getattr(profiled, key) for key in ("weights_bytes", "ram_bytes", "flash_bytes", "macs")},
    }


def row(line: dict[str, Any]) -> str:
    """Return a row of the table."""
    footprint, (value, low, high) = line["footprint"], line["accuracy"]
    ram = footprint.get("ram_bytes", footprint.get("arena_min_bytes"))
    minutes = "unknown" if line["minutes"] is None else f"{line['minutes']:.0f}"
    cells = (
        f"{line['network']} | {'yes' if line['changed'] else 'no'}",
        f"{line['seed']} | {minutes} | {line.get('trials', '')}",
        f"{percent(value)} | {interval(low, high)} | {percent(line['float'])}",
        f"{footprint['weights_bytes']:,} B | {ram:,} B | {footprint['macs']:,}",
    )
    return f"| {' | '.join(cells)} |"


HEAD = """\
# Pictures

Written by `benchmarks/images.py`; its docstring says how. 10,000 pictures of CIFAR-10 to learn from, 2,000 to test, ten
classes, so a constant answer is right in 10 %. Searches had two cores, and ResNet-8 one
core, whose time its minutes count.
Where pictures are changed, training moves, turns, zooms and mirrors them at random.

| network | changed | seed | minutes | trials | int8 test accuracy | 95 % interval | float | weights | RAM | MACs |
|---|---|---|---|---|---|---|---|---|---|---|
"""


def medians(lines: list[dict[str, Any]]) -> str:
    """Return the table of medians over seeds, for what has several."""
    found: dict[tuple[str, bool], list[float]] = defaultdict(list)
    for line in lines:
        found[line["network"], line["changed"]].append(line["accuracy"][0])
    text = "\n| network | changed | seeds | median of int8 test accuracy |\n|---|---|---|---|\n"
    rows = ((*key, len(values), percent(median(values))) for key, values in found.items() if len(values) > 1)
    return text + "".join(f"| {name} | {'yes' if is_so else 'no'} | {n} | {mid} |\n" for name, is_so, n, mid in rows)


def main() -> None:
    """Search or train, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--spaces", nargs="*", default=list(SPACES))
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seeds", nargs="*", type=int, default=[0])
    parser.add_argument("--epochs", type=int, help="train ResNet-8 in place of a search")
    parser.add_argument("--changed", action="store_true", help="change the pictures at random in training")
    given = parser.parse_args()
    changes = CHANGES if given.changed else {}
    for seed in given.seeds:
        if given.epochs is None:
            lines = [searched(given.data, given.folder, space, given.minutes, seed, changes) for space in given.spaces]
        else:
            lines = [trained(given.data, given.folder, given.epochs, seed, changes)]
        with LINES.open("a") as file:
            file.writelines(f"{json.dumps(line)}\n" for line in lines)
    known = [json.loads(line) for line in LINES.read_text().splitlines()]
    PAGE.write_text(HEAD + "".join(f"{row(line)}\n" for line in known) + medians(known))


if __name__ == "__main__":
    main()
