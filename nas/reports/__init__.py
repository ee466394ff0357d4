"""A study's report: one HTML file that is read offline; the only home of Matplotlib."""

from nas.reports.files import figure_files
from nas.reports.page import render, write_report
from nas.reports.view import ReportView

__all__ = ["ReportView", "figure_files", "render", "write_report"]
