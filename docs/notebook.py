"""Runs a notebook from top to bottom and keeps its outputs, without times and without what libraries print."""

import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

SECONDS = 3600
"""Limit of one cell; the whole takes about a minute on a quiet machine."""


def run(path: Path) -> None:
    """Run the notebook in an empty folder, and write its outputs into it."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        NotebookClient(notebook, timeout=SECONDS, resources=resources, record_timing=False).execute()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    notebook.metadata = {"kernelspec": notebook.metadata["kernelspec"], "language_info": {"name": "python"}}
    nbformat.write(notebook, path)


if __name__ == "__main__":
    # Kernels warn that they are reached without encryption; they are on this machine.
    os.environ["PYTHONWARNINGS"] = "ignore"
    for argument in sys.argv[1:]:
        run(Path(argument))
