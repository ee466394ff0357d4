"""Networks of others for words, trained by the recipe of a search's winner, and evaluated once on its test clips.

    python benchmarks/sound_peers.py ../shared/data/speech_words --folder FOLDER [--epochs 192] [--seed 1]

Prints rows of the table in sounds.md: DS-CNN S of "Hello Edge" (arXiv:1711.07128) with the square kernels of this
space, behind log-mel features and behind MFCC, and the network of TensorFlow's micro_speech behind its own front-end.
What the folder holds already is not trained again, and what was cut short goes on.
"""

import argparse
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import nas
from nas.data.choice import DataChoice
from nas.signal.mel import Mel
from nas.space.architecture import Architecture
from nas.space.blocks.block import Block
from nas.space.blocks.conv import Conv
from nas.space.blocks.head import Head
from nas.target.front_end import estimate_member
from nas.target.target import find_target
from nas.text import percent

TARGET = find_target("cortex-m4", "c")
DS_CNN_S: tuple[Block, ...] = (
    Conv(filters=64, kernel=7, stride=2, pools=0),
    *(Conv(kind="separable", filters=64, kernel=3, pools=0) for _ in range(4)),
    Head(kind="global_average"),
)
HELLO_EDGE = Mel(
    window_size_ms=40,
    window_step_ms=20,
    filterbank_n_channels=10,
    filterbank_lower_band_limit=20.0,
    filterbank_upper_band_limit=4000.0,
    noise_reduction_enable=False,
    pcan_enable=False,
)
MICRO_SPEECH = Mel(window_size_ms=30, window_step_ms=20, filterbank_n_channels=40)
PEERS: Mapping[str, tuple[Mel, tuple[Block, ...]]] = {
    "ds_cnn_s": (HELLO_EDGE, DS_CNN_S),
    "ds_cnn_s_mfcc": (replace(HELLO_EDGE, filterbank_n_channels=40, mfcc_coefficients=10), DS_CNN_S),
    "micro_speech": (MICRO_SPEECH, (Conv(filters=8, kernel=9, stride=2, pools=0), Head(kind="flatten"))),
}
SPEC = """\
name = "{name}"

[data]
source = "{source}"

[model]
architecture = "{name}.json"

[training]
epochs = {epochs}
seed = {seed}
rows = "all"

[target]
runtime = "c"
"""


def evaluated(name: str, member: Architecture, folder: Path, source: Path, **recipe: int) -> str:
    """Train a network if that is not done, evaluate it, and return a row of the table."""
    out, spec = folder / name, folder / f"{name}.toml"
    if not (out / "model.tflite").is_file():
        (folder / f"{name}.json").write_text(json.dumps(member.to_json()))
        spec.write_text(SPEC.format(name=name, source=source.resolve(), **recipe))
        nas.train(spec, folder=out, resume=(out / "checkpoints").is_dir(), tracking_uri="none")
    figures = nas.evaluate(out).to_json()["int8"]
    low, high = figures["intervals"]["accuracy"]
    cost = estimate_member(member, TARGET)
    instructions = cost.front_end and cost.front_end.instructions
    macs = cost.macs - (member.front_end.macs(member.input_shape) or 0)
    cells = (
        f"{percent(figures['accuracy'])} | {percent(low)} to {percent(high)} | {cost.weights_bytes:,} B | {macs:,}",
        f"{cost.ram_bytes:,} B | {cost.flash_bytes:,} B | {(instructions or 0) / 1e6:.2f} million",
    )
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    """Train, evaluate, and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=192)
    parser.add_argument("--seed", type=int, default=572229960)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    splits = DataChoice(str(given.data)).splits()
    for name, (front_end, blocks) in PEERS.items():
        member = Architecture("cnn_audio", splits.input_shape, len(splits.class_names), blocks, front_end=front_end)
        print(evaluated(name, member, given.folder, given.data, epochs=given.epochs, seed=given.seed), flush=True)


if __name__ == "__main__":
    main()
