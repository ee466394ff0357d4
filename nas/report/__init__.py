"""A study's report: one HTML file that is read offline; the only home of Matplotlib."""

from nas.report.page import render, write_report
from nas.report.view import ReportView

__all__ = ["ReportView", "render", "write_report"]
