"""The memory map shows the whole plan: where every buffer lies and when it is in use, in each format."""

import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.errors import InputError
from nas.graph.builder import GraphBuilder
from nas.reports.memory_map.format import MAP_FORMATS, write_memory_map
from nas.reports.memory_map.lifetimes import live_at, peak_op, planned, printable, short_name
from nas.reports.memory_map.page import to_html
from nas.reports.memory_map.svg import LETTER, LINE, Box, to_svg
from nas.reports.memory_map.text import to_text
from nas.target.footprint import Flash, Footprint, OpFootprint, TensorFootprint
from nas.target.profiler import estimate, profile
from nas.target.ram import Arena
from nas.target.target import find_target

TARGET = find_target("cortex-m4")


def network(blocks: int = 2) -> Footprint:
    builder = GraphBuilder((1, 64, 3))
    for _ in range(blocks):
        builder.conv2d(8, 5)
        builder.pool2d("max")
    builder.flatten()
    builder.fully_connected(5)
    return estimate(builder.graph(), TARGET)


def rectangles(svg: str) -> list[tuple[str, float, float, float, float]]:
    """Title, left, top, width and height of each rectangle that has a title."""
    found = []
    for rect in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}rect"):
        title = rect.find("{http://www.w3.org/2000/svg}title")
        if title is not None and title.text is not None:
            found.append((title.text, *(float(rect.get(key, "")) for key in ("x", "y", "width", "height"))))
    return found


def of_tensors(svg: str) -> list[tuple[str, float, float, float, float]]:
    return [row for row in rectangles(svg) if row[0][0].isdigit()]


@given(st.integers(1, 6))
def test_every_buffer_of_the_plan_is_a_rectangle(blocks: int) -> None:
    footprint = network(blocks)
    titles = [title for title, *_ in of_tensors(to_svg(footprint))]
    assert [title.split()[0] for title in titles] == [str(tensor.index) for tensor in planned(footprint)]


@given(st.integers(1, 6))
def test_no_two_rectangles_overlap_as_no_two_buffers_do(blocks: int) -> None:
    for (_, x, y, w, h), (_, x2, y2, w2, h2) in combinations(of_tensors(to_svg(network(blocks))), 2):
        apart = x + w <= x2 or x2 + w2 <= x or y + h <= y2 + 0.2 or y2 + h2 <= y + 0.2
        assert apart or min(h, h2) <= 1  # a buffer of a few bytes is drawn half a pixel high, to be seen


def labels(svg: str) -> list[tuple[str, Box]]:
    """The labels of the tensors, each with its place."""
    found = []
    for each in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
        if each.get("class") is None and each.text is not None and not each.text.startswith("tail"):
            width = LETTER * len(each.text)
            left = float(each.get("x", "")) - (width / 2 if each.get("text-anchor") == "middle" else 0)
            found.append((each.text, Box(left, float(each.get("y", "")) - LINE + 4, width, LINE - 2)))
    return found


@given(st.integers(1, 6))
def test_no_label_covers_another_or_leaves_the_plot(blocks: int) -> None:
    svg = to_svg(network(blocks))
    ((_, left, top, width, _),) = (row for row in rectangles(svg) if row[0].startswith("tail"))
    boxes = [box for _, box in labels(svg)]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert all(left <= box.x and box.x + box.width <= left + width and box.y >= top for box in boxes)


@given(st.integers(1, 6))
def test_a_label_lies_within_a_rectangle_or_where_none_is(blocks: int) -> None:
    svg = to_svg(network(blocks))
    drawn = [Box(*place) for _, *place in of_tensors(svg)]
    for _, box in labels(svg):
        inside = any(one.x <= box.x and box.x + box.width <= one.x + one.width and holds(one, box) for one in drawn)
        assert inside or not any(box.overlaps(one) for one in drawn)


def holds(rectangle: Box, label: Box) -> bool:
    """Whether a label lies between the rectangle's lower and upper edge, which a line may exceed by two pixels."""
    return rectangle.y - 2 <= label.y and label.y + label.height <= rectangle.y + rectangle.height + 2


def test_a_large_buffer_is_labelled_with_its_name_and_its_bytes() -> None:
    footprint = network()
    largest = max(planned(footprint), key=lambda tensor: tensor.bytes)
    words = [text for text, _ in labels(to_svg(footprint))]
    assert f"{largest.index} {short_name(largest.name)}" in words
    assert f"{largest.bytes:,} B" in words


def test_heights_are_bytes_and_head_and_tail_fill_the_arena() -> None:
    footprint = network()
    drawn = rectangles(to_svg(footprint))
    (tail,) = (row for row in drawn if row[0].startswith("tail"))
    pixels_a_byte = tail[4] / footprint.detail.tail
    for tensor, (_, _, _, _, height) in zip(planned(footprint), of_tensors(to_svg(footprint)), strict=True):
        assert height == pytest.approx(max(tensor.bytes * pixels_a_byte, 0.5), abs=0.06)
    top, bottom = tail[2], max(y + h for _, _, y, _, h in of_tensors(to_svg(footprint)))
    assert bottom - top == pytest.approx(footprint.ram_bytes * pixels_a_byte, abs=0.5)


def test_a_rectangle_begins_at_the_first_operator_that_needs_the_buffer_and_ends_at_the_last() -> None:
    footprint = network()
    drawn = rectangles(to_svg(footprint))
    ((_, left, _, width, _),) = (row for row in drawn if row[0].startswith("tail"))
    an_op = width / len(footprint.ops)
    assert any(tensor.first_op != tensor.last_op for tensor in planned(footprint))
    for tensor, (_, x, _, across, _) in zip(planned(footprint), of_tensors(to_svg(footprint)), strict=True):
        assert x == pytest.approx(left + an_op * tensor.first_op, abs=2)
        assert x + across == pytest.approx(left + an_op * (tensor.last_op + 1), abs=2)


def test_buffers_are_listed_by_offset() -> None:
    offsets = [tensor.offset for tensor in planned(network(4))]
    assert offsets == sorted(offsets)
    assert len(set(offsets)) > 2


@given(st.text(max_size=60))
def test_a_name_never_breaks_a_picture(name: str) -> None:
    footprint = made_up(name)
    assert any(printable(name) in title for title, *_ in of_tensors(to_svg(footprint)))
    Strict().feed(to_html(footprint))
    assert all(len(line) <= 80 for line in to_text(footprint).splitlines())


@given(st.text())
def test_a_printable_name_holds_no_control_characters_and_keeps_all_others(name: str) -> None:
    assert printable(name).isprintable()
    assert [b for a, b in zip(name, printable(name), strict=True) if a.isprintable()] == [
        *filter(str.isprintable, name)
    ]


class Strict(HTMLParser):
    """Fails on anything that runs code or loads a file."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # The page has one script of its own, without a source.
        assert tag not in ("link", "img", "iframe", "object")
        assert not {"src", "href", "onload"} & {name for name, _ in attrs}


def made_up(name: str) -> Footprint:
    tensors = (
        TensorFootprint(0, name, (1, 16), "int8", 16, "input", 0, 0, 0),
        TensorFootprint(1, "out", (1, 8), "int8", 8, "output", 16, 0, 0),
    )
    ops = (OpFootprint(0, "SOFTMAX", 0, 0, None, (0,), (1,), True, None),)
    totals = ("host", "tflm", "90b983c", "reference", 100, 0, Arena(32, 100, 144), Flash(100, 100), 0, None, True)
    return Footprint(*totals, file=name, ops=ops, tensors=tensors)


def test_the_page_marks_the_buffers_that_are_in_use_at_the_peak() -> None:
    footprint = network()
    marked = re.findall(r'<tr class="marked"><td>(\d+)</td>', to_html(footprint))
    assert {int(index) for index in marked} == {t.index for t in live_at(footprint, peak_op(footprint))}


def test_the_text_has_a_letter_and_a_line_for_each_buffer() -> None:
    footprint = network()
    text = to_text(footprint)
    grid, legend = text.split(" offset     bytes")
    for tensor in planned(footprint):
        (line,) = (row for row in legend.splitlines() if row.endswith(short_name(tensor.name, most=33)))
        assert f"{tensor.offset:,}" in line
        assert f"{tensor.bytes:,}" in line
        if tensor.bytes >= footprint.detail.head / 12:
            assert line[0] * 2 in grid


@pytest.mark.parametrize("ops", [1, 20, 60, 200])
def test_the_text_stays_within_80_columns_however_many_operators(ops: int) -> None:
    builder = GraphBuilder((1, 64, 3))
    for _ in range(ops):
        builder.conv2d(4, 3)
    text = to_text(estimate(builder.graph(), TARGET))
    assert max(map(len, text.splitlines())) <= 80
    numbered = [int(n) for line in re.findall(r"^ {9}([\d ]+)$", text, re.MULTILINE) for n in line.split()]
    assert numbered == list(range(ops))


def test_the_peak_has_the_most_bytes_and_fits_the_head() -> None:
    footprint = network(4)
    used = [sum(t.bytes for t in live_at(footprint, op.index)) for op in footprint.ops]
    assert used[peak_op(footprint)] == max(used) <= footprint.detail.head


@pytest.mark.parametrize(("name", "start"), [("svg", "<svg"), ("html", "<!DOCTYPE html>"), ("txt", "arena")])
def test_the_file_is_of_the_format_that_its_name_says(tmp_path: Path, name: str, start: str) -> None:
    assert write_memory_map(network(), tmp_path / f"map.{name}").read_text().startswith(start)


@pytest.mark.parametrize("name", MAP_FORMATS)
def test_every_format_names_every_buffer_and_repeats_itself(name: str) -> None:
    written = MAP_FORMATS[name](network())
    assert written == MAP_FORMATS[name](network())
    assert all(short_name(tensor.name, most=33) in written for tensor in planned(network()))


@pytest.mark.parametrize(
    ("file", "title"),
    [(None, "estimate on host"), ("", "model on host"), ("models/net.tflite", "net.tflite on host")],
)
def test_a_map_is_titled_with_the_name_of_its_file(file: str | None, title: str) -> None:
    footprint = replace(made_up("input"), file=file)
    assert f"{title}: 144 B of arena" in to_svg(footprint)
    assert f"<h1>{title}</h1>" in to_html(footprint)


def test_another_format_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.html, \.svg, \.txt, got '\.png'"):
        write_memory_map(network(), tmp_path / "map.png")


def test_a_converters_name_is_cut_to_its_last_parts() -> None:
    name = "model_1/block/conv1d_2/Relu;model_1/block/conv1d_2/BiasAdd;another"
    assert short_name(name) == "block/conv1d_2/Relu"
    assert len(short_name("x" * 99, most=20)) == 20


def test_every_published_model_has_a_map(shared: Path) -> None:
    for file in sorted((shared / "truth" / "external").glob("*.tflite")):
        footprint = profile(file, TARGET)
        assert len(of_tensors(to_svg(footprint))) == len(planned(footprint)) > 0
        assert math.prod(len(draw(footprint)) for draw in MAP_FORMATS.values()) > 0
