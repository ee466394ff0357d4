"""The page and pictures of an evaluation: complete, self-contained, and showing the figures that were computed."""

import json
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from test_report_page import Outline

from nas.data.dataset import Part
from nas.evaluation.evaluation import Evaluation, Subject, evaluate_rows
from nas.reports.evaluation.figures import FIGURES
from nas.reports.evaluation.files import write_evaluation
from nas.reports.evaluation.page import render
from nas.text import percent

NAMES = ("idle", "walk <b>", "run")


def made(classes: int = 3, rows: int = 300, both: bool = True, **about: object) -> Evaluation:
    """An evaluation of made-up answers."""
    rng = np.random.default_rng(0)
    names = NAMES if classes == 3 else tuple(f"class {i}" for i in range(classes))
    y = rng.integers(0, classes, rows)
    before = rng.dirichlet(np.ones(classes), rows).astype(np.float32) / 2 + np.eye(classes, dtype=np.float32)[y] / 2
    after = np.roll(before, 1, axis=0) * 0.1 + before * 0.9
    part = Part(rng.normal(size=(rows, 30, 2)).astype(np.float32), y, np.array([f"s{i % 6}" for i in range(rows)]))
    subject = replace(Subject("gesture", "data.npz", "test", names, 1), **about)
    return evaluate_rows(part, subject, after, before if both else None)


@pytest.fixture(scope="module")
def page() -> str:
    return render(made())


def text(page: str) -> str:
    return "".join(Outline(page).text).replace("\u00a0", " ")


def test_the_page_needs_no_other_file_and_its_identifiers_are_unique(page):
    outline = Outline(page)
    assert not [attrs for _, attrs in outline.elements if "src" in attrs or not attrs.get("href", "#").startswith("#")]
    assert len(outline.ids) == len(set(outline.ids))
    assert "walk <b>" in "".join(outline.text)


def test_the_page_shows_each_metric_with_its_interval_and_the_baseline(page):
    found, shown = made(), text(page)
    for scores in found.models.values():
        for name, estimate in scores.metrics.items():
            assert percent(estimate.value) in shown
            assert f"{100 * estimate.low:.1f} to {percent(estimate.high)}" in shown
            assert percent(found.baseline[name]) in shown
    assert f"Changed by quantization{percent(found.disagreement.rows / found.rows)}" in shown


def test_groups_are_shown_the_worst_first(page):
    found, shown = made(), text(page)
    places = [shown.index(f"{one.name}{percent(one.int8['accuracy'])}") for one in found.groups]
    assert places == sorted(places)


def test_false_alarms_are_those_of_an_hour_where_the_time_of_a_row_is_known(page):
    known = made(seconds_per_row=0.5)
    one = known.int8.classes[0].detection
    at_half = next(point for point in one.thresholds if point.threshold == 0.5)
    assert f"{at_half.false_alarms / one.others * 7200:,.3g} false / h" in text(render(known))
    assert "in an hour is not known" in text(page)


def test_a_page_of_one_model_has_nothing_on_quantization():
    shown = text(render(made(both=False)))
    assert "What quantization changed" not in shown
    assert "float" not in shown.partition("Metrics")[2]


@pytest.mark.parametrize("classes", [2, 40])
def test_a_folder_holds_the_page_all_figures_and_the_pictures_as_svg_files(classes, tmp_path):
    files = write_evaluation(made(classes), tmp_path)
    assert {path.name for path in files} == {*FIGURES, "evaluation.html", "evaluation.json"}
    for name in FIGURES:
        assert ElementTree.fromstring((tmp_path / name).read_text()).tag.endswith("svg")
    assert json.loads((tmp_path / "evaluation.json").read_text())["rows"] == 300


def test_a_picture_is_equal_whenever_it_is_drawn():
    assert FIGURES["false_alarms.svg"](made()) == FIGURES["false_alarms.svg"](made())


def test_of_many_classes_the_curves_of_those_that_are_told_apart_worst_are_drawn():
    found = made(40, 400)
    areas = [one.detection.roc_auc for one in found.int8.classes]
    drawn = {f"class {i}," for i in np.argsort(areas)[:6]}
    assert all(name in str(FIGURES["roc.svg"](found)) for name in drawn)
    assert "Of 40 classes, the 6 that are told apart worst" in text(render(found))
