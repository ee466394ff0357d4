"""The files of a winner's model, kept with the trials where several processes share them, each with its own folder."""

import base64

from nas.optimizer.ledger import Ledger
from nas.optimizer.models import ModelFolder

WINNER_MODEL = "winner.tflite"
WINNER_WEIGHTS = "winner.npz"
_KEY = "winner files"


def hand_over(ledger: Ledger, models: ModelFolder) -> None:
    """Store the files of the winner that this process has trained."""
    files = {name: models.file(name).read_bytes() for name in (WINNER_MODEL, WINNER_WEIGHTS)}
    ledger.put(_KEY, {name: base64.b64encode(content).decode() for name, content in files.items()})


def take_over(ledger: Ledger, models: ModelFolder) -> None:
    """Write the files of a winner that another process has trained, if there is one."""
    for name, content in (ledger.get(_KEY) or {}).items():
        models.write(name, base64.b64decode(content))
