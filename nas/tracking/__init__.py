"""Mirrors a study to MLflow, beside the search and never in its way; the only home of MLflow."""

from nas.tracking.address import Address, find_address
from nas.tracking.tracker import Tracker, open_tracker
from nas.tracking.view import PREFIX, page

__all__ = ["PREFIX", "Address", "Tracker", "find_address", "open_tracker", "page"]
