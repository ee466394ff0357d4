"""The page of a model: its graph is drawn whole and without overlaps, and text from a file stays text."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.api.summary import view
from nas.reports.model_page.layout import LANE, lay_out
from nas.reports.model_page.page import ModelView, render_model
from nas.study.summary import LayerSummary, Summary, TensorSummary
from nas.study.tflite_summary import WeightTensor
from nas.target.target import find_target

TARGET = find_target("cortex-m4")
EVIL = '<script>alert("x")</script>&amp;\x1b[31m'


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[int], list[tuple[int, int]]]:
    count = draw(st.integers(1, 60))
    edges = [(draw(st.integers(0, box - 1)), box) for box in range(1, count) for _ in range(draw(st.integers(0, 3)))]
    return list(range(count)), edges


@given(graphs())
def test_every_box_is_drawn_once_below_what_it_reads_and_boxes_do_not_overlap(graph) -> None:
    boxes, edges = graph
    columns = lay_out(boxes, edges)
    assert sorted(box for column in columns for box in column.places) == boxes
    for column in columns:
        for row in range(column.rows):
            across = sorted(x for x, at in column.places.values() if at == row)
            assert all(b - a >= LANE - 1e-6 for a, b in pairwise(across))
        assert all(x - LANE / 2 >= -1e-6 and x + LANE / 2 <= column.width + 1e-6 for x, _ in column.places.values())


@given(graphs())
def test_every_line_is_drawn_downwards_or_told_at_both_ends(graph) -> None:
    boxes, edges = graph
    columns = lay_out(boxes, edges)
    drawn = set()
    for column in columns:
        at = {place: box for box, place in column.places.items()}
        for line in column.lines:
            drawn.add((at[line[0]], at[line[-1]]))
            assert [row for _, row in line] == list(range(line[0][1], line[-1][1] + 1))
    before = {edge for column in columns for edge in column.before}
    behind = {edge for column in columns for edge in column.behind}
    assert before == behind
    assert drawn | before == set(edges)
    assert not drawn & before


def test_a_long_chain_stands_in_columns_of_even_length() -> None:
    columns = lay_out(range(60), [(i, i + 1) for i in range(59)])
    assert [column.rows for column in columns] == [20, 20, 20]
    assert all(column.width == LANE for column in columns)


class Reader(HTMLParser):
    """Collects the names of elements, and the texts."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        self.names.append(tag)

    def handle_data(self, data) -> None:
        self.texts.append(data)


def hostile() -> ModelView:
    """A model whose every text is an attempt to become HTML."""
    tensors = (
        TensorSummary(0, EVIL, "input", (None, 4), EVIL, None),
        TensorSummary(1, EVIL, "constant", (4, 2), "float32", 32),
        TensorSummary(2, EVIL, "output", (None, 2), "float32", 8),
    )
    layer = LayerSummary(0, EVIL, EVIL, (0,), (2,), (1,), 8, 8, 8, {EVIL: EVIL, "activation": EVIL}, reason=EVIL)
    facts = {"keras_version": EVIL, "description": EVIL, "metadata": [{"name": EVIL, "bytes": 1}], "signatures": [EVIL]}
    summary = Summary(EVIL, "keras", "float32", (layer,), tensors, 100, 8, 8, facts)
    return ModelView(summary, [WeightTensor(EVIL, "float32", (4, 2), np.ones(8, np.float32))], TARGET)


def test_every_text_of_a_file_is_escaped() -> None:
    page = render_model(hostile())
    reader = Reader()
    reader.feed(page)
    assert reader.names.count("script") == 1  # the page's own
    assert "<script>alert" not in page
    assert "\x1b" not in page


def test_values_that_are_not_finite_are_counted_and_not_drawn() -> None:
    values = np.array([np.nan, np.inf, -1, 0, 1, 2], np.float32)
    view_ = hostile()
    page = render_model(ModelView(view_.summary, [WeightTensor("w", "float32", (2, 3), values)], TARGET))
    assert "2 not finite" in page
    assert "nan" not in re.sub(r"<[^>]*>", "", page).lower()


@pytest.fixture(scope="module")
def corpus() -> list[Path]:
    return sorted((Path(__file__).resolve().parents[2] / "native" / "fuzz" / "corpus").glob("*.tflite"))


def test_a_page_needs_no_other_file_and_shows_each_operator_and_tensor(corpus, tmp_path) -> None:
    for file in corpus:
        text = view(file, out=tmp_path / "page.html", target="arduino-nano-33-ble").read_text()
        assert not re.search(r"(?:src|href)=\"(?!#)|url\(|@import", text)
        ids = re.findall(r'\bid="([^"]+)"', text)
        assert len(ids) == len(set(ids))
