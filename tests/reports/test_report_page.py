"""The report: complete, self-contained, safe, and the same whenever it is made."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from report_sample import CLASSES, CONFUSION, sample_view
from sklearn.metrics import precision_score, recall_score

from nas.reports import figures, fronts
from nas.reports.files import figure_files
from nas.reports.memory_map.svg import to_svg
from nas.reports.page import render, write_report
from nas.reports.view import ReportView
from nas.study.finals import Finalist
from nas.study.record import State, state_words
from nas.study.result import Result, Trained
from nas.study.rung_correlation import RungCorrelation
from nas.target.target import find_target

SCRIPT = resources.files("nas.reports").joinpath("page.js").read_text()
VOID = {"meta", "br", "hr", "img", "input", "link"}
EMPTY = ReportView(
    result=Result("nothing", "studies/nothing", 3.0, {state.value: 0 for state in State}, None, ()),
    definition="",
    records=(),
    class_names=(),
    importances={},
    footprint=None,
    command="nas search",
)


class Outline(HTMLParser):
    """Checks that elements nest, and collects elements, identifiers and text."""

    def __init__(self, page):
        super().__init__()
        self.open, self.elements, self.ids, self.text = [], [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.ids += [value for key, value in attrs if key == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.ids += [value for key, value in attrs if key == "id"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def rows(page, heading):
    """The cells of the first table after a heading, as text."""
    main = page[max(0, page.find("<main>")) :]  # behind the contents, which name the headings too
    part = main[main.index(heading) :]
    table = part[part.index("<table") : part.index("</table>") + len("</table>")]
    return [["".join(cell.itertext()) for cell in row] for row in ElementTree.fromstring(table).iter("tr")]


@pytest.mark.parametrize("sample", [EMPTY, sample_view(30)], ids=["empty", "full"])
def test_elements_nest_and_identifiers_are_unique(sample):
    outline = Outline(render(sample))
    assert outline.open == []
    assert len(outline.ids) == len(set(outline.ids))


def test_nothing_is_loaded_from_elsewhere(page):
    outline = Outline(page)
    assert not {"link", "img", "iframe", "object"} & {tag for tag, _ in outline.elements}
    assert not re.search(r"fetch|XMLHttpRequest|import\(|http", SCRIPT)
    references = [v for _, attrs in outline.elements for k, v in attrs.items() if k in ("src", "href", "xlink:href")]
    assert all(reference.startswith("#") for reference in references)
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_text_from_data_is_escaped(view):
    evil = '<script>alert("x")</script>'
    worst = replace(view.records[0], reason=evil, params={evil: evil}, digest=evil, state=State.FAILED)
    page = render(
        replace(
            view,
            result=replace(view.result, study=evil),
            definition=evil,
            command=evil,
            class_names=[evil] * 6,
            channel_names=[evil] * 2,
            importances={evil: 1.0},
            records=[worst, *view.records],
            footprint=replace(
                view.footprint, tensors=tuple(replace(t, name=f"{evil}{t.index}") for t in view.footprint.tensors)
            ),
        )
    )
    assert page.count("<script") == 1
    assert f"<script>{SCRIPT}</script>" in page
    assert Outline(page).open == []


def test_figures_are_well_formed_and_described(page):
    figures = re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)
    # Fronts by three costs, 8 mistakes, the threshold, the architecture, the memory map, progress and learning curves.
    assert len(figures) == 3 + 8 + 1 + 1 + 1 + 2 + 2
    for figure in figures:
        root = ElementTree.fromstring(figure)
        assert root.get("role") == "img"
        assert root.get("aria-label")


def test_a_curve_of_one_epoch_is_drawn_as_a_dot(view):
    first = {name: curve[:1] for name, curve in view.result.winner.record.history.items()}
    winner = replace(view.result.winner, record=replace(view.result.winner.record, history=first))
    one = replace(
        view,
        records=[replace(r, history={name: curve[:1] for name, curve in r.history.items()}) for r in view.records],
        result=replace(view.result, winner=winner),
    )
    assert (dots(figures.winner_loss(winner.record)), dots(figures.accuracy_curves(one))) == (2, 1 + figures.TOP_CURVES)
    assert dots(figures.winner_loss(view.result.winner.record)) == dots(figures.accuracy_curves(view)) == 0


def dots(drawn):
    """How many markers lie within the axes of a figure; those of ticks and legends are not clipped to them."""
    svg = ElementTree.fromstring(re.search(r"<svg.*</svg>", str(drawn), re.DOTALL)[0])
    return sum(len(part.findall("{*}use")) for part in svg.iter() if part.get("clip-path"))


def test_the_winner_s_circle_is_not_cut_off_at_the_edge_of_the_plot(view):
    def circles(drawn):
        return re.findall(r"<g(?: clip-path=\"[^\"]*\")?>\s*<use [^>]*stroke-width: 1.8", str(drawn))

    assert circles(fronts.own(view))
    assert not any("clip-path" in circle for circle in circles(fronts.own(view)))


def test_importances_say_of_how_many_candidates_they_are_and_are_left_out_for_fewer_than_ten(view, page):
    assert f"over {len(view.complete())} complete candidates" in words(page)
    few = replace(view, records=view.complete()[:9])
    assert "Hyperparameter importance" not in render(few)
    assert "importances.svg" not in figure_files(few)
    assert "importances.svg" in figure_files(view)


def test_figures_take_the_colours_of_the_page(page):
    assert not re.search(r"#0000\d\d", page)
    styles = " ".join(re.findall(r'style="([^"]*)"', page))
    assert set(re.findall(r"var\((--[a-z]+)\)", styles)) <= set(re.findall(r"(--[a-z]+): #", page))
    assert "font-family" not in styles


def test_equal_studies_give_equal_pages_in_any_process(page):
    imports = "from nas.reports.page import render; from report_sample import sample_view"
    code = f"{imports}; print(render(sample_view()), end='')"
    root = Path(__file__).resolve().parents[2]
    path = os.pathsep.join([str(root), str(root / "tests" / "reports")])
    again = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=True,
    )
    assert again.stdout.decode() == page


def test_the_winner_is_shown_with_its_baseline_and_the_limits(page):
    for each in ("92.9 %", "18.2 %", "over 6 groups", "93.2 %", "5,573 B", "of 6,144 B", "of 131,072 B", "1,048,576 B"):
        assert each in words(page)


def test_the_metric_of_the_study_comes_before_accuracy(view):
    judged = [
        replace(
            r, metric="macro_f1", val_metrics=r.val_metrics | ({"macro_f1": r.val_accuracy - 0.1} if r.values else {})
        )
        for r in view.records
    ]
    best = next(r for r in judged if r.trial == view.result.winner.record.trial)
    front = tuple(r for r in judged if r.trial in {one.trial for one in view.result.front})
    result = replace(view.result, winner=replace(view.result.winner, record=best), front=front)
    page = render(replace(view, records=judged, result=result))
    assert page.index("Test macro-F1") < page.index("Test accuracy")
    assert "Macro-f1" not in page
    assert "Macro-F1 against cost" in page
    for heading in ("Pareto front by weights, with all costs", "trained candidates, best first"):
        assert "validation macro-F1" in rows(page, heading)[0]
    assert "macro-F1 on the fold" in rows(page, "Final trainings (cross-validation)")[0]
    assert "validation macro-F1 in the search" in rows(page, "Why this candidate won")[0]


def test_a_report_says_what_the_winner_of_a_short_run_lacks_and_why_a_test_set_of_two_groups_gives_no_interval(view):
    winner = view.result.winner
    one = {name: replace(int8, low=None, high=None) for name, int8 in winner.tested.metrics.items()}
    tested = replace(winner.tested, metrics=one, float_metrics=one, resampled_unit="2 groups")
    result = replace(
        view.result, lacked="too little time for the winner: 3 of 10 epochs", winner=replace(winner, tested=tested)
    )
    text = " ".join(
        Outline(render(replace(view, result=result, command_note="It repeats.")).replace("\u00a0", " ")).text
    )
    assert "Too little time for the winner: 3 of 10 epochs." in text
    assert "no interval: the test set has 2 groups, 5 are needed" in text
    assert "95 % interval 9" not in text
    assert "It repeats." in text


def test_every_metric_is_shown_with_its_interval_and_baseline(view, page):
    winner = view.result.winner
    (_, *cells), *_ = rows(page[page.index("Every metric on the test set") :], "Every metric")[1:]
    int8 = winner.tested.metrics["accuracy"]
    expected = [int8.value, int8.low, int8.high, 0.9318, 0.9123, 0.9512, winner.tested.baseline_metrics["accuracy"]]
    written = [float(number) for cell in cells for number in re.findall(r"\d+\.\d", cell)]
    assert written == pytest.approx([100 * share for share in expected], abs=0.051)


def test_recall_and_precision_are_those_of_scikit_learn(page):
    true, predicted = np.nonzero(np.ones_like(CONFUSION))
    counts = np.ravel(CONFUSION)
    truth, guess = np.repeat(true, counts), np.repeat(predicted, counts)
    _, *classes, precision = rows(page, "Confusion matrix")
    recalls = [float(row[-1].removesuffix("\u00a0%")) for row in classes]
    assert recalls == [round(100 * r, 1) for r in recall_score(truth, guess, average=None)]
    precisions = [float(cell.removesuffix("\u00a0%")) for cell in precision[1:]]
    assert precisions == [round(100 * p, 1) for p in precision_score(truth, guess, average=None)]
    assert [row[0] for row in classes] == list(CLASSES)


def test_the_front_is_a_table_too(view, page):
    listed = [row[0] for row in rows(page, "Pareto front by weights, with all costs")[1:]]
    assert listed == [f"trial {record.trial}" for record in view.result.front]


def test_every_candidate_whose_training_began_is_listed_best_first(view, page):
    table = rows(page, "trained candidates, best first")
    column = table[0].index("score")
    scores = [float(row[column]) for row in table[1:] if row[column] != "-"]
    assert scores == sorted(scores, reverse=True)
    built = [r for r in view.records if r.state in (State.COMPLETE, State.PRUNED, State.FAILED)]
    assert {row[0] for row in table[1:]} == {f"trial {record.trial}" for record in built}


def test_states_are_counted_under_the_names_that_every_view_gives_them(view, page):
    named = {state_words(state): count for state, count in view.result.states.items()}
    assert {row[0]: int(row[2]) for row in rows(page, "<h2>Candidates</h2>")[1:]} == named


def test_the_finals_stand_open_beside_the_front_with_the_winner_marked_first(view):
    best = view.result.winner
    other = Finalist(999, 0.95, 5000, (0.9, 0.5), 0.7)
    own = Finalist(best.record.trial, 0.94, 4000, (0.8, 0.9), 0.85)
    late = Finalist(998, 0.93, 3000)
    page = render(replace(view, result=replace(view.result, winner=replace(best, finalists=(other, own, late)))))
    head, *listed = rows(page, "Why this candidate won")
    assert [row[0] for row in listed] == [f"trial {own.trial} (winner)", "trial 999", "trial 998"]
    assert [row[-1] for row in listed] == ["85.0\xa0%", "70.0\xa0%", "no time"]
    assert {len(row) for row in [head, *listed]} == {len(head)}
    assert "trial 999, ahead in the search by 1.0 points, reached 70.0 %" in words(page)
    section = page[page.index("<h2>Why this candidate won") :]
    assert section.index("trial 999") < section.index("<details")
    assert (
        page.index("against cost</h2>") < page.index("<h2>Why this candidate won") < page.index("Confusion matrix</h2>")
    )


def test_the_next_steps_name_a_board_where_the_target_is_only_a_core(view):
    (command,) = re.findall(r"<pre>(nas profile [^<]*)</pre>", render(view))
    board = find_target(re.search(r"--target (\S+)", command)[1])
    assert board.clock_hz
    assert board.core == find_target(view.footprint.target).core
    on_board = render(replace(view, footprint=replace(view.footprint, target=board.name)))
    assert f"See what it needs on {board.name}" in words(on_board)


def test_the_memory_map_is_the_one_that_nas_profile_writes(view, page):
    assert to_svg(view.footprint) in page


def words(page):
    """The text that a reader sees, with plain spaces."""
    return " ".join(" ".join(Outline(page).text).split())


def test_a_study_without_a_winner_gives_a_partial_report_with_the_commands_that_end_it(view):
    partial = replace(view, result=replace(view.result, winner=None), footprint=None, class_names=())
    page = render(partial)
    best = max((r for r in view.records if r.values), key=lambda r: r.values)
    assert f"no winner yet. 200 trials in 9 min 42 s. Best so far: trial {best.trial}" in words(page)
    assert {"nas search studies/demo --finish", "nas search studies/demo"} <= set(re.findall(r"<pre>(.*?)</pre>", page))
    assert len(rows(page, "trained candidates, best first")) > 30
    assert [row[0] for row in rows(page, "Pareto front by weights, with all costs")[1:]] == [
        f"trial {r.trial}" for r in view.result.front
    ]
    assert "winner" not in words(page).replace("no winner yet", "").replace("Choose the winner now", "")


def test_a_study_without_any_candidate_says_only_how_to_continue():
    page = render(EMPTY)
    assert "no winner yet. 0 trials" in words(page)
    assert "--finish" not in page
    assert "<pre>nas search studies/nothing</pre>" in page


def test_one_complete_candidate_is_enough(view):
    only = view.complete()[0]
    lone = replace(view, records=[only], result=replace(view.result, front=(only,)))
    assert Outline(render(lone)).open == []


def test_a_winner_without_a_test_result_can_be_shown(view):
    winner = Trained(view.result.winner.record)
    page = render(replace(view, result=replace(view.result, winner=winner)))
    assert "Confusion matrix" not in page


def test_the_report_is_written_to_the_given_path(view, tmp_path):
    path = write_report(EMPTY, tmp_path / "new" / "report.html")
    assert path.read_text(encoding="utf-8") == render(EMPTY)


def test_rungs_are_shown_with_their_rank_correlation_and_an_early_end_with_its_reason(page):
    text = " ".join(Outline(page).text)
    assert "The search stopped after 120 candidates without a better one." in text
    assert re.search(r"after 2 epochs\s+19\s+0\.59", text)
    assert re.search(r"after 8 epochs\s+1\s+-", text)


def test_a_rank_correlation_of_fewer_than_ten_controls_is_not_shown(view):
    few = replace(view, result=replace(view.result, rungs=(RungCorrelation(4, 3, 1.0), RungCorrelation(9, 10, 0.8))))
    text = " ".join(Outline(render(few)).text)
    assert re.search(r"after 4 epochs\s+3\s+-", text)
    assert re.search(r"after 9 epochs\s+10\s+0\.80", text)
    assert "Of fewer than 10 control candidates" in text


def test_the_contents_at_the_top_lead_to_every_section(page):
    links = re.findall(r'<a href="#([^"]+)">(.*?)</a>', page)
    assert links == re.findall(r'<section id="([^"]+)"><h2>(.*?)</h2>', page)
    assert len(links) > 8


def test_the_hand_made_network_and_the_winner_are_drawn_at_their_test_scores(view):
    assert "hand-made, test set" in str(fronts.own(view))
    alone = replace(view, result=replace(view.result, winner=replace(view.result.winner, hand_made=None)))
    assert "test set" not in str(fronts.own(alone))


def test_a_study_without_rungs_has_no_section_on_early_stopping():
    assert "rank correlation" not in render(EMPTY)
