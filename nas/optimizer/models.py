"""The files that a run keeps in addition to its trials: models, checkpoints and the soft labels of teachers."""

from dataclasses import dataclass
from pathlib import Path

from nas.files import write_atomic


def weights_name(trial: int) -> str:
    """Return the name of the file with the float weights of a trial's model."""
    return f"{trial}.npz"


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """The folder `models` of a study; files in it are written atomically."""

    path: Path

    def file(self, name: str) -> Path:
        """Return the path of a file, which need not exist."""
        return self.path / name

    def write(self, name: str, content: bytes) -> Path:
        """Write a file; return its path."""
        return write_atomic(self.file(name), content)
