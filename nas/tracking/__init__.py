"""Logs a study to MLflow from a process of its own, so that the search never waits for it; the only home of MLflow."""

from nas.tracking.address import Address, find_address
from nas.tracking.apart import track_apart
from nas.tracking.client import prepare_store
from nas.tracking.deletion import delete_runs
from nas.tracking.entries import study_tags
from nas.tracking.gaps import untracked
from nas.tracking.identity import known_run
from nas.tracking.tracker import Tracker, open_tracker

__all__ = [
    "Address",
    "Tracker",
    "delete_runs",
    "find_address",
    "known_run",
    "open_tracker",
    "prepare_store",
    "study_tags",
    "track_apart",
    "untracked",
]
