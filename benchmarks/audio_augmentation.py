"""Measure what each change of sound brings to a network on speakers that it was not trained on, and what changes cost.

    python benchmarks/audio_augmentation.py speech_words [--seeds 3] > benchmarks/audio_augmentation.md

A training is one line of `benchmarks/audio_augmentation.jsonl`; those that are there already are not done again, so the
command goes on where it was. Only training and validation speakers are used, in three folds.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from trainings import cell, fill, read

from nas.arrays import Floats, Ints
from nas.data.choice import DataChoice
from nas.data.folds import folds
from nas.data.prepared import Prepared, prepare
from nas.data.readers.sound import read_sound
from nas.data.sound.changes import CHANGES, SoundChanges
from nas.data.sound.variants import variants, varied
from nas.data.splits import Splits
from nas.signal.mel import Mel
from nas.space.architecture import Architecture
from nas.space.file import load_space
from nas.study.recipe import Recipe
from nas.study.tasks import AllButTest, TrainingTask
from nas.target.budget import Budget
from nas.target.target import find_target

LINES = Path(__file__).with_suffix(".jsonl")
FOLDS, EPOCHS, RATE_HZ = 3, 40, 16_000
MEL = Mel(frequencies_are_channels=True)
NOISY = SoundChanges(variants=1, background=1.0, background_snr_db=(10.0, 10.0))
"""What the held-out rows are changed by, with recordings that no training has heard, to see how robust a network is."""
HELD_NOISE = "pink_noise_*"

OFF: dict[str, Any] = dict.fromkeys(CHANGES, 0.0)
TOGETHER = {"speed": 0.1, "shift_ms": 100.0, "gain_db": 6.0, "background": 0.5, "colored_noise": 0.3}
SWITCHES: dict[str, dict[str, Any]] = {
    "none": {},
    "speed = 0.1": {"speed": 0.1},
    "pitch = 0.1": {"pitch": 0.1},
    "shift_ms = 100": {"shift_ms": 100.0},
    "trim = 0.1": {"trim": 0.1},
    "gain_db = 6": {"gain_db": 6.0},
    "reverb = 0.5": {"reverb": 0.5},
    "background = 0.5": {"background": 0.5},
    "colored_noise = 0.5": {"colored_noise": 0.5},
    "time_mask = 0.2": {"time_mask": 0.2},
    "frequency_mask = 0.2": {"frequency_mask": 0.2},
    "speed, shift": {"speed": 0.1, "shift_ms": 100.0},
    "all": TOGETHER,
    "all, pitch": {**TOGETHER, "pitch": 0.1},
    "all, masks": {**TOGETHER, "time_mask": 0.2, "frequency_mask": 0.2},
    "all, variants = 1": {**TOGETHER, "variants": 1},
    "all, variants = 8": {**TOGETHER, "variants": 8},
}
"""What each line of the table switches on; everything else of the table [augment] is off."""


@dataclass(frozen=True, slots=True)
class Training:
    """One line of the file: what was trained, and the float accuracy on the speakers of the fold that was held out.

    Attributes:
        noisy: the accuracy on the same clips with noise behind them.
        train: the accuracy in the last epoch of training.
    """

    switch: str
    seed: int
    clean: float = field(default=0.0, compare=False)
    noisy: float = field(default=0.0, compare=False)
    train: float = field(default=0.0, compare=False)
    seconds: float = field(default=0.0, compare=False)


@cache
def data(source: str) -> Splits:
    return DataChoice(source).splits()


@cache
def noisy(source: str) -> Floats:
    """Return the features of all rows with noise behind them."""
    splits = data(source)
    files = sorted(Path(source, "_background_noise_").glob(HELD_NOISE))
    recordings = [read_sound(file, file.name, RATE_HZ).samples for file in files]
    rows = splits.train.join(splits.val).x
    return MEL.apply(variants(rows, NOISY, RATE_HZ, recordings, 0)[:, 0])


@cache
def rows_of(source: str, changes: SoundChanges) -> Prepared:
    splits = data(source)
    return varied(prepare(splits, MEL), splits, MEL, changes, AllButTest.parts)


def architecture(source: str) -> Architecture:
    """Return a start of the space, in the manner of TC-ResNet, behind the default front-end."""
    space, splits = load_space("cnn_audio"), data(source)
    member = space.from_params(space.starts[1], splits.input_shape, len(splits.class_names))
    return replace(member, front_end=MEL)


def measure(source: str, training: Training) -> Training:
    """Train and judge one network."""
    from nas.model import runtime
    from nas.model.deploy.tflite_model import float_outputs
    from nas.model.network.network import Network
    from nas.model.training.training import TrainingRun, train

    runtime.use_one_thread()
    runtime.leave_graphs_as_written()
    recipe = Recipe.of(**{**OFF, "rotation": 0.0, **SWITCHES[training.switch]})
    rows, seed = rows_of(source, recipe.augment), training.seed
    part = rows.train.join(rows.val)
    kept, held = folds(part, FOLDS, seed // FOLDS)[seed % FOLDS]
    model, start = Network(architecture(source).lower(), seed), time.monotonic()
    trained = train(model, part.take(kept), None, recipe, TrainingRun(EPOCHS, seed, is_sound=True))
    seconds = time.monotonic() - start
    y = part.y[held]
    return replace(
        training,
        clean=accuracy(float_outputs(model, part.x[held]), y),
        noisy=accuracy(float_outputs(model, rows.scaling.apply(noisy(source)[held])), y),
        train=trained.history["accuracy"][-1],
        seconds=round(seconds, 2),
    )


def accuracy(outputs: Floats, y: Ints) -> float:
    """Return the share of rows whose greatest output is that of their class."""
    return round(float(np.mean(outputs.argmax(axis=1) == y)), 5)


def page(source: str) -> Iterator[str]:
    """Yield the lines of the page."""
    found = read(LINES, Training)
    seeds = sorted({one.seed for one in found})
    member, splits = architecture(source), data(source)
    clips = f"{len(splits.train):,} and {len(splits.val)} clips"
    yield f"""# What changes of sound bring, and what they cost

Made by `benchmarks/audio_augmentation.py`: eight words of Speech Commands, {clips} of the 194
speakers of training and validation, in a cross-validation of {FOLDS} folds over speakers, {EPOCHS} epochs, no
choice of an epoch. One network in the manner of TC-ResNet, a start of the space `cnn_audio`, of
{member.lower().weights_bytes:,} B of weights behind 40 channels of log-mel features. Accuracy of the float network in
percent, on the clips as they are and with noise behind them, 10 dB below each clip, of a recording of pink noise that
no training has heard; each further line is the difference in points on the same folds with the same seeds, +- its
standard error. "All" are speed, shift, gain, recorded and colored noise as the recipe has them by default.

| recipe | clips | with noise | in training | trainings |
|---|---|---|---|---|"""
    base = {seed: found[Training("none", seed)] for seed in seeds if Training("none", seed) in found}
    for switch in SWITCHES:
        pairs = [(found[one], base[seed]) for seed in base if (one := Training(switch, seed)) in found]
        if pairs:
            cells = [cell(pairs, key, switch == "none") for key in ("clean", "noisy")]
            train = fmean(one.train for one, _ in pairs)
            yield f"| {switch} | {cells[0]} | {cells[1]} | {100 * train:.1f} | {len(pairs)} |"


def costs(source: str) -> Iterator[str]:
    """Yield the second table: seconds for copies, and for their features."""
    rows = data(source).train.x[:512]
    recordings = data(source).noise
    yield "\n## What copies cost\n\nSeconds for 1,000 copies of a clip of a second, on one core, the least of 3 runs.\n"
    yield "| change | s |\n|---|---|"
    one = {name: {name: TOGETHER.get(name, 0.5)} for name in CHANGES}
    for name, asked in {**one, "speed, shift, gain and both noises": TOGETHER}.items():
        changes = SoundChanges(**{**OFF, "variants": 1, **asked})
        seconds = least(partial(variants, rows, changes, RATE_HZ, recordings, 0))
        yield f"| {name} | {seconds / len(rows) * 1000:.2f} |"
    yield f"| features of a copy, by the front-end | {least(partial(MEL.apply, rows)) / len(rows) * 1000:.2f} |"


def candidates(source: str) -> Iterator[str]:
    """Yield the seconds of candidates with and without copies, in turns, each behind a front-end of its own."""
    from nas.model import worker

    worker.initialize(data(source))
    found: dict[int, list[float]] = {0: [], 3: []}
    for turn, copies in enumerate((3, 0, 3, 0, 3, 0)):
        front_end = replace(MEL, filterbank_lower_band_limit=100.0 + turn)
        task = TrainingTask(
            trial=turn,
            architecture=replace(architecture(source), front_end=front_end),
            params={},
            target=find_target("cortex-m4"),
            budget=Budget(None),
            recipe=Recipe.of(variants=copies),
            epochs=10,
            seed=turn,
        )
        start = time.process_time()
        record = worker.perform(task).record
        assert record.state == "complete", record.reason
        found[copies].append(time.process_time() - start)
    first, *later = found[3]
    _, *without = found[0]
    rows = len(data(source).train)
    with_copies, alone = (f"{fmean(each):.1f} s" for each in (later, without))
    yield f"""
A candidate of ten epochs, from samples to the int8 accuracy, each behind a front-end that is new to the worker, takes
{with_copies} of one core with three copies of {rows:,} rows and {alone} without, in turns ({told(later)} and
{told(without)}). The first one in a worker takes {first:.1f} s, since it makes the copies and loads graphs."""


def told(seconds: list[float]) -> str:
    return ", ".join(f"{each:.1f}" for each in seconds)


def least(do: Callable[[], object]) -> float:
    seconds = []
    for _ in range(3):
        start = time.process_time()
        do()
        seconds.append(time.process_time() - start)
    return min(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    wanted = (Training(switch, seed) for seed in range(options.seeds) for switch in SWITCHES)
    fill(LINES, wanted, partial(measure, options.source))
    print("\n".join([*page(options.source), *costs(options.source), *candidates(options.source)]))


if __name__ == "__main__":
    main()
