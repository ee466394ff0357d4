"""Text as a table: which delimiter, which decimal sign, which lines hold cells, and what is refused at which line."""

import pytest

from nas.data.tables.delimited import SAMPLE, parse
from nas.data.tables.table import MAX_COLUMNS, Table
from nas.errors import InputError


def cells(table: Table) -> list[list[object]]:
    return table.frame.to_numpy().tolist()


@pytest.mark.parametrize("rows", [1, 2, 3, SAMPLE, 40])
@pytest.mark.parametrize(("delimiter", "note"), [(",", ""), (";", "semicolon"), ("\t", "tab"), ("|", "bar")])
def test_a_table_is_read_by_what_stands_between_its_cells(rows: int, delimiter: str, note: str) -> None:
    text = "\n".join(f"{a}{delimiter}{b}" for a, b in [("a", "b"), *((n, n + 0.5) for n in range(rows))])
    found = parse(text, "here")
    assert cells(found) == [[n, n + 0.5] for n in range(rows)]
    assert found.names == ("a", "b")
    assert found.lines is not None
    assert found.lines.tolist() == list(range(2, rows + 2))
    assert found.notes == ((f"delimiter: {note}",) if note else ())


@pytest.mark.parametrize(
    ("text", "names", "rows"),
    [
        # The commas are within texts, the semicolons between cells.
        ("what;n\nup, on;1\nleft, on;2\na, b;3\n", ("what", "n"), [["up, on", 1], ["left, on", 2], ["a, b", 3]]),
        # Blanks within times, commas between cells.
        ("t,n\n2024-05-01 12:00,1\n2024-05-01 12:01,2\n2024-05-01 12:02,3\n", ("t", "n"),
         [["2024-05-01 12:00", 1], ["2024-05-01 12:01", 2], ["2024-05-01 12:02", 3]]),
        # Decimal commas, semicolons between cells.
        ("a;b\n1,5;-2\n-0,25;3e2\n,5;4\n", ("a", "b"), [[1.5, -2], [-0.25, 300], [0.5, 4]]),
        ("a b\n1,5 2\n2,5 3\n3,5 4\n", ("a", "b"), [[1.5, 2], [2.5, 3], [3.5, 4]]),
        # One column of decimal commas is no table of two.
        ("volt\n1,5\n2,25\n3,125\n", ("volt",), [[1.5], [2.25], [3.125]]),
        ("volt\n1.5\n2.25\n", ("volt",), [[1.5], [2.25]]),
        ('a,b\n"1,5","2"\n"2,5","3"\n"3,5","4"\n', ("a", "b"), [[1.5, 2], [2.5, 3], [3.5, 4]]),
        ('a;b\n"x;y";1\n"z";2\n"w";3\n', ("a", "b"), [["x;y", 1], ["z", 2], ["w", 3]]),
        # What Excel says comes first, whatever else would fit.
        ("sep=;\na;b\n1;2\n", ("a", "b"), [[1, 2]]),
        ('"SEP=|"\na,b|c,d\n1|2\n3|4\n5|6\n', ("a,b", "c,d"), [[1, 2], [3, 4], [5, 6]]),
        ("sep=x\na,b\n1,2\n3,4\n", ("a", "b"), [[1, 2], [3, 4]]),
        # The comment is a header if there is no other one.
        ("# made by a logger\n# a, b\n1,2\n3,4\n5,6\n", ("a", "b"), [[1, 2], [3, 4], [5, 6]]),
        ("# made by, me\na,b\n1,2\n3,4\n", ("a", "b"), [[1, 2], [3, 4]]),
        ("a,b\n1,2 # a mark\n3,4  # another\n-5,.6 #\n", ("a", "b"), [[1, 2], [3, 4], [-5, 0.6]]),
        ("what,n\nlane #1,2\nlane #2,4\nlane #3,6\n", ("what", "n"), [["lane #1", 2], ["lane #2", 4], ["lane #3", 6]]),
        # Blank cells behind a line, or below the header alone.
        ("a;b\n1;2;\n3;4;;\n5;6;\n", ("a", "b"), [[1, 2], [3, 4], [5, 6]]),
        ('n;of\n1;"x;y";\n2;z\n3;w;\n4;v\n5;u\n', ("n", "of"), [[1, "x;y"], [2, "z"], [3, "w"], [4, "v"], [5, "u"]]),
        ("a,b\r\n1,2\r\n3,4\r\n", ("a", "b"), [[1, 2], [3, 4]]),
        ("a,b\r1,2\r3,4\r", ("a", "b"), [[1, 2], [3, 4]]),
    ],
)  # fmt: skip
def test_a_form_is_recognized(text: str, names: tuple[str, ...], rows: list[list[object]]) -> None:
    found = parse(text, "here")
    assert (found.names, cells(found)) == (names, rows)


def test_lines_keep_their_numbers_in_the_file() -> None:
    found = parse("# one\n\na,b\n1,2\n\n# mark\n3,4\n \n5,6\n", "here")
    assert found.lines is not None
    assert (found.lines.tolist(), found.at(1)) == ([4, 7, 9], "here:7")


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("a;b\n1,5;2\n2,5;3\n3,5;4\n", ("delimiter: semicolon", "decimal comma")),
        ("volt\n1,5\n2,25\n3,125\n", ("decimal comma",)),
        ("a  b\n1  2\n3  4\n5  6\n", ("delimiter: blanks",)),
        ("a,b,c\n1,2,3\n4,5,6\n7,8", ("the last line is cut off and left out",)),
        ("x\n1\n2\n", ()),
    ],
)
def test_what_was_assumed_is_noted_behind_what_was_assumed_before(text: str, notes: tuple[str, ...]) -> None:
    assert parse(text, "here", ("before",)).notes == ("before", *notes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "here: must hold samples, but is empty"),
        ("\n# nothing\n \n", "here: must hold samples, but is empty"),
        ("sep=;\n", "here: must hold samples, but is empty"),
        ("a,b,c\n", "here: must hold samples, but has only a header"),
        ("a,b\n1,05,2,75\n2,15,3,85\n3,25,4,95\n", "must not have the comma both between cells and within numbers"),
        ("1,5,2,75\n2,05,3,85\n3,25,4,95\n", "must not have the comma both between .* got '1,5,2,75'"),
        ("a;b\n1,5;2.5\n2,5;3.5\n3,5;4.5\n", "must not have decimal points beside decimal commas, got [234].5"),
        ("a,b\n1,2\n\n3,4,5\n6,7\n8,9\n", "here:4: must have 2 cells like the first line, got 3"),
        ("a,b\n1,2\n3\n6,7\n8,9\n", "here:3: must have 2 cells like the first line, got 1"),
        ("sep=,\na,b\n1\n", "here:3: must have 2 cells like the first line, got 1"),
        ("a," * MAX_COLUMNS + "b\n" + "1," * MAX_COLUMNS + "2\n", "must have at most 10000 columns, got 10001"),
    ],
)  # fmt: skip
def test_a_form_that_may_mean_two_things_is_refused_at_its_line(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as refusal:
        parse(text, "here")
    assert "\n" not in str(refusal.value)


def test_numbers_with_zeros_before_them_are_no_halves_where_a_header_names_each_column() -> None:
    assert cells(parse("a,b\n01,2\n02,3\n03,4\n", "here")) == [[1, 2], [2, 3], [3, 4]]
