"""A leg of a long training, in a worker process: from a checkpoint to a later one.

The leg is a training that goes on in a folder of its own and is interrupted at the end of an epoch. A training that
goes on ends in the weights of one that was never interrupted, so it does not matter how many legs there are, and where.
"""

import contextlib
import socket
import tempfile
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nas.errors import LONGEST, InputError
from nas.files import write_atomic
from nas.study.model_spec import read_model_spec
from nas.study.training_leg import Leg, LegEnd, LongTraining
from nas.study.training_result import Checkpoints

CHECKPOINTS = "checkpoints"
"""The folder of checkpoints in that of a training."""


class PauseError(Exception):
    """The leg has taken its time, and the checkpoint of its last epoch is written."""


@dataclass(slots=True)
class _Worker:
    """What this process is given once."""

    training: LongTraining | None = None


_worker = _Worker()


@dataclass(slots=True)
class _Epochs:
    """The epochs of a leg; it is `paused` with the first that ends when its time is over."""

    end: float
    paused: bool = False
    done: list[tuple[int, Mapping[str, float]]] = field(default_factory=list)

    def add(self, number: int, numbers: Mapping[str, float]) -> bool:
        """Keep an epoch that has ended, and return whether the leg ends with it."""
        self.done.append((number, dict(numbers)))
        self.paused = time.monotonic() >= self.end
        return self.paused


def initialize(training: LongTraining) -> None:
    """Make this process ready: load TensorFlow and the data."""
    from nas.model import runtime  # noqa: F401 - loaded before the first leg begins to count its time

    _worker.training = training


def perform(leg: Leg) -> LegEnd:
    """Train one leg in this process."""
    from nas.model import runtime

    assert _worker.training is not None, "initialize() comes first"
    with tempfile.TemporaryDirectory(prefix="nas-train-") as temporary:
        folder = Path(temporary) / _worker.training.name
        for name, content in {**_worker.training.files, **leg.files}.items():
            write_atomic(folder / name, content)
        before, epochs = _stamps(folder), _Epochs(time.monotonic() + leg.pause_after)
        trouble = ""
        try:
            _train(_worker.training, folder, epochs)
        except InputError as error:
            trouble = str(error).replace(f"{folder}/", "")
        except Exception as error:  # what callbacks of the user's raise; the epochs so far must not be lost
            trouble = f"{_line(error, folder)}raised {type(error).__name__}: {' '.join(str(error).split())[:LONGEST]}"
        changed = [path for path, stamp in _stamps(folder).items() if before.get(path) != stamp]
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in changed}
    ended = not epochs.paused and not trouble
    return LegEnd(socket.gethostname(), runtime.versions(), tuple(epochs.done), files, ended, trouble)


def _stamps(folder: Path) -> dict[Path, Any]:
    """Return what changes when a file is written, by path."""
    return {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.rglob("*") if path.is_file()}


def _line(error: Exception, folder: Path) -> str:
    """Return the last line of the user's code that an error went through, as `FILE.py:LINE: `; empty if none."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).parent == folder]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}: " if frames else ""


def _train(training: LongTraining, folder: Path, epochs: _Epochs) -> None:
    if training.plan is not None:
        _train_architecture(training, folder, epochs)
    else:
        _train_keras(training, folder, epochs)


def _train_architecture(training: LongTraining, folder: Path, epochs: _Epochs) -> None:
    from nas.model.architecture_training import Epoch, train_architecture

    plan = training.plan
    assert plan is not None

    def count(epoch: Epoch) -> None:
        if epochs.add(plan.position(epoch.number, quantization_aware=epoch.stage != "float"), epoch.numbers):
            raise PauseError

    with contextlib.suppress(PauseError):
        train_architecture(plan, training.data, folder / CHECKPOINTS, resume=True, progress=count)


def _train_keras(training: LongTraining, folder: Path, epochs: _Epochs) -> None:
    from nas.model.keras_training.fit import FitData, Job, fit, make_feed
    from nas.model.user_code import UserCode

    spec, rows = read_model_spec(folder), training.data
    assert training.resolved is not None
    job = Job(
        spec=spec,
        resolved=training.resolved,
        code=UserCode(),
        checkpoints=Checkpoints(folder / CHECKPOINTS, resume=True),
        folder=folder,
        weights=folder / training.weights if training.weights else None,
        after_epoch=epochs.add,
    )
    fit(job, FitData(make_feed(rows, None, spec.training), rows, training.digest))
