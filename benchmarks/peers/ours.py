"""This package's own search, without the final trainings at its end.

python ours.py STUDY.toml STUDIES_FOLDER UNTIL, where UNTIL is a `time.time()`.
"""

import contextlib
import json
import sys
import time
from pathlib import Path

import nas
from nas.optimizer.observer import Observer
from nas.study.study_file import make_study, read_study


class Clock(Observer):
    """Prints what became of each candidate, and ends the search when it is time, as Ctrl-C would."""

    def __init__(self, until: float) -> None:
        self.until = until
        self.epochs: dict[str, int] = {}  # by network

    def recorded(self, record: nas.Record) -> None:
        # A candidate that goes on from a rung has the epochs before in its history.
        before, epochs = self.epochs.get(record.digest, 0), len(record.history.get("loss", ()))
        self.epochs[record.digest] = max(before, epochs)
        facts = {
            "time": time.time(),
            "trial": record.trial,
            "state": record.state,
            "epochs": max(0, epochs - before),
            "again": before > 0,
            "val_accuracy": record.val_accuracy,
            "weights_bytes": (record.profiled or {}).get("weights_bytes"),
        }
        print(json.dumps(facts), flush=True)
        self.tick()

    def tick(self, *_: object) -> None:
        if time.time() > self.until:
            raise KeyboardInterrupt


def main() -> None:
    study = make_study(read_study(Path(sys.argv[1])))
    with contextlib.suppress(KeyboardInterrupt):
        nas.search(study, Path(sys.argv[2]), Clock(float(sys.argv[3])))


if __name__ == "__main__":
    main()
