"""The checkpoints of a training as files, so that it goes on after the process was killed at any time."""

import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nas.codec import parse_json
from nas.errors import InputError
from nas.files import write_atomic
from nas.model.training.checkpoint import Checkpoint

IDENTITY = "training.json"
_ANEW = "train anew, without --resume"


@dataclass(frozen=True, slots=True)
class CheckpointFolder:
    """A folder with the newest checkpoint of each stage of one training, each replaced atomically.

    Life cycle: `begin` empties it, or checks that what it holds is of the same training; then `load` and `keeper`.
    """

    path: Path

    def begin(self, identity: Mapping[str, Any], *, resume: bool) -> None:
        """Make the folder ready for a training.

        Args:
            identity: all that decides the training's weights, as JSON; a checkpoint of another training is refused.
            resume: whether to go on from the checkpoints that it holds; else they are deleted.

        Raises:
            InputError: the checkpoints to go on from are another training's.
        """
        file = self.path / IDENTITY
        if resume and file.is_file():
            self._require_same(parse_json(file.read_bytes(), file), json.loads(json.dumps(identity)))
            return
        for stage in self.path.glob("*.npz"):
            stage.unlink()
        write_atomic(file, json.dumps(identity, indent=1))

    def load(self, stage: str) -> Checkpoint | None:
        """Return the newest checkpoint of a stage; None if it has not ended its first epoch."""
        file = self.path / f"{stage}.npz"
        try:
            return Checkpoint.loads(file.read_bytes()) if file.is_file() else None
        except (ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise InputError(file, "must be a checkpoint", got=error, hint=_ANEW) from None

    def keeper(self, stage: str) -> Callable[[Checkpoint], None]:
        """Return a function that stores the checkpoint of an epoch of a stage."""

        def keep(checkpoint: Checkpoint) -> None:
            write_atomic(self.path / f"{stage}.npz", checkpoint.dumps())

        return keep

    def _require_same(self, stored: object, asked: Mapping[str, Any]) -> None:
        known = stored if isinstance(stored, dict) else {}
        differing = [key for key in {**asked, **known} if known.get(key) != asked.get(key)]
        if differing:
            rule = f"are of a training with other settings: {', '.join(differing)}"
            raise InputError(self.path, rule, hint=f"give the same ones, or {_ANEW}")
