"""Pages that speak of the code: messages exist in it, and the comparison with MLTK leaves nothing out."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MESSAGES = re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs" / "troubleshooting.md").read_text(), re.MULTILINE)
COMPARISON = (ROOT / "docs" / "mltk.md").read_text()
PASSING = {
    "--no-evaluate", "--no-show", "--no-update-archive", "initial_epoch", "my_model", "schema_version", "train_model",
    "val_accuracy", "save_best_only", "TFLITE_BUILTINS_INT8", "confusion_matrix", "precision_vs_recall", "TrainMixin",
}  # fmt: skip
"""Names in the list of facts that are no properties of their own: halves of switches, defaults, parts of file names."""


@cache
def texts() -> tuple[str, ...]:
    """Return every text in the sources of nas, with a mark where a value is put in."""
    nodes = [node for path in (ROOT / "nas").rglob("*.py") for node in ast.walk(ast.parse(path.read_text()))]
    plain = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    filled = [
        "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in node.values)
        for node in nodes
        if isinstance(node, ast.JoinedStr)
    ]
    return tuple(" ".join(text.split()) for text in (*plain, *filled))


def is_told(message: str) -> bool:
    """Return whether a text of the sources reads so, with anything in place of `...`."""
    parts = [re.escape(part.strip()) for part in message.split("...")]
    pattern = re.compile(".*".join(part for part in parts if part))
    return any(pattern.search(text) for text in texts())


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_that_is_explained_is_one_of_nas(message: str) -> None:
    assert is_told(message)


def test_a_message_that_nas_does_not_have_is_noticed() -> None:
    assert len(MESSAGES) > 60
    assert not is_told("must be a full moon, got ...")


def rows() -> list[list[str]]:
    """Return the cells of the rows of all tables of the comparison, without heads."""
    lines = [line for line in COMPARISON.splitlines() if line.startswith("| ") and not line.startswith("| MLTK |")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_no_row_of_the_comparison_is_left_empty_and_none_says_none_without_a_reason() -> None:
    assert len(rows()) > 120
    assert [row for row in rows() if len(row) != 3 or not all(row)] == []
    assert [row for row in rows() if row[1] == "none" and len(row[2]) < 5] == []


def test_the_comparison_names_every_verb_option_and_property_of_the_facts_about_mltk(shared: Path) -> None:
    facts = (shared / "MLTK.md").read_text()
    names = set(re.findall(r"--[a-z][\w-]*[a-z]|\b[a-zA-Z]+(?:_[A-Za-z0-9]+)+\b|\b[A-Z]\w+Mixin\b", facts))
    events = {name for name in names if name.startswith(("BEFORE_", "AFTER_"))}  # named together
    assert sorted(name for name in names - PASSING - events if name not in COMPARISON) == []
