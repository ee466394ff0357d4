"""The notebooks in `examples/` run from top to bottom, and draw what they say."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "examples").glob("*.ipynb"))
# Settings of the notebooks that take most of their time, and shorter ones.
SHORTER = {"EPOCHS = 20": "EPOCHS = 3", "trials=8": "trials=4", '"winner_epochs": 8': '"winner_epochs": 4'}
# A busy machine takes its time.
SECONDS = 1800


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom_with_its_plots(path: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        for shown, shorter in SHORTER.items():
            cell["source"] = cell["source"].replace(shown, shorter)
    committed = {cell["id"]: kinds(cell) for cell in notebook.cells if cell.cell_type == "code"}
    NotebookClient(notebook, timeout=SECONDS, resources={"metadata": {"path": str(tmp_path)}}).execute()
    ran = {cell["id"]: kinds(cell) for cell in notebook.cells if cell.cell_type == "code"}
    assert sum("image/png" in found for found in ran.values()) >= 3
    # What is shown on GitHub was made by these cells.
    assert {cell: found - {"stream"} for cell, found in committed.items()} == {
        cell: found - {"stream"} for cell, found in ran.items()
    }


def kinds(cell: nbformat.NotebookNode) -> set[str]:
    """Return the kinds of a cell's outputs."""
    return {kind for output in cell.outputs for kind in output.get("data", {output.output_type: None})}
