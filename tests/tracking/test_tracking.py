"""Tracking, read back through MLflow's own client."""

import itertools
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from tracked import FOOTPRINT, STATES, candidates, client, record, result, search, track

from nas.errors import InputError
from nas.study.finals import Finalist
from nas.study.record import Record, State
from nas.study.result import Trained
from nas.task.metrics import Estimate
from nas.tracking import Tracker, find_address, known_run, open_tracker
from nas.tracking.entries import metrics
from nas.tracking.store import Store
from nas.tracking.tracker import MlflowTracker


def closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_a_candidate_becomes_a_run_with_its_parameters_metrics_and_tags(root):
    track(root, record(3)).close(60)
    (run,) = candidates(root)
    assert run.info.run_name == "trial 3"
    assert run.info.status == "FINISHED"
    assert run.data.params == {"conv.count": "2", "conv.0.filters": "11", "seed": "7"}
    assert run.data.metrics["val_accuracy"] == 0.9
    assert run.data.metrics["weights_bytes"] == 3000
    assert run.data.metrics["arena_min_bytes"] == 9200
    assert run.data.metrics["score"] == 0.88
    assert run.data.metrics["seconds/train"] == 4.5
    assert run.data.tags["architecture"] == "digest3"
    assert run.data.tags["state"] == "complete"
    assert run.info.end_time - run.info.start_time == 5000


def test_the_study_s_folder_tells_its_run(root):
    track(root, record(0)).close(60)
    (parent,) = search(root, "tags.kind = 'study'")
    (folder,) = (path.parent for path in root.glob("*/tracking_id"))
    assert known_run(folder) == parent.info.run_id
    assert known_run(root) is None


def test_learning_curves_have_a_point_for_each_epoch(root):
    track(root, record(0)).close(60)
    (run,) = candidates(root)
    curve = client(root).get_metric_history(run.info.run_id, "curve/loss")
    assert [(point.step, point.value) for point in sorted(curve, key=lambda p: p.step)] == [
        (0, 1.0),
        (1, 0.5),
        (2, 0.25),
    ]


def test_the_only_arena_that_is_shown_is_the_one_to_reserve(root):
    track(root, record(0)).close(60)
    (run,) = candidates(root)
    assert {name: value for name, value in run.data.metrics.items() if "arena" in name} == {"arena_min_bytes": 9200}


def test_a_candidate_without_a_model_shows_its_estimated_footprint(root):
    track(root, replace(record(0, State.PRUNED), estimated=FOOTPRINT | {"weights_bytes": 2222})).close(60)
    (run,) = candidates(root)
    assert run.data.metrics["weights_bytes"] == 2222


def test_the_artifacts_are_the_record_and_the_model(root):
    track(root, record(0)).close(60)
    (run,) = candidates(root)
    folder = Path(run.info.artifact_uri.removeprefix("file://"))
    assert folder.is_relative_to(root / "mlartifacts")
    assert (folder / "model.tflite").read_bytes() == b"tflite"
    assert Record.from_json(json.loads((folder / "record.json").read_text())) == record(0)


def test_a_model_may_be_given_as_its_file(root):
    (root / "0.tflite").write_bytes(b"in a file")
    track(root, record(0), model=root / "0.tflite").close(60)
    (run,) = candidates(root)
    assert Path(run.info.artifact_uri.removeprefix("file://"), "model.tflite").read_bytes() == b"in a file"


def test_candidates_are_children_of_the_study(root):
    track(root, record(0), tags={"space": "cnn_timeseries"}).close(60)
    (parent,) = search(root, "tags.kind = 'study'")
    (child,) = candidates(root)
    assert child.data.tags["mlflow.parentRunId"] == parent.info.run_id
    assert parent.data.tags["space"] == "cnn_timeseries"


def test_the_experiment_has_a_shared_view_of_its_candidates(root):
    known = replace(record(0), profiled=FOOTPRINT | {"latency_ms": 1.5}, reason="a reason")
    tracker, found = track(root, known), result(0, root)
    finalists = (Finalist(0, 0.9, 3000, (0.9,), 0.9),)
    tracker.finish(replace(found, winner=replace(found.winner, finalists=finalists)), {})
    tracker.close(60)
    experiment = client(root).get_experiment_by_name("nas/demo")
    (state,) = [json.loads(tag) for key, tag in experiment.tags.items() if key.startswith("mlflow.sharedViewState.")]
    (run,) = search(root, state["searchFilter"])
    known = {f"metrics.`{name}`" for name in run.data.metrics} | {f"tags.`{name}`" for name in run.data.tags}
    assert set(state["selectedColumns"]) <= known
    assert state["orderByKey"] in known


def test_the_view_has_charts_of_the_score_against_each_cost_in_which_every_candidate_is_shown(root):
    tracker = track(root, record(0))
    tracker.finish(result(0, root), {})
    tracker.close(60)
    value = next(tag for key, tag in experiment_tags(root).items() if key.startswith("mlflow.sharedViewState."))
    assert len(value) < 5000  # MLflow's limit of a tag
    state = json.loads(value)
    (run,) = search(root, state["searchFilter"])
    sections = {section["uuid"] for section in state["compareRunSections"]}
    charts = state["compareRunCharts"]
    assert {chart["metricSectionId"] for chart in charts} <= sections
    costs = {(chart["xaxis"]["key"], chart["yaxis"]["key"]) for chart in charts if chart["type"] == "SCATTER"}
    assert costs == {(cost, "val_accuracy") for cost in ("weights_bytes", "arena_min_bytes", "macs")}
    (lines,) = [chart["selectedMetrics"] for chart in charts if chart["type"] == "PARALLEL"]
    assert {*lines, *itertools.chain(*costs)} <= set(run.data.metrics)
    assert state["runsHiddenMode"] == "SHOW_ALL"


def test_the_run_of_the_study_has_the_best_score_so_far_as_a_line_that_goes_on_with_the_study(root):
    def scored(trial, score):
        return replace(record(trial), values=(score,))

    track(root, scored(0, 0.6), record(1, State.PRUNED), scored(2, 0.5), scored(3, 0.8)).close(60)
    track(root, scored(0, 0.6), scored(4, 0.7), scored(5, 0.9)).close(60)
    (parent,) = search(root, "tags.kind = 'study'")
    points = client(root).get_metric_history(parent.info.run_id, "best_score")
    line = [(point.step, point.value) for point in sorted(points, key=lambda point: point.step)]
    assert line == [(1, 0.6), (2, 0.6), (3, 0.8), (4, 0.8), (5, 0.9)]


def test_only_candidates_that_were_built_get_a_run(root):
    track(root, *(record(i, state) for i, state in enumerate(State))).close(60)
    assert {run.data.tags["state"] for run in candidates(root)} == {"complete", "stopped early", "failed"}


def test_only_a_failure_is_marked_as_one(root):
    track(root, *(record(i, state) for i, state in enumerate(State))).close(60)
    states = {run.data.tags["state"]: run.info.status for run in candidates(root)}
    assert states == {"complete": "FINISHED", "stopped early": "FINISHED", "failed": "FAILED"}


def test_a_study_that_was_interrupted_is_shown_as_waiting(root):
    track(root, record(0)).close(60)
    (parent,) = search(root, "tags.kind = 'study'")
    assert (parent.info.status, parent.data.tags["state"]) == ("SCHEDULED", "stopped")


def test_runs_can_be_searched_by_their_footprint(root):
    track(root, record(0, weights=6144), record(1, weights=6145), record(2, weights=100)).close(60)
    within = candidates(root, " and metrics.weights_bytes <= 6144")
    assert {run.data.tags["trial"] for run in within} == {"0", "2"}


def test_the_study_counts_its_trials_by_state(root):
    tracker = track(root)
    tracker.counts(STATES)
    tracker.close(60)
    (parent,) = search(root, "tags.kind = 'study'")
    assert {f"trials_{state}": count for state, count in STATES.items()}.items() <= parent.data.metrics.items()
    assert parent.data.metrics["trials"] == 47


def test_a_finished_study_s_run_has_the_winner_s_numbers_and_files(root):
    (root / "best").mkdir()
    (root / "best" / "model.tflite").write_bytes(b"winner")
    (root / "report.html").write_text("report")
    tracker = track(root, record(0), record(1))
    files = {
        "report.html": root / "report.html",
        "best": root / "best",
        "figures/front.svg": "<svg/>",
        "x": root / "no",
    }
    tracker.finish(result(1, root), files)
    tracker.close(60)
    (parent,) = search(root, "tags.kind = 'study'")
    assert parent.info.status == "FINISHED"
    figures = parent.data.metrics
    assert (figures["test_accuracy"], figures["test_accuracy_low"], figures["test_accuracy_high"]) == (0.93, 0.9, 0.95)
    assert parent.data.tags["winner_trial"] == "1"
    artifacts = Path(parent.info.artifact_uri.removeprefix("file://"))
    assert {str(path.relative_to(artifacts)) for path in artifacts.rglob("*.*")} == {
        "report.html",
        "best/model.tflite",
        "figures/front.svg",
    }
    assert (artifacts / "best" / "model.tflite").read_bytes() == b"winner"
    assert [run.data.tags["trial"] for run in candidates(root, " and tags.winner = 'true'")] == ["1"]


def test_the_description_of_a_finished_study_has_its_result_and_links_to_its_report(root):
    (root / "report.html").write_text("report")
    tracker = track(root, record(1))
    tracker.finish(result(1, root), {"report.html": root / "report.html"})
    tracker.close(60)
    (parent,) = search(root, "tags.kind = 'study'")
    note = parent.data.tags["mlflow.note.content"]
    assert "93.0 % (95 % interval 90.0 to 95.0 %, over 9 groups)" in note
    assert "| arena to reserve | 9,200 B |" in note
    assert f"#/experiments/{parent.info.experiment_id}/runs/{parent.info.run_id}/artifacts/report.html" in note
    experiment = client(root).get_experiment_by_name("nas/demo").tags["mlflow.note.content"]
    assert "test accuracy 93.0 %, 3,000 B of weights, 9,200 B of arena to reserve" in experiment
    assert note.startswith("[report.html](#/experiments/")
    first, number = experiment.splitlines()[0], parent.info.experiment_id
    assert first.startswith("Each row is a candidate, the winner first: ")
    assert f"[table of candidates](#/experiments/{number}/runs?viewStateShareKey=nas&" in first
    assert f"[report](#/experiments/{number}/runs/{parent.info.run_id}/artifacts/report.html" in first
    assert "`arena_min_bytes` the arena to reserve" in experiment


def test_a_study_that_goes_on_keeps_its_run_and_logs_no_trial_twice(root):
    track(root, record(0), record(1)).close(60)
    again = track(root, record(0), record(1), record(2))
    again.close(60)
    assert len(search(root, "tags.kind = 'study'")) == 1
    assert sorted(run.data.tags["trial"] for run in candidates(root)) == ["0", "1", "2"]


def test_the_tracker_knows_which_trials_are_logged(root):
    track(root, record(0), record(4)).close(60)
    again = track(root)
    assert again.logged_trials() == {0, 4}
    again.close(60)


def test_a_run_left_half_written_by_a_kill_is_written_again(root):
    track(root, record(0), record(1)).close(60)
    (half,) = candidates(root, " and tags.trial = '1'")
    client(root).update_run(half.info.run_id, status="RUNNING")
    track(root, record(0), record(1)).close(60)
    (whole,) = candidates(root, " and tags.trial = '1'")
    assert whole.info.run_id != half.info.run_id
    assert whole.info.status == "FINISHED"


def test_only_the_latest_winner_is_marked(root):
    for trial in (0, 1):
        tracker = track(root, record(0), record(1))
        tracker.finish(result(trial, root), {})
        tracker.close(60)
    assert [run.data.tags["trial"] for run in candidates(root, " and tags.winner = 'true'")] == ["1"]


def test_a_finished_study_s_table_begins_with_the_winner_and_shows_what_finalists_reached_in_the_finals(root):
    def scored(trial, score):
        return replace(record(trial), values=(score,))

    finalists = (Finalist(2, 0.92, 3000, (0.8, 0.9), 0.85), Finalist(1, 0.91, 3000, (0.9, 0.88), 0.89))
    for added in (scored(3, 0.7), scored(4, 0.8)):  # the second run reads the scores of the first from the store
        tracker = track(root, *(scored(trial, score) for trial, score in ((0, 0.6), (1, 0.9), (2, 0.95))), added)
        found = result(1, root)
        tracker.finish(replace(found, winner=replace(found.winner, finalists=finalists)), {})
        tracker.close(60)
    (state,) = [json.loads(tag) for key, tag in experiment_tags(root).items() if key.startswith("mlflow.sharedViewSt")]
    order = [f"{state['orderByKey']} {'ASC' if state['orderByAsc'] else 'DESC'}"]
    experiment = client(root).get_experiment_by_name("nas/demo")
    listed = client(root).search_runs([experiment.experiment_id], state["searchFilter"], order_by=order)
    assert [run.data.tags["trial"] for run in listed] == ["1", "2", "4", "3", "0"]
    means = [run.data.metrics.get("cross_validated_score") for run in listed]
    assert means == [0.89, pytest.approx(0.85), None, None, None]
    assert "metrics.`cross_validated_score`" in state["selectedColumns"]
    assert "metrics.`test_accuracy`" in state["selectedColumns"]
    assert [run.data.metrics.get("test_accuracy") for run in listed] == [0.93, None, None, None, None]
    assert "trial 2, ahead in the search" in listed[0].data.tags["mlflow.note.content"]
    assert "trial 2, ahead in the search" in experiment.tags["mlflow.note.content"]


def test_the_hand_made_network_has_one_run_of_its_own_within_the_table_of_the_study(root):
    network = Trained(record(-1, weights=5000), tested=result(1, root).winner.tested)
    for trial in (0, 1):
        tracker = track(root, record(0), record(1))
        found = result(trial, root)
        tracker.finish(replace(found, winner=replace(found.winner, hand_made=network)), {})
        tracker.close(60)
    (state,) = [json.loads(tag) for key, tag in experiment_tags(root).items() if key.startswith("mlflow.sharedViewSt")]
    shown = {run.info.run_name: run for run in search(root, state["searchFilter"])}
    assert set(shown) == {"trial 0", "trial 1", "hand-made network"}
    run = shown["hand-made network"]
    assert (run.data.metrics["test_accuracy"], run.data.metrics["weights_bytes"]) == (0.93, 5000)
    assert "test accuracy 93.0 %" in run.data.tags["reason"]
    assert run.info.status == "FINISHED"
    # MLflow draws a chart of each metric, and one with a single bar tells nothing.
    assert set(run.data.metrics) <= set(shown["trial 1"].data.metrics)


def test_the_note_of_a_study_without_a_winner_leads_to_its_table_too(root):
    track(root, record(0)).close(60)
    experiment = client(root).get_experiment_by_name("nas/demo")
    first = experiment.tags["mlflow.note.content"].splitlines()[0]
    assert f"(#/experiments/{experiment.experiment_id}/runs?viewStateShareKey=nas" in first


def test_accuracies_have_at_most_four_decimals(root):
    exact = {"accuracy": Estimate(0.9521484375, 0.89812345, 0.99912345)}
    odd = replace(record(0), val_metrics={"accuracy": 0.9267578125}, float_val_accuracy=0.9277343750)
    tested = replace(result(0, root).winner.tested, metrics=exact, float_metrics=exact)
    network = Trained(record(-1), tested=tested)
    tracker, found = track(root, odd), result(0, root)
    tracker.finish(replace(found, winner=Trained(odd, tested=tested, hand_made=network)), {})
    tracker.close(60)
    figures = [(k, v) for run in search(root, "") for k, v in run.data.metrics.items() if "accuracy" in k]
    assert len(figures) > 8
    assert [figure for figure in figures if round(figure[1], 4) != figure[1] and "curve/" not in figure[0]] == []


def test_what_engineers_compare_stands_before_the_scores_of_the_search(root):
    tracker = track(root, record(0))
    tracker.finish(result(0, root), {})
    tracker.close(60)
    (state,) = [json.loads(tag) for key, tag in experiment_tags(root).items() if key.startswith("mlflow.sharedViewSt")]
    names = [column.partition("`")[2].rstrip("`") for column in state["selectedColumns"]]
    assert names[:5] == ["state", "rank", "weights_bytes", "arena_min_bytes", "macs"]
    assert "winner" not in names


def experiment_tags(root):
    return client(root).get_experiment_by_name("nas/demo").tags


def test_more_parameters_and_epochs_than_one_request_takes_are_all_logged(root):
    params = {f"dimension.{i}": i for i in range(230)}
    history = {"loss": tuple(float(i) for i in range(1500))}
    track(root, replace(record(0), params=params, history=history)).close(60)
    (run,) = candidates(root)
    assert len(run.data.params) == 231
    assert len(client(root).get_metric_history(run.info.run_id, "curve/loss")) == 1500


def test_numbers_that_are_not_finite_are_left_out():
    odd = replace(record(0), val_metrics={"accuracy": float("nan")}, seconds={"train": float("inf")})
    assert {"val_accuracy", "seconds/train"}.isdisjoint(metrics(odd))


def test_an_unreachable_server_causes_one_warning_and_does_not_delay_the_search(tmp_path):
    warnings = []
    uri = f"http://127.0.0.1:{closed_port()}"
    start = time.monotonic()
    tracker = open_tracker(uri, study="demo", folder=tmp_path, warn=warnings.append)
    for trial in range(100):
        tracker.log(record(trial), b"tflite")
    tracker.counts(STATES)
    assert time.monotonic() - start < 1
    tracker.close(30)
    assert time.monotonic() - start < 20
    (warning,) = warnings
    assert uri in warning
    assert "\n" not in warning


def test_by_default_the_warning_is_logged(tmp_path, caplog):
    with caplog.at_level(logging.WARNING, logger="nas.tracking"):
        open_tracker(f"http://127.0.0.1:{closed_port()}", study="demo", folder=tmp_path).close(30)
    assert len(caplog.records) == 1


def test_records_that_a_failing_store_missed_are_logged_when_it_works_again(root, monkeypatch):
    monkeypatch.setattr("nas.tracking.tracker.FIRST_PAUSE_SECONDS", 0.01)
    real, failures = Store.log, iter([True, True])

    def sometimes(self, record, model):
        if next(failures, False):
            raise ConnectionError("gone")
        real(self, record, model)

    monkeypatch.setattr(Store, "log", sometimes)
    warnings = []
    tracker = track(root, record(0), record(1), warn=warnings.append)
    wait_for(lambda: tracker.logged_trials() == {0, 1})
    tracker.close(60)
    assert len(candidates(root)) == 2
    assert len(warnings) == 1


def test_a_store_that_is_away_at_the_end_gets_everything_when_it_is_back_and_closing_does_not_wait_for_it(
    root, monkeypatch
):
    monkeypatch.setattr("nas.tracking.tracker.FIRST_PAUSE_SECONDS", 0.01)
    is_away = threading.Event()
    is_away.set()

    def opened(*arguments):
        if is_away.is_set():
            raise ConnectionError("gone")
        return Store(*arguments)

    monkeypatch.setattr("nas.tracking.tracker.Store", opened)
    lingers = threading.Event()
    address = find_address(None, root)
    tracker = MlflowTracker(address, "demo", root / "demo", {}, lambda line: None, lingers.set)
    tracker.log(record(0), b"tflite")
    closing = threading.Thread(target=tracker.close, args=(60,))
    closing.start()
    assert lingers.wait(20)
    is_away.clear()
    closing.join()
    assert [run.info.status for run in candidates(root)] == ["FINISHED"]


def test_a_store_that_stays_away_is_given_up(root, monkeypatch):
    monkeypatch.setattr("nas.tracking.tracker.FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr("nas.tracking.tracker.AWAY_SECONDS", 0.05)
    uri, told = f"http://127.0.0.1:{closed_port()}", []
    tracker = MlflowTracker(
        find_address(uri, root), "demo", root / "demo", {}, told.append, lambda: told.append("away")
    )
    tracker.close(60)
    assert not tracker._thread.is_alive()
    assert told[-1] == "away"


def test_a_record_that_the_store_refuses_does_not_block_the_others(root, monkeypatch):
    monkeypatch.setattr("nas.tracking.tracker.FIRST_PAUSE_SECONDS", 0.01)
    refused = replace(record(0), params={"no such key!": 1})
    tracker = track(root, refused, record(1), warn=lambda line: None)
    wait_for(lambda: tracker.logged_trials() == {1})
    tracker.close(60)
    assert [run.data.tags["trial"] for run in candidates(root)] == ["1"]


def wait_for(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_closing_does_not_wait_for_a_server_that_hangs(tmp_path):
    warnings = []
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        tracker = open_tracker(
            f"http://127.0.0.1:{silent.getsockname()[1]}", study="demo", folder=tmp_path, warn=warnings.append
        )
        start = time.monotonic()
        tracker.close(0.5)
        assert time.monotonic() - start < 2
    assert len(warnings) == 1


def test_the_address_none_turns_tracking_off(tmp_path):
    before = threading.active_count()
    tracker = open_tracker("none", study="demo", folder=tmp_path)
    tracker.log(record(0), b"tflite")
    tracker.finish(result(0, tmp_path), {})
    tracker.close()
    assert type(tracker) is Tracker
    assert tracker.logged_trials() == set()
    assert threading.active_count() == before
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("uri", ["", "somewhere", "ftp://host", "file:///mlruns"])
def test_an_address_of_an_unknown_kind_is_refused(uri, tmp_path):
    with pytest.raises(InputError, match="tracking_uri"):
        find_address(uri, tmp_path)


def test_tracking_prints_nothing(tmp_path):
    code = (
        "import sys; from pathlib import Path; from nas.tracking import open_tracker\n"
        "open_tracker(None, study='demo', folder=Path(sys.argv[1])).close(60)"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MLFLOW")}
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True, env=environment
    )
    assert (run.stdout, run.stderr) == ("", "")
    assert (tmp_path / "mlflow.db").is_file()
