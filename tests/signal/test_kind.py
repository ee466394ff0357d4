"""The kinds of rows, and the shape in which a network reads each."""

import pytest

from nas.signal.kind import Kind, as_input

SHAPES = {Kind.TABLE: (20,), Kind.WINDOW: (256, 3), Kind.IMAGE: (12, 12, 1)}


@pytest.mark.parametrize(("kind", "shape"), SHAPES.items())
def test_the_number_of_axes_of_a_row_tells_its_kind(kind: Kind, shape: tuple[int, ...]) -> None:
    assert Kind.of(shape) == kind
    assert kind.axes == len(shape)


def test_texts_call_the_rows_of_a_table_rows_and_others_by_their_kind() -> None:
    assert [kind.plural for kind in SHAPES] == ["rows", "windows", "images"]


@pytest.mark.parametrize("shape", [(), (1, 2, 3, 4)])
def test_a_row_without_axes_or_with_four_is_of_no_kind(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="1 to 3 axes"):
        Kind.of(shape)


def test_a_network_reads_a_window_as_an_image_of_height_1_and_other_rows_unchanged() -> None:
    assert [as_input(shape) for shape in SHAPES.values()] == [(20,), (1, 256, 3), (12, 12, 1)]
