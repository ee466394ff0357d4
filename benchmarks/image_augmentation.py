"""Measure what each change of pictures brings to a network on pictures that it was not trained on.

    python benchmarks/image_augmentation.py ../shared/data/cifar10_images.npz > benchmarks/image_augmentation.md

A training is one line of `benchmarks/image_augmentation.jsonl`; those that are there already are not done again, so the
command goes on where it was. Only training and validation rows are used; the former are learned from.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Any

from audio_augmentation import accuracy, cell

from nas.data.choice import DataChoice
from nas.data.prepared import Prepared, prepare
from nas.space.architecture import Architecture
from nas.space.file import load_space
from nas.study.recipe import Recipe
from nas.target.profiler import estimate
from nas.target.target import find_target

LINES = Path(__file__).with_suffix(".jsonl")
EPOCHS = 30
SAFE: dict[str, Any] = {"move": 0.1, "zoom": 0.1, "tilt": 5.0}
SWITCHES: dict[str, dict[str, Any]] = {
    "none": {},
    "move, zoom, tilt": SAFE,
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
"""What each line of the table switches on; everything else of the table [augment] is off."""


@dataclass(frozen=True, slots=True)
class Training:
    """One line of the file: what was trained, and its float accuracy on the validation pictures.

    Attributes:
        train: the accuracy in the last epoch of training.
    """

    switch: str
    seed: int
    accuracy: float = 0.0
    train: float = 0.0
    seconds: float = 0.0


@cache
def data(source: str) -> Prepared:
    return prepare(DataChoice(source).splits())


def architecture(source: str) -> Architecture:
    """Return a start of the space mobile_image, MobileNetV2 for small pictures."""
    space, rows = load_space("mobile_image"), data(source)
    return space.from_params(space.starts[1], rows.row_shape, len(rows.class_names))


def measure(source: str, training: Training) -> Training:
    """Train and judge one network."""
    from nas.model import runtime
    from nas.model.deploy.tflite_model import float_outputs
    from nas.model.network.network import Network
    from nas.model.training.training import TrainingRun, train

    runtime.use_one_thread()
    runtime.leave_graphs_as_written()
    rows, model = data(source), Network(architecture(source).lower(), training.seed)
    start = time.process_time()
    recipe = Recipe.of(**SWITCHES[training.switch])
    trained = train(model, rows.train, None, recipe, TrainingRun(EPOCHS, training.seed))
    return replace(
        training,
        accuracy=accuracy(float_outputs(model, rows.val.x), rows.val.y),
        train=trained.history["accuracy"][-1],
        seconds=round(time.process_time() - start, 2),
    )


def read() -> dict[tuple[str, int], Training]:
    lines = LINES.read_text().splitlines() if LINES.exists() else []
    known = [Training(**json.loads(line)) for line in lines]
    return {(one.switch, one.seed): one for one in known}


def fill(source: str, seeds: int) -> None:
    """Do what is missing, and append a line for each training; all of a seed together."""
    for seed in range(seeds):
        for switch in SWITCHES:
            if (switch, seed) not in read():
                found = measure(source, Training(switch, seed))
                print(found, file=sys.stderr)
                with LINES.open("a") as file:
                    file.write(json.dumps(asdict(found)) + "\n")


def page(source: str) -> Iterator[str]:
    """Yield the lines of the page."""
    found, graph, rows = read(), architecture(source).lower(), data(source)
    macs = estimate(graph, find_target("cortex-m4")).macs
    yield f"""# What changes of pictures bring

Made by `benchmarks/image_augmentation.py`: CIFAR-10, {len(rows.train):,} pictures to learn from and
{len(rows.val):,} to judge by, {EPOCHS} epochs, no choice of an epoch. One network, a start of the space `mobile_image`
(MobileNetV2 for small pictures), of {graph.weights_bytes:,} B of weights and {macs:,} multiply-accumulates. Accuracy of
the float network in percent; each further line is the difference in points with the same seeds, +- its standard error.
The time is that of a whole training on one core, against that without changes.

| recipe | accuracy | in training | time | trainings |
|---|---|---|---|---|"""
    base = {seed: one for (switch, seed), one in found.items() if switch == "none"}
    for switch in SWITCHES:
        pairs = [(found[switch, seed], base[seed]) for seed in base if (switch, seed) in found]
        if pairs:
            train = fmean(one.train for one, _ in pairs)
            cost = fmean(one.seconds / other.seconds for one, other in pairs)
            told = cell(pairs, "accuracy", switch == "none")
            yield f"| {switch} | {told} | {100 * train:.1f} | {cost:.2f} | {len(pairs)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("--seeds", type=int, default=2)
    options = parser.parse_args()
    fill(options.source, options.seeds)
    print("\n".join(page(options.source)))


if __name__ == "__main__":
    main()
