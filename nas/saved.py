"""A bundle as a file of the study's folder, so that it can be exported again in any format, at any time."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

from nas.data.splits import Scaling
from nas.errors import InputError
from nas.export.bundle import Bundle, Quantization
from nas.files import write_atomic
from nas.footprint import profile
from nas.recipe import Recipe
from nas.record import Record, State, Winner
from nas.target import Target

_TUPLES = ("class_names", "channel_names")


def save_bundle(bundle: Bundle, folder: Path) -> None:
    """Write the bundle as `bundle.json` with its model, `bundle.tflite`, beside it."""
    data = {key: value for key, value in dataclasses.asdict(bundle).items() if key != "tflite"}
    write_atomic(folder / "bundle.tflite", bundle.tflite)
    # Unsorted: a card lists facts in the order in which they were gathered.
    write_atomic(folder / "bundle.json", json.dumps(data, indent=1))


def load_bundle(folder: Path) -> Bundle:
    """Read what `save_bundle` wrote; InputError if the study has no winner yet."""
    path = folder / "bundle.json"
    if not path.is_file():
        raise InputError(folder, "must hold a winner", hint="run `nas search` until it ends")
    data = json.loads(path.read_text())
    return Bundle(
        **{
            **data,
            "tflite": (folder / "bundle.tflite").read_bytes(),
            "winner": Winner.from_json(data["winner"]),
            "scaling": Scaling(tuple(data["scaling"]["mean"]), tuple(data["scaling"]["std"])),
            "input": Quantization(**data["input"]),
            "output": Quantization(**data["output"]),
            "recipe": Recipe(**data["recipe"]),
            "units_scale": data["units_scale"] and tuple(data["units_scale"]),
            **{key: tuple(data[key]) for key in _TUPLES},
        }
    )


def for_trial(bundle: Bundle, records: Sequence[Record], trial: int, tflite: Path, target: Target) -> Bundle:
    """Return the bundle of another complete trial of the winner's study; it has not met the test set.

    Raises:
        InputError: there is no such complete trial.
    """
    record = next((r for r in records if r.trial == trial and r.state == State.COMPLETE), None)
    if record is None or not tflite.is_file():
        raise InputError("--trial", "must be a complete trial of the study", got=trial, hint="see its report")
    content = tflite.read_bytes()
    inputs, outputs = quantizations(content)
    return dataclasses.replace(
        bundle,
        tflite=content,
        winner=Winner(record, None, None, None, (), ()),
        footprint=profile(content, target).to_json(),
        input=inputs,
        output=outputs,
    )


def quantizations(tflite: bytes) -> tuple[Quantization, Quantization]:
    """Return how a model's input and output are quantized."""
    from nas.model.evaluate import Int8Model

    model = Int8Model(tflite)
    return Quantization(*model.input_quantization), Quantization(*model.output_quantization)
