"""Compare cepstral coefficients (MFCC) with log-mel features before two networks, on speakers that are held out.

    python benchmarks/cepstrum.py speech_words [--folds 3] [--epochs 30]

Trains starts of the space `cnn_audio` without changed copies of the rows, in a cross-validation over the speakers of
training and validation, and prints the table of cepstrum.md; the test set is not opened.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from statistics import fmean, stdev

import numpy as np

from nas.data.choice import DataChoice
from nas.data.folds import folds
from nas.data.prepared import prepare
from nas.data.splits import Splits
from nas.model import runtime
from nas.signal.mel import Mel
from nas.space.architecture import Architecture
from nas.space.file import load_space
from nas.study.recipe import Recipe

FEATURES = (Mel(), Mel(filterbank_n_channels=13), Mel(mfcc_coefficients=13))
NETWORKS = {"TC-ResNet": (1, True), "DS-CNN": (0, False)}
"""Starts of the space, by their number, and whether frequencies are channels."""


def architecture(splits: Splits, start: int, mel: Mel) -> Architecture:
    """Return a start of the space behind a front-end."""
    space = load_space("cnn_audio")
    member = space.from_params(space.starts[start], splits.input_shape, len(splits.class_names))
    return replace(member, front_end=mel)


def accuracies(splits: Splits, member: Architecture, count: int, epochs: int) -> Iterator[float]:
    """Yield the float accuracy on the speakers of each fold, in percent."""
    from nas.model.deploy.tflite_model import float_outputs
    from nas.model.network.network import Network
    from nas.model.training.training import TrainingRun, train

    prepared = prepare(splits, member.front_end)
    rows = prepared.train.join(prepared.val)
    for seed, (kept, held) in enumerate(folds(rows, count, 0)):
        model = Network(member.lower(), seed)
        train(model, rows.take(kept), None, Recipe.of(variants=0), TrainingRun(epochs, seed, is_sound=True))
        yield 100 * float(np.mean(float_outputs(model, rows.x[held]).argmax(axis=1) == rows.y[held]))


def main() -> None:
    """Train, and print each line when it is known."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=30)
    given = parser.parse_args()
    runtime.use_one_thread()
    runtime.leave_graphs_as_written()
    splits = DataChoice(given.source).splits()
    print("| network | features of a frame | weights, B | accuracy, % |")
    print("|---|---|---|---|")
    for name, (start, series) in NETWORKS.items():
        for mel in (replace(one, frequencies_are_channels=series) for one in FEATURES):
            member = architecture(splits, start, mel)
            found = list(accuracies(splits, member, given.folds, given.epochs))
            what = f"{mel.numbers} {'coefficients of 40 channels' if mel.mfcc_coefficients else 'channels'}"
            cells = f"{what} | {member.lower().weights_bytes:,}"
            error = stdev(found) / len(found) ** 0.5
            print(f"| {name} | {cells} | {fmean(found):.1f} +- {error:.1f} |", flush=True)


if __name__ == "__main__":
    main()
