"""An evaluation as files: a page, its pictures and all figures."""

from collections.abc import Mapping
from pathlib import Path

from nas.evaluation.evaluation import Evaluation
from nas.evaluation.regression import RegressionEvaluation
from nas.files import write_atomic
from nas.keywords import explains_keywords
from nas.reports.evaluation import regression
from nas.reports.evaluation.figures import FIGURES
from nas.reports.evaluation.page import render
from nas.reports.files import standalone
from nas.text import document

PAGE, FIGURES_OF_ROWS = "evaluation.html", "evaluation.json"


def evaluation_files(evaluation: Evaluation | RegressionEvaluation) -> Mapping[str, str]:
    """Return the contents of all files by name, equal for equal evaluations; the JSON document is the last."""
    if isinstance(evaluation, RegressionEvaluation):
        charts = {name: standalone(drawn) for name, drawn in regression.pictures(evaluation)}
        found = document(evaluation.to_json())
        return {PAGE: regression.render_regression(evaluation), **charts, FIGURES_OF_ROWS: found}
    pictures = {name: standalone(draw(evaluation)) for name, draw in FIGURES.items()}
    return {PAGE: render(evaluation), **pictures, FIGURES_OF_ROWS: document(evaluation.to_json())}


@explains_keywords
def write_evaluation(evaluation: Evaluation | RegressionEvaluation, folder: Path) -> list[Path]:
    """Write an evaluation into a folder and return the files; all are made before the first is written."""
    return [write_atomic(folder / name, content) for name, content in evaluation_files(evaluation).items()]
