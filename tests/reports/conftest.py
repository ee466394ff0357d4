"""The report of a made-up study, drawn once for all tests that only read it."""

import pytest
from report_sample import sample_view

from nas.reports.page import render


@pytest.fixture(scope="session")
def view():
    return sample_view()


@pytest.fixture(scope="session")
def page(view):
    return render(view)
