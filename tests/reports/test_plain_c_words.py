"""A study on plain C: nothing that people read calls its RAM an arena, which is TFLM's."""

import dataclasses
import html
import re

import pytest
import rooms
from report_sample import sample_view

from nas.api.progress import candidates, line
from nas.cli.views.result import front
from nas.reports.memory_map.format import MAP_FORMATS
from nas.reports.page import render
from nas.study.costs import COSTS
from nas.target.profiler import profile
from nas.target.side_by_side import side_by_side
from nas.target.target import find_target
from nas.tracking.note import experiment_note

MODEL = rooms.ROOT / "native" / "fuzz" / "corpus" / "cnn_timeseries.tflite"


@pytest.fixture(scope="module")
def footprint():
    return profile(MODEL.read_bytes(), find_target("nucleo-l031k6"))


@pytest.fixture(scope="module")
def view(footprint):
    """A made-up study whose candidates have all the costs of one network as plain C."""
    facts = footprint.summary()
    sample = sample_view(60)

    def moved(record):
        known = {name: facts for name in ("profiled", "estimated") if getattr(record, name) is not None}
        return dataclasses.replace(record, **known)

    result = sample.result
    winner = dataclasses.replace(result.winner, record=moved(result.winner.record), hand_made=None)
    result = dataclasses.replace(result, winner=winner, front=tuple(map(moved, result.front)))
    return dataclasses.replace(sample, result=result, records=tuple(map(moved, sample.records)), footprint=footprint)


def shown(page: str) -> str:
    """Return the words of a page of HTML, without scripts and styles."""
    bare = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", " ", bare)).replace("\N{NO-BREAK SPACE}", " ")


def test_the_report_names_the_parts_of_its_ram_and_no_arena(view, footprint):
    words = " ".join(shown(render(view)).split())
    assert "arena" not in words.lower()
    ram = footprint.detail
    assert f"static {ram.static:,} B, input and output {ram.given:,} B, stack {ram.stack:,} B" in words
    assert "How plain C uses its static RAM" in words


@pytest.mark.parametrize("form", MAP_FORMATS)
def test_its_memory_map_shows_static_ram(footprint, form):
    words = shown(MAP_FORMATS[form](footprint))
    assert "arena" not in words.lower()
    assert "static RAM" in words


def test_the_terminal_and_mlflow_speak_of_ram(view):
    complete = view.complete()
    assert "RAM" in line(complete[0])
    columns = [column.header for column in candidates(complete, 200).columns]
    texts = [line(complete[0]), front(view.result), *columns, COSTS["arena"].titled(complete)]
    assert [text for text in texts if "arena" in str(text)] == []
    (head,) = (one for one in experiment_note("#/", view.result.winner).split("\n") if one.startswith("Winner"))
    assert "arena" not in head
    assert "RAM in all" in head


def test_the_report_shows_both_runtimes_and_the_commands_of_each(view):
    target = find_target("cortex-m4")
    both = dataclasses.replace(view, runtimes=side_by_side(MODEL.read_bytes(), target))
    words = " ".join(shown(render(both)).split())
    for runtime in ("tflm", "c"):
        assert f"{profile(MODEL.read_bytes(), target.on(runtime)).flash_bytes:,} B" in words
    assert "nas export studies/demo/best/model.tflite --name cnn_timeseries_uci_har_windows_6kb --format cmake" in words
    assert "arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -O2 -c cnn_timeseries_uci_har_windows_6kb.c" in words
