"""An evaluation as files: a page, its pictures and all figures."""

from collections.abc import Mapping
from pathlib import Path

from nas.evaluation.evaluation import Evaluation
from nas.files import write_atomic
from nas.keywords import explains_keywords
from nas.reports.evaluation.figures import FIGURES
from nas.reports.evaluation.page import render
from nas.reports.files import standalone
from nas.text import document

PAGE, FIGURES_OF_ROWS = "evaluation.html", "evaluation.json"


def evaluation_files(evaluation: Evaluation) -> Mapping[str, str]:
    """Return the contents of all files by name, equal for equal evaluations; the JSON document is the last."""
    pictures = {name: standalone(draw(evaluation)) for name, draw in FIGURES.items()}
    return {PAGE: render(evaluation), **pictures, FIGURES_OF_ROWS: document(evaluation.to_json())}


@explains_keywords
def write_evaluation(evaluation: Evaluation, folder: Path) -> list[Path]:
    """Write an evaluation into a folder and return the files; all are made before the first is written."""
    return [write_atomic(folder / name, content) for name, content in evaluation_files(evaluation).items()]
