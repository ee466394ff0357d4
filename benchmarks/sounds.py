"""Rows of the table in sounds.md: winners of searches, and networks of others that were trained by the same recipe.

    python benchmarks/sounds.py fixed > fixed.toml
    python benchmarks/sounds.py winners studies/words ...
    python benchmarks/sounds.py peers ../shared/data/speech_words --folder FOLDER [--epochs 192] [--seed 1]

`fixed` prints the space cnn_audio with the front-end of TensorFlow's micro_speech: what a search of both brings is
measured against it. Whether frequencies are channels is still searched there, since that belongs to the network.

`peers` trains DS-CNN S of "Hello Edge" (arXiv:1711.07128) with the square kernels of this space, behind log-mel
features and behind MFCC, and the network of micro_speech behind its own front-end, and evaluates each once on the test
clips. What the folder holds already is not trained again, and what was cut short goes on.
"""

import argparse
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import nas
from nas.codec import to_toml
from nas.data.choice import DataChoice
from nas.signal.mel import Mel
from nas.space.architecture import Architecture
from nas.space.blocks.block import Block
from nas.space.blocks.conv import Conv
from nas.space.blocks.head import Head
from nas.target.front_end import estimate_member
from nas.target.target import find_target
from nas.text import interval, percent

SPACES = Path(__file__).parents[1] / "search_spaces"
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


def fixed() -> str:
    """Return the space file."""
    space = tomllib.loads((SPACES / "cnn_audio.toml").read_text())
    settings = {key: value for key, value in asdict(MICRO_SPEECH).items() if key in space["front_end"]}
    space["front_end"] = {"front_end": "mel", **settings, "frequencies_are_channels": [False, True]}
    for start in space["start"]:
        kept = {key: value for key, value in start.get("front_end", {}).items() if key == "frequencies_are_channels"}
        start["front_end"] = kept or None
    return to_toml(space)


def winner(study: Path) -> str:
    """Return the row of a search's winner."""
    found = nas.show_study(study.name, study.parent)
    place = study / "best" / "architecture.json"
    member = Architecture.from_json(json.loads(place.read_text()), str(place))
    assert found.test_score is not None
    assert found.test_interval is not None
    return row(study.name, member, found.test_score, found.test_interval, found.cross_validated_score)


def peer(name: str, member: Architecture, folder: Path, source: Path, **recipe: int) -> str:
    """Train a network if that is not done, evaluate it, and return its row."""
    out, spec = folder / name, folder / f"{name}.toml"
    if not (out / "model.tflite").is_file():
        (folder / f"{name}.json").write_text(json.dumps(member.to_json()))
        spec.write_text(SPEC.format(name=name, source=source.resolve(), **recipe))
        nas.train(spec, folder=out, resume=(out / "checkpoints").is_dir(), tracking_uri="none")
    figures = nas.evaluate(out).to_json()["int8"]
    return row(name, member, figures["accuracy"], figures["intervals"]["accuracy"])


def row(name: str, member: Architecture, accuracy: float, ends: Sequence[float], validated: float | None = None) -> str:
    """Return a row of the table; the multiply-accumulates are those of the network alone."""
    cost = estimate_member(member, TARGET)
    instructions = 0.0 if cost.front_end is None else cost.front_end.instructions or 0.0
    macs = cost.macs - (member.front_end.macs(member.input_shape) or 0)
    cells = (
        f"{name} | {percent(accuracy)} | {interval(*ends)}",
        "" if validated is None else percent(validated),
        f"{cost.weights_bytes:,} B | {macs:,} | {cost.ram_bytes:,} B | {cost.flash_bytes:,} B",
        f"{instructions / 1e6:.2f} million",
    )
    return f"| {' | '.join(cells)} |"


def peers(given: argparse.Namespace) -> None:
    """Print the rows of the networks of others, each when it is known."""
    given.folder.mkdir(parents=True, exist_ok=True)
    splits = DataChoice(str(given.data)).splits()
    for name, (front_end, blocks) in PEERS.items():
        member = Architecture("cnn_audio", splits.input_shape, len(splits.class_names), blocks, front_end=front_end)
        print(peer(name, member, given.folder, given.data, epochs=given.epochs, seed=given.seed), flush=True)


def main() -> None:
    """Print the space, or rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("fixed")
    commands.add_parser("winners").add_argument("studies", type=Path, nargs="+")
    of_peers = commands.add_parser("peers")
    of_peers.add_argument("data", type=Path)
    of_peers.add_argument("--folder", type=Path, required=True)
    of_peers.add_argument("--epochs", type=int, default=192)
    of_peers.add_argument("--seed", type=int, default=572229960)
    given = parser.parse_args()
    if given.command == "fixed":
        print(fixed(), end="")
    elif given.command == "winners":
        print(*map(winner, given.studies), sep="\n")
    else:
        peers(given)


if __name__ == "__main__":
    main()
