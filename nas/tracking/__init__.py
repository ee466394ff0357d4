"""Logs a study to MLflow from a thread of its own, so that the search never waits for it; the only home of MLflow."""

from nas.tracking.address import Address, find_address
from nas.tracking.deletion import delete_runs
from nas.tracking.tracker import Tracker, open_tracker
from nas.tracking.view import PREFIX, page

__all__ = ["PREFIX", "Address", "Tracker", "delete_runs", "find_address", "open_tracker", "page"]
