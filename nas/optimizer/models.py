"""The files that a run keeps beside its trials: models, checkpoints and what teachers answered."""

from dataclasses import dataclass
from pathlib import Path

from nas.files import write_atomic


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """The folder `models` of a study; a file that is written is there whole or not at all."""

    path: Path

    def file(self, name: str) -> Path:
        """Return the path of a file, which need not exist."""
        return self.path / name

    def write(self, name: str, content: bytes) -> None:
        write_atomic(self.file(name), content)
