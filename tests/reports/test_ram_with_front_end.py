"""The RAM that people read of a network behind a front-end: what a limit binds, with the front-end's share in it."""

from dataclasses import replace

import pytest
from report_sample import sample_view

from nas.api.progress import line
from nas.cli.views.result import summary
from nas.reports.tiles import ram_tile
from nas.reports.words import size
from nas.space.file import load_space
from nas.study.costs import COSTS
from nas.target.budget import Budget
from nas.target.footprint import Totals
from nas.target.front_end import estimate_member
from nas.target.target import find_target
from nas.text import kilobytes


@pytest.fixture(params=["c", "tflm"])
def totals(request: pytest.FixtureRequest) -> Totals:
    space = load_space("cnn_audio")
    member = space.from_params(space.starts[0], (16000, 1), 8)
    return estimate_member(member, find_target("cortex-m4", request.param))


def test_every_text_gives_the_ram_that_a_limit_binds(totals: Totals) -> None:
    needed, result = totals.ram_bytes, sample_view(20).result
    assert needed == totals.detail.ram_bytes + totals.front_end.ram_bytes
    assert not Budget(ram_bytes=needed).over(totals)
    assert Budget(ram_bytes=needed - 1).over(totals)
    record = replace(result.winner.record, profiled=totals.summary())
    assert f"RAM {needed:,} B " in line(record)
    assert COSTS["arena"].of(record) == needed
    assert kilobytes(needed) in summary(replace(result, winner=replace(result.winner, record=record)))
    assert size(needed) in ram_tile(totals.summary(), None)
