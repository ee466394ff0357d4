"""Columns of text in a table without groups: they are left out, and may be what groups the rows."""

from pathlib import Path

import pytest

from nas.data.source import load


@pytest.mark.parametrize(("values", "asked"), [(["left", "right"], True), ([f"note {i}" for i in range(40)], False)])
def test_a_column_of_repeated_text_may_be_that_of_the_groups(tmp_path: Path, values: list[str], asked: bool) -> None:
    rows = [f"{i * 0.25},{values[i % len(values)]},{'on' if i % 3 else 'off'}" for i in range(40)]
    (tmp_path / "rows.csv").write_text("\n".join(["level,device,label", *rows]))
    (told,) = [note for note in load(str(tmp_path / "rows.csv")).notes if "device" in note]
    assert "column device holds text" in told
    assert ("give --group-column device" in told) is asked
