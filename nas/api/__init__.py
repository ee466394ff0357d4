"""The library's verbs, one typed function each: what the command line calls, and what Python users call."""

from nas.api.look import read_splits
from nas.api.study import STUDIES, export, open_study, report, report_view, search, studies

__all__ = ["STUDIES", "export", "open_study", "read_splits", "report", "report_view", "search", "studies"]
