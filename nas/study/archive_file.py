"""An archive as a file of the study's folder, so that it can be exported again in any format, at any time."""

import dataclasses
import json
from pathlib import Path

from nas.data.splits import Scaling
from nas.errors import InputError
from nas.files import write_atomic
from nas.study.archive import Archive, Quantization
from nas.study.recipe import read_recipe
from nas.study.result import Winner

_TUPLES = ("class_names", "channel_names")


def save_archive(archive: Archive, folder: Path) -> None:
    """Write the archive as `bundle.json` with its model, `bundle.tflite`, beside it."""
    data = {key: value for key, value in dataclasses.asdict(archive).items() if key != "tflite"}
    data["recipe"] = archive.recipe.to_json()
    write_atomic(folder / "bundle.tflite", archive.tflite)
    # Unsorted: a card lists facts in the order in which they were gathered.
    write_atomic(folder / "bundle.json", json.dumps(data, indent=1))


def load_archive(folder: Path) -> Archive:
    """Read what `save_archive` wrote; InputError if the study has no winner yet."""
    path = folder / "bundle.json"
    if not path.is_file():
        raise InputError(folder, "must hold a winner", hint="run `nas search` until it ends")
    data = json.loads(path.read_text())
    return Archive(
        **{
            **data,
            "tflite": (folder / "bundle.tflite").read_bytes(),
            "winner": Winner.from_json(data["winner"]),
            "scaling": Scaling(tuple(data["scaling"]["mean"]), tuple(data["scaling"]["std"])),
            "input": Quantization(**data["input"]),
            "output": Quantization(**data["output"]),
            "recipe": read_recipe({"recipe": data["recipe"]}),
            "units_scale": data["units_scale"] and tuple(data["units_scale"]),
            **{key: tuple(data[key]) for key in _TUPLES},
        }
    )
