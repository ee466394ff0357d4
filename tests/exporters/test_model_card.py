"""The model card and the metadata hold every number, and claim nothing that was not measured."""

import dataclasses
import re

import numpy as np
import pytest
import rooms
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import recall_score

from nas.cli.views.result import summary
from nas.exporters.answers.classes import recalls
from nas.exporters.c_array import data_header
from nas.exporters.markdown import escape, facts, table
from nas.exporters.metadata import describe
from nas.exporters.model_card import model_card
from nas.reports.headline import headline
from nas.reports.view import ReportView
from nas.space.dims import RandomChooser
from nas.space.file import load_space
from nas.study.result import Result, Trained
from nas.target.profiler import estimate, profile
from nas.target.target import find_target
from nas.tracking.note import study_note


@given(arrays(np.int64, st.integers(2, 5).map(lambda n: (n, n)), elements=st.integers(0, 9)))
def test_recalls_are_scikit_learns(confusion):
    assume(confusion.any())
    true, predicted = np.indices(confusion.shape).reshape(2, -1)
    rows, answers = np.repeat(true, confusion.ravel()), np.repeat(predicted, confusion.ravel())
    expected = recall_score(rows, answers, labels=range(len(confusion)), average=None, zero_division=np.nan)
    got = [np.nan if r is None else r for r in recalls(confusion.tolist())]
    np.testing.assert_allclose(got, expected)


def test_the_card_holds_every_number_of_the_winner(make_archive):
    card = model_card(make_archive())
    accuracies = ["92.5 %", "93.8 %", "81.2 %", "84.4 %", "43.8 %", "92.5 % +- 1.8 over 2 folds"]
    intervals = [
        "71.9 to 90.6 %",
        "75.0 to 93.8 %",
        "| test macro-F1 | 80.0 % | 70.0 to 90.0 % |",
        "9 groups resampled",
    ]
    footprint = ["3,210", "1,001", "5,200", "5,184", "head 4,608 + tail 576", "46,569", "code 45,568", "`cortex-m4`"]
    data = ["0.25", "-3", "0.0234375", "synthetic", "parts.train.rows: 700", "6144"]
    origin = ["trial 17", "`0123456789ab`", "Seed 5", "seconds.train: 4.2", "version.tensorflow: 2.21.0"]
    missing = [text for text in accuracies + intervals + footprint + data + origin if text not in card]
    assert not missing
    assert "    nas search --space cnn_timeseries --budget-kb 6\n" in card
    assert "| walk | 12 | 2 | 0 | 85.7 % |" in card


def test_card_terminal_mlflow_and_report_give_each_score_the_same_name_and_value(make_archive):
    archive = make_archive()
    costs = {"weights_bytes": 1, "file_bytes": 1, "arena_min_bytes": 16, "flash_bytes": 1, "macs": 1}
    winner = dataclasses.replace(archive.trained, record=dataclasses.replace(archive.record, profiled=costs))
    result = Result("mine", "studies/mine", 1.0, {"complete": 1}, winner, ())
    page = headline(ReportView(result, "", (), archive.class_names, {}, None, "")).replace("\xa0", " ")
    texts = {
        "card": model_card(archive),
        "terminal": summary(result),
        "mlflow": study_note(result, winner, "run", ()),
        "report": " ".join(re.sub(r"<[^>]*>", " ", page).lower().split()),
    }
    scores = {
        "test accuracy": "81.2 %",
        "cross-validated accuracy": "92.5 % +- 1.8 over 2 folds",
        "validation accuracy": "92.5 %",
    }
    for where, text in texts.items():
        for name, value in scores.items():
            # Between the two stand only spaces and punctuation.
            assert re.search(rf"(?<![-\w]){name}\W*{re.escape(value)}", text), (where, name)


def test_a_winner_that_is_no_better_than_a_guess_is_told(make_archive):
    trained = make_archive().trained
    tested = dataclasses.replace(trained.tested, baseline_metrics=dict.fromkeys(trained.tested.metrics, 0.9))
    assert not trained.guesses
    assert dataclasses.replace(trained, tested=tested).guesses


def test_the_card_of_data_without_rate_channels_or_figures_can_be_made(make_archive):
    archive = make_archive(channel_names=(), sample_rate_hz=None, data={}, budget={}, class_names=("a|b", "c\nd", "*"))
    card = model_card(archive)
    assert "| a\\|b | 12 |" in card
    assert "| c d | 1 |" in card


def test_the_card_of_a_candidate_that_did_not_win_claims_no_test_accuracy(make_archive):
    card = model_card(make_archive(trained=Trained(make_archive().record)))
    assert "not evaluated on the test set" in card
    assert "- validation accuracy: 92.5 %\n- validation accuracy before quantization: 93.8 %" in card
    assert "interval" not in card
    assert "Final trainings" not in card


def test_the_card_says_that_the_winner_was_trained_once_more_on_validation_data_too(make_archive):
    trained = make_archive().trained
    winner, other = (make_archive(trained=dataclasses.replace(trained, epochs=epochs)) for epochs in (31, None))
    assert "trained once more, for 31 epochs" in model_card(winner)
    assert "worse on the folds" not in model_card(winner)
    early = make_archive(trained=dataclasses.replace(trained, epochs=31, ended_early=True))
    assert "had 31 epochs: after longer ones, the network was worse on the folds" in model_card(early)
    assert "trained once more" not in model_card(other)


@pytest.mark.parametrize(("last", "word"), [("SOFTMAX", "probability"), ("FULLY_CONNECTED", "logit")])
def test_everything_exported_says_what_the_outputs_are(make_archive, last, word):
    archive = make_archive(ops=("CONV_2D", last))
    assert f"output: {word} of a class" in model_card(archive)
    assert describe(archive)["output"]["is"] == word
    assert f"the {word} of its class" in data_header(archive, "m")


@pytest.mark.parametrize(
    ("shape", "word"), [((1, 1, 16, 2), "windows"), ((1, 8, 8, 2), "images"), ((1, 2), "rows")], ids=str
)
def test_the_card_calls_the_inputs_what_they_are(make_archive, shape, word):
    assert f"numbers of {word}" in model_card(make_archive(input_shape=shape))


def test_tables_have_one_width():
    lines = table(("a", "b|c".replace("|", "\\|")), [("x|y", 1), ("_z_", 2)]).splitlines()
    assert {len(re.split(r"(?<!\\)\|", line)) for line in lines} == {4}


@given(st.text())
def test_escaped_text_is_one_line_without_live_markup(text):
    assert not re.search(r"(?<!\\)(\\\\)*[*`|<]", escape(text))
    assert "\n" not in escape(text)


def test_facts_show_nested_tables_lists_and_nothing():
    shown = facts({"rows": {"train": 1}, "names": ("a", "b"), "rate": None})
    assert shown == "- rows.train: 1\n- names: a, b\n- rate: none"


CORPUS = rooms.ROOT / "native" / "fuzz" / "corpus"


def test_the_card_shows_the_model_on_both_runtimes_with_the_commands_that_build_it(make_archive):
    tflite = (CORPUS / "cnn_timeseries.tflite").read_bytes()
    card = model_card(make_archive(tflite=tflite))
    tflm, c = (profile(tflite, find_target("cortex-m4", runtime)) for runtime in ("tflm", "c"))
    assert f"| flash | {tflm.flash_bytes:,} B | {c.flash_bytes:,} B |" in card
    assert (
        f"| static RAM | arena {tflm.detail.min:,} B | {c.detail.static:,} B and {c.detail.given:,} B of input" in card
    )
    assert "nas export model.tflite --name my_study --format cmake -o projects\n" in card
    assert "arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -O2 -c my_study.c" in card


def test_the_card_of_a_streaming_study_says_that_its_figures_are_of_a_hop(make_archive):
    space = load_space("stream_timeseries")
    graph = space.sample(RandomChooser(0), (64, 3), 4).lower()
    target = dataclasses.replace(find_target("cortex-m4", "c"), streaming=4)
    footprint = estimate(graph, target)
    archive = dataclasses.replace(make_archive(), footprint=footprint.to_json(), streaming=4)
    rows, window = footprint.hop.rows, footprint.hop.window
    (line,) = [line for line in model_card(archive).splitlines() if line.startswith("| MACs")]
    assert f"one answer, for {rows} new rows of a window of {window} |" in line
    assert f"{footprint.macs:,}" in line
    assert footprint.macs < estimate(graph, dataclasses.replace(target, streaming=None)).macs


def test_a_card_for_a_board_without_tflm_says_why_there_is_one_runtime(make_archive):
    tflite = (CORPUS / "cnn_timeseries.tflite").read_bytes()
    footprint = {**profile(tflite, find_target("arduino-uno")).to_json(), "file": "model.tflite"}
    card = model_card(make_archive(tflite=tflite, footprint=footprint))
    assert "Not on TensorFlow Lite Micro:" in card
    assert "avr-gcc -mmcu=atmega328p -Os -c my_study.c" in card
    assert "--format cmake" not in card
    assert "arena" not in card.partition("## Limits of use")[2]
