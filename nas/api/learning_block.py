"""A search as a custom learning block of Edge Impulse: the files of the block, and what its container runs.

Their platform calls the container with `--data-directory`, `--out-directory`, `--info-file` and the parameters of the
block, and takes `model.tflite`, `model_quantized_int8_io.tflite` and `saved_model.zip` from the second folder. The
models take the features as they come: the scaling that the search measured is their first layer.
"""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nas import __version__
from nas.api.block_data import BlockData, read_block_data
from nas.api.loading import load
from nas.api.search import search
from nas.api.studies import define_study
from nas.errors import InputError
from nas.exporters.edge_impulse.block import block_files
from nas.files import write_atomic
from nas.keywords import explains_fields, explains_keywords
from nas.model.deploy.tflite_model import TfliteModel
from nas.model.raw_input import RawModels

FILES = ("model.tflite", "model_quantized_int8_io.tflite", "saved_model.zip")
"""What the platform takes."""
_EXTRAS = ("report.html",)
_CALIBRATION_ROWS = 512
_SHARE_OF_TIME = 0.6
"""Of the platform's time limit, for the search; the rest is for reading, converting, and a slower end."""


@explains_fields()
@dataclass(frozen=True, slots=True)
class BlockSettings:
    """What a user of the block decides, by the names of its parameters.

    Attributes:
        epochs: passes over the rows for a candidate.
        learning_rate: peak of the schedule.
        budget_kb: limit of the weights.
        space: search space; None for the one that suits the features.
        channels: number of sensor channels in a row of features, whose values alternate (x, y, z, x, y, z, ...); 0 for
            features that are not samples of a signal.
        minutes: end after so many, or earlier if the platform leaves less time.
        trials: end after so many candidates.
        seed: of everything random.
    """

    epochs: int = 10
    learning_rate: float = 4e-3
    budget_kb: float = 16.0
    space: str | None = None
    channels: int = 0
    minutes: float = 20.0
    trials: int | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class BlockResult:
    """What a run of the block has found.

    Attributes:
        files: what was written for the platform.
        architecture: the winner's.
        weights_bytes: of the winner.
        accuracy: of the int8 file, which takes raw features, on the rows that the platform held out.
        baseline_accuracy: of always answering the class that is most frequent in training.
        rows: number of these rows.
    """

    files: tuple[str, ...]
    architecture: Mapping[str, Any]
    weights_bytes: int
    accuracy: float
    baseline_accuracy: float
    rows: int

    def to_json(self) -> dict[str, Any]:
        """Return the document of `nas learning-block run --json`."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {"files": list(self.files)}


@explains_keywords
def write_learning_block(folder: str | Path, *, wheel: str | Path | None = None) -> list[Path]:
    """Write the files of the block, which `edge-impulse-blocks push` uploads; return them.

    Args:
        folder: where to write; files of other names in it are left.
        wheel: a wheel of nas to install in the container; None to take this version from the package index.

    Raises:
        InputError: the wheel cannot be read.
    """
    folder, name = Path(folder), None
    if wheel is not None:
        path = Path(wheel)
        if path.suffix != ".whl" or not path.is_file():
            raise InputError(path, "must be a wheel of nas, a .whl file", hint="make one with nox -s build")
        name = path.name
    written = [write_atomic(folder / file, content) for file, content in block_files(__version__, name).items()]
    if name is not None:
        written.append(write_atomic(folder / name, Path(wheel or "").read_bytes()))
    return written


@explains_keywords
def run_learning_block(
    data: str | Path,
    out: str | Path,
    *,
    settings: BlockSettings | None = None,
    info: str | Path | None = None,
    progress: bool = True,
) -> BlockResult:
    """Search a network for the features in a folder and write it as the platform takes it.

    Args:
        data: folder with `X_split_train.npy`, `Y_split_train.npy` and the same of `test`, which is held out.
        out: folder for the models, the report and the winner's archive.
        settings: the block's parameters.
        info: `train_input.json`, which names the classes; the platform gives it, and it may be missing elsewhere.
        progress: whether to show progress on standard error.

    Raises:
        InputError: the files are missing or do not fit together, or nothing fits the budget.
    """
    settings, out = settings or BlockSettings(), Path(out)
    rows = read_block_data(Path(data), settings.channels, None if info is None else Path(info))
    with tempfile.TemporaryDirectory() as work:
        study = define_study(_study(settings, rows))
        search(study, work, data=rows.data(), progress=progress)
        found = load(study.name, work)
        for name in _EXTRAS:
            write_atomic(out / name, (Path(work) / study.name / name).read_bytes())
        for archive in (Path(work) / study.name / "best").glob("*.nas.zip"):
            write_atomic(out / archive.name, archive.read_bytes())
        result = json.loads((Path(work) / study.name / "results.json").read_text())
    return _written(out, rows, found, result)


def _study(settings: BlockSettings, rows: BlockData) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "space": settings.space or rows.space,
        "name": "learning_block",
        "budget_kb": settings.budget_kb,
        "minutes": _minutes(settings, rows),
        "seed": settings.seed,
        "tracking_uri": "none",
        "recipe": {"epochs": settings.epochs, "learning_rate": settings.learning_rate},
    }
    return asked if settings.trials is None else {**asked, "trials": settings.trials}


def _minutes(settings: BlockSettings, rows: BlockData) -> float:
    """Return the minutes of the search: fewer than asked for where the platform would end it with nothing."""
    if rows.most_seconds is None:
        return settings.minutes
    return min(settings.minutes, _SHARE_OF_TIME * rows.most_seconds / 60)


def _written(out: Path, rows: BlockData, found: Any, result: Mapping[str, Any]) -> BlockResult:
    """Write the winner with its scaling as the first layer, and return how it answers."""
    picked = np.random.default_rng(0).permutation(len(rows.x_train))[:_CALIBRATION_ROWS]
    models = RawModels(found.keras, found.scaling, rows.given_shape, rows.row_shape)
    files = models.files(rows.x_train[picked].reshape(-1, *rows.given_shape))
    written = tuple(str(write_atomic(out / name, files[name])) for name in FILES)
    outputs = TfliteModel(files[FILES[1]]).predict(rows.x_test.reshape(-1, *rows.given_shape))
    best = result["best"]
    return BlockResult(
        files=written,
        architecture=best["architecture"],
        weights_bytes=best["weights_bytes"],
        accuracy=float(np.mean(outputs.argmax(axis=1) == rows.y_test)),
        baseline_accuracy=float(np.mean(rows.y_test == np.bincount(rows.y_train).argmax())),
        rows=len(rows.y_test),
    )
