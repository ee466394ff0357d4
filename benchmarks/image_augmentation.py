"""Measure what random changes of pictures bring to a network on pictures that it was not trained on.

    python benchmarks/image_augmentation.py ../shared/data > benchmarks/image_augmentation.md

A training is one line of `benchmarks/image_augmentation.jsonl`; those that are there already are not done again, so the
command goes on where it was; `--cases digits` does those of one table alone. Only training and validation rows are
used; the former are learned from.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from statistics import fmean
from typing import Any

from audio_augmentation import accuracy
from trainings import cell, fill, read

from nas.data.choice import DataChoice
from nas.data.prepared import Prepared, prepare
from nas.space.architecture import Architecture
from nas.space.blocks.conv import Conv
from nas.space.blocks.head import Head
from nas.space.file import load_space
from nas.study.recipe import Recipe

LINES = Path(__file__).with_suffix(".jsonl")
SAFE: dict[str, Any] = {"move": 0.1, "zoom": 0.1, "tilt": 5.0}
FEW: dict[str, dict[str, Any]] = {"none": {}, "move, zoom, tilt": SAFE}
SWITCHES: dict[str, dict[str, Any]] = {
    **FEW,
    "move, zoom, tilt, flip": {**SAFE, "flip": 0.5},
    "move = 0.1": {"move": 0.1},
    "flip = 0.5": {"flip": 0.5},
    "zoom = 0.1": {"zoom": 0.1},
    "tilt = 5": {"tilt": 5.0},
    "cutout = 0.4": {"cutout": 0.4},
    "mixup = 0.2": {"mixup": 0.2},
    "brightness = 0.2": {"brightness": 0.2},
    "contrast = 0.2": {"contrast": 0.2},
    "tint = 0.1": {"tint": 0.1},
    "jitter = 0.1": {"jitter": 0.1},
    "shot_noise = 0.1": {"shot_noise": 0.1},
    "speckle = 0.1": {"speckle": 0.1},
    "salt_and_pepper = 0.02": {"salt_and_pepper": 0.02},
}
"""What each line of a table switches on; everything else of the table [augment] is off."""


def mobile_net(rows: Prepared) -> Architecture:
    """Return MobileNetV2 for small pictures, a start of the space mobile_image."""
    space = load_space("mobile_image")
    return space.from_params(space.starts[1], rows.row_shape, len(rows.class_names))


def three_convolutions(rows: Prepared) -> Architecture:
    """Return a member of the space cnn_image that is too small to know its pictures by heart."""
    blocks = (*(Conv(filters=filters) for filters in (4, 6, 8)), Head(kind="global_average"))
    return Architecture("cnn_image", rows.row_shape, len(rows.class_names), blocks)


@dataclass(frozen=True, slots=True)
class Case:
    """A table of the page: a network, the pictures that it learns, and what is tried."""

    source: str
    network: Callable[[Prepared], Architecture]
    epochs: int
    seeds: int
    switches: dict[str, dict[str, Any]]


CASES = {
    "photographs": Case("cifar10_images.npz", mobile_net, 30, 1, SWITCHES),
    "digits": Case("mnist_t10k.npz", three_convolutions, 10, 2, FEW),
    "digits, longer": Case("mnist_t10k.npz", three_convolutions, 80, 2, FEW),
}


@dataclass(frozen=True, slots=True)
class Training:
    """One line of the file: what was trained, and its float accuracy on the validation pictures.

    Attributes:
        train: the accuracy in the last epoch of training.
    """

    case: str
    switch: str
    seed: int
    accuracy: float = field(default=0.0, compare=False)
    train: float = field(default=0.0, compare=False)
    seconds: float = field(default=0.0, compare=False)


@cache
def data(folder: Path, source: str) -> Prepared:
    return prepare(DataChoice(str(folder / source)).splits())


def measure(folder: Path, training: Training) -> Training:
    """Train and judge one network."""
    from nas.model import runtime
    from nas.model.deploy.tflite_model import float_outputs
    from nas.model.network.network import Network
    from nas.model.training.training import TrainingRun, train

    runtime.use_one_thread()
    runtime.leave_graphs_as_written()
    case = CASES[training.case]
    rows = data(folder, case.source)
    model, start = Network(case.network(rows).lower(), training.seed), time.process_time()
    recipe = Recipe.of(**case.switches[training.switch])
    trained = train(model, rows.train, None, recipe, TrainingRun(case.epochs, training.seed))
    return replace(
        training,
        accuracy=accuracy(float_outputs(model, rows.val.x), rows.val.y),
        train=trained.history["accuracy"][-1],
        seconds=round(time.process_time() - start, 2),
    )


def page(folder: Path) -> Iterator[str]:
    """Yield the lines of the page."""
    yield """# What changes of pictures bring

Made by `benchmarks/image_augmentation.py`. Accuracy of the float network in percent on pictures of the validation part,
no choice of an epoch; each further line is the difference in points with the same seeds, +- its standard error. The
time is that of a whole training on one core, against that without changes."""
    for name, case in CASES.items():
        rows = data(folder, case.source)
        size = case.network(rows).lower().weights_bytes
        yield f"""
## {name.capitalize()}

`{case.source}`, {len(rows.train):,} pictures to learn from and {len(rows.val):,} to judge by, {case.epochs} epochs,
a network of {size:,} B of weights.

| recipe | accuracy | in training | time | trainings |
|---|---|---|---|---|"""
        yield from table(name, case)


def table(name: str, case: Case) -> Iterator[str]:
    found = read(LINES, Training)
    for switch in case.switches:
        seeds = [(Training(name, switch, seed), Training(name, "none", seed)) for seed in range(case.seeds)]
        pairs = [(found[one], found[base]) for one, base in seeds if one in found and base in found]
        if pairs:
            train = fmean(one.train for one, _ in pairs)
            cost = fmean(one.seconds / base.seconds for one, base in pairs)
            told = cell(pairs, "accuracy", switch == "none")
            yield f"| {switch} | {told} | {100 * train:.1f} | {cost:.2f} | {len(pairs)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cases", nargs="*", choices=CASES, default=list(CASES))
    options = parser.parse_args()
    for name in options.cases:
        seeds = range(CASES[name].seeds)
        wanted = (Training(name, switch, seed) for seed in seeds for switch in CASES[name].switches)
        fill(LINES, wanted, partial(measure, options.folder))
    print("\n".join(page(options.folder)))


if __name__ == "__main__":
    main()
