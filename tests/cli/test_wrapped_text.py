"""Text on a terminal: sentences wrap between words, and tables, paths and commands stay whole."""

import textwrap

from nas.cli.views.output import wrapped

LONG = (
    "trial 42 won: best mean accuracy of 3-fold cross-validation, 96.9 %, of the 8 finalists; trial 55 reached 96.2 %"
)


def test_a_sentence_wraps_between_words_within_the_columns() -> None:
    lines = wrapped(LONG, 60).split("\n")
    assert all(len(line) <= 60 for line in lines)
    assert " ".join(line.strip() for line in lines) == LONG
    assert "3-fold" in "\n".join(lines)
    assert all(line.startswith("  ") for line in lines[1:])


def test_short_lines_empty_lines_and_indented_ones_stay_as_they_are() -> None:
    table = textwrap.indent(LONG, "  ")
    assert wrapped(f"files:  best/\n\n{table}", 60) == f"files:  best/\n\n{table}"


def test_a_path_is_never_broken() -> None:
    path = "studies/" + "very-long-name-of-a-study-" * 4 + "/report.html"
    assert path in wrapped(f"report: {path}", 60)
