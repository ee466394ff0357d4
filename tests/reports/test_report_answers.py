"""What the report shows of costs and of the test set: each number is the one that was stored."""

import base64
import io
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.image import imread
from report_sample import CLASSES, sample_view

from nas.reports.page import render
from nas.study.answers import Answers, GroupScore, Mistake, Threshold
from nas.study.costs import COSTS, front
from nas.study.result import Trained
from nas.study.verdict import verdict
from nas.target.target import find_target
from nas.task.metrics import METRICS
from nas.text import percent

SVG = "{http://www.w3.org/2000/svg}"


def section(page, title):
    """A section of the page."""
    start = page.rindex("<section", 0, page.index(f"<h2>{title}</h2>"))
    return ElementTree.fromstring(page[start : page.index("</section>", start) + len("</section>")])


def text(element):
    return "".join(element.itertext()).replace("\u00a0", " ")


def rows(element):
    """The cells of an element's first table below its head, as text."""
    return [[text(cell) for cell in row] for row in element.find(".//table/tbody").iter("tr")]


def with_winner(view, **changes):
    return replace(view, result=replace(view.result, winner=replace(view.result.winner, **changes)))


def with_answers(view, answers, **changes):
    return replace(with_winner(view, tested=replace(view.result.winner.tested, answers=answers)), **changes)


def test_each_known_cost_has_a_chart_and_its_own_front(view, page):
    shown = section(page, "Accuracy against cost")
    assert [text(label) for label in shown.iter("label")] == ["weights", "arena", "MACs"]
    for name, panel in zip(("weights", "arena", "macs"), shown.findall(".//div[@class='panel']"), strict=True):
        best = front(view.complete(), [COSTS[name]])
        expected = [[f"trial {r.trial}", percent(r.val_score), COSTS[name].text(r)] for r in best]
        listed = rows(panel)
        assert len(listed) >= min(len(best), 10)
        assert all(row in expected for row in listed)
        assert listed[-1] == expected[-1]


def test_the_objective_s_own_cost_is_shown_first_and_latency_where_it_is_known(view):
    known = [
        replace(r, profiled={**r.profiled, "latency_ms": 40 - r.trial / 10}) if r.profiled else r for r in view.records
    ]
    page = render(replace(view, records=known, result=replace(view.result, objective="pareto-latency")))
    shown = section(page, "Accuracy against cost")
    assert [text(label) for label in shown.iter("label")] == ["latency", "weights", "arena", "MACs"]
    assert [one.get("checked") for one in shown.iter("input")] == ["checked", None, None, None]


def seen(view, cost):
    """The candidates that a chart shows: those below both the front and nine in ten others lie below its axis."""
    scores = sorted(record.val_score for record in view.complete())
    low = min(scores[len(scores) // 10], *(record.val_score for record in front(view.complete(), [cost])))
    return [record for record in view.complete() if record.val_score >= low]


def test_every_dot_says_which_trial_it_is(view, page):
    for name, chart in zip(
        ("weights", "arena", "macs"), section(page, "Accuracy against cost").iter(f"{SVG}svg"), strict=True
    ):
        titles = sorted(title.text.replace("\u00a0", " ") for title in chart.iter(f"{SVG}title"))
        assert titles == sorted(
            f"trial {r.trial}: {percent(r.val_score)}, {COSTS[name].title} {COSTS[name].text(r)}"
            for r in seen(view, COSTS[name])
        )


def test_the_winner_s_circle_is_where_its_dot_is(view, page):
    trial = view.result.winner.record.trial
    chart = next(section(page, "Accuracy against cost").iter(f"{SVG}svg"))
    uses = list(chart.iter(f"{SVG}use"))
    (dot,) = (use for use in uses if any((t.text or "").startswith(f"trial {trial}:") for t in use))
    circles = [use for use in uses if "var(--ink)" in (use.get("style") or "")]
    assert [(dot.get("x"), dot.get("y"))] == [(use.get("x"), use.get("y")) for use in circles][:1]


def test_groups_are_listed_with_the_worst_first(view):
    values = [0.9, 0.5, 0.7]
    groups = tuple(GroupScore(f"g{i}", 10 + i, dict.fromkeys(METRICS, value)) for i, value in enumerate(values))
    shown = section(render(with_answers(view, Answers(groups))), "Test accuracy by group")
    assert [(row[0], row[2], row[3]) for row in rows(shown)] == [
        ("g1", "50.0 %", "11"),
        ("g2", "70.0 %", "12"),
        ("g0", "90.0 %", "10"),
    ]
    widths = [div.get("style") for div in shown.iter("div") if div.get("style")]
    assert widths == ["width: 50.0%", "width: 70.0%", "width: 90.0%"]


def test_a_mistake_is_drawn_with_its_classes_its_probability_and_a_line_for_each_channel(view, page):
    figures = section(page, "Most confident mistakes").findall(".//figure")
    for figure, one in zip(figures, view.result.winner.tested.answers.mistakes, strict=True):
        names = [text(name) for name in figure.iter("b")]
        assert names == [CLASSES[one.true], CLASSES[one.predicted]]
        assert f"{percent(one.confidence)} sure; test row {one.row}, group {one.group}" in text(figure)
        lines = [[float(p.split(",")[1]) for p in line.get("points").split()] for line in figure.iter("polyline")]
        for drawn, values in zip(lines, one.values, strict=True):
            assert np.corrcoef(drawn, values)[0, 1] == pytest.approx(-1)  # upwards is towards 0 in a drawing


def test_a_wrong_image_is_shown_with_its_pixels(view):
    pixels = np.arange(12.0).reshape(3, 4)
    one = Mistake(5, None, 0, 1, 0.75, tuple(map(tuple, pixels.tolist())))
    shown = section(
        render(with_answers(view, Answers(mistakes=(one,)), inputs_are="images")), "Most confident mistakes"
    )
    source = shown.find(".//img").get("src")
    assert source.startswith("data:image/png;base64,")
    drawn = imread(io.BytesIO(base64.b64decode(source.partition(",")[2])))[..., 0]
    assert drawn == pytest.approx(pixels / 11, abs=1 / 128)


def test_wrong_rows_of_a_table_are_named_without_a_drawing(view):
    one = Mistake(5, "a", 0, 1, 0.75)
    shown = section(render(with_answers(view, Answers(mistakes=(one,)), inputs_are="rows")), "Most confident mistakes")
    assert "75.0 % sure; test row 5, group a" in text(shown)
    assert not list(shown.iter("img"))


def test_thresholds_are_listed_with_the_share_that_each_keeps_and_its_accuracy(view):
    kept = (Threshold(0.4, 200, 150), Threshold(0.6, 100, 90), Threshold(0.9, 50, 49))
    shown = section(render(with_answers(view, Answers(thresholds=kept))), "Accuracy above a confidence threshold")
    assert rows(shown) == [
        ["0.400", "100.0 %", "75.0 %"],
        ["0.600", "50.0 %", "90.0 %"],
        ["0.900", "25.0 %", "98.0 %"],
    ]


def test_the_hand_made_network_stands_beside_the_winner(view, page):
    shown = section(page, "Compared with a hand-made network")
    table = {row[0]: row[1:] for row in rows(shown)}
    assert table["test accuracy"][1:] == ["88.1 %", "18.2 %"]
    assert table["weights"][:2] == [f"{view.result.winner.record.profiled['weights_bytes']:,} B", "4,321 B"]
    assert "12 epochs in place of 40" in text(shown)
    assert verdict(view.result.winner) in text(shown)
    assert text(ElementTree.fromstring(page[page.index("<header") : page.index("</header>") + 9])).count("hand-made")


def test_why_there_is_no_hand_made_network_is_said(view):
    page = render(with_winner(view, hand_made=None, hand_made_missing="There was no time left to train it."))
    assert "There was no time left to train it." in text(section(page, "Compared with a hand-made network"))


def test_a_study_of_an_earlier_release_gives_a_report_without_the_sections_that_it_has_no_data_for(view):
    page = render(with_answers(with_winner(view, hand_made=None), None))
    for title in ("Compared with a hand-made network", "Most confident mistakes", "by group", "confidence threshold"):
        assert title not in page
    assert "<h2>Confusion matrix</h2>" in page


def test_the_architecture_has_a_box_for_the_input_and_each_operator_with_its_output_s_shape_and_bytes(view, page):
    words = [text(one) for one in section(page, "Architecture").iter("text")]
    tensors = {tensor.index: tensor for tensor in view.footprint.tensors}
    assert words[0] == "input"
    for op in view.footprint.ops:
        output = tensors[op.outputs[0]]
        at = next(i for i, word in enumerate(words) if word.startswith(f"{op.index} {op.op}"))
        assert words[at + 1] == f"{'x'.join(map(str, output.shape))}, {output.bytes:,} B"
    assert "0 CONV_2D 1x7" in words
    assert "weights 1,008 B, 18,432 MACs" in words


def test_the_next_steps_are_commands_on_the_study(page):
    commands = [text(one) for one in section(page, "Next steps").iter("pre")]
    assert any(one.startswith("nas export studies/demo ") for one in commands)
    profile = "nas profile studies/demo/best/model.tflite --target "
    (board,) = (one.removeprefix(profile).split()[0] for one in commands if one.startswith(profile))
    assert (find_target(board).core, find_target(board).clock_hz is None) == ("cortex-m4", False)
    assert any(one.startswith("nas search studies/demo --minutes") for one in commands)


@pytest.mark.parametrize(("more", "expected"), [(0, " --trials 400"), (1, "")])
def test_a_study_that_has_all_its_trials_is_searched_on_with_more_of_them(view, more, expected):
    limited = replace(view, trial_limit=view.result.trials + more)
    assert f"<pre>nas search studies/demo --minutes 30{expected}</pre>" in render(limited)


def test_a_page_of_two_thousand_trials_stays_below_a_megabyte():
    assert len(render(sample_view(2000)).encode()) < 1_000_000


def test_a_trained_candidate_s_document_holds_its_hand_made_network(view):
    winner = view.result.winner
    assert Trained.from_json(winner.to_json()) == winner
    assert view.result.to_json()["best"]["hand_made"]["weights_bytes"] == 4321
    assert view.result.to_json()["best"]["hand_made"]["test_accuracy"] == 0.881
