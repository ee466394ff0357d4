"""What `nas search` prints without training: the dry run, every kind of bad input, and the summary of a result."""

import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from space_walk import SMALL

from nas.cli.views.result import browse, deploy, summary
from nas.study.finals import Finalist
from nas.study.record import Record, State
from nas.study.result import Result, Trained
from nas.study.rung_correlation import RungCorrelation
from nas.study.study import Study
from nas.study.tested import Tested
from nas.task.metrics import Estimate

SEARCH = ("search", "--space", "mlp_tabular", "--budget-kb", "4", "--tracking-uri", "none", "--trials", "2")

RNG = np.random.default_rng(0)
ROWS: dict[str, Any] = {
    "x_train": RNG.normal(size=(60, 5)),
    "y_train": np.arange(60) % 3,
    "x_test": RNG.normal(size=(12, 5)),
    "y_test": np.arange(12) % 3,
}


def npz(**changes: Any) -> Any:
    """Writes the rows with some of them changed."""
    return lambda path: np.savez(path / "data.npz", **{**ROWS, **changes})


def with_nan() -> Any:
    x = ROWS["x_train"].copy()
    x[7, 2] = np.nan
    return npz(x_train=x)


def text(name: str, content: str) -> Any:
    return lambda path: (path / name).write_text(content)


def nothing(path: Path) -> None:
    """Leave the folder empty."""


BAD = {
    "a missing file": (nothing, ["--data", "data.npz"], "data.npz: no such file or folder"),
    "an unknown source": (nothing, ["--data", "whine"], "did you mean wine"),
    "a file that is no npz": (text("data.npz", "x,y\n1,2\n"), ["--data", "data.npz"], "data.npz: "),
    "an unreadable kind of file": (text("data.mp3", "1,2"), ["--data", "data.mp3"], "data.mp3: data must be"),
    "a table without classes": (text("data.csv", "1,2"), ["--data", "data.csv"], "must have a column of classes"),
    "an npz with pickled objects": (npz(x_train=np.array([{}] * 60)), ["--data", "data.npz"], "data.npz: "),
    "wrong shapes": (npz(y_train=np.arange(59) % 3), ["--data", "data.npz"], "y_train"),
    "rows of another shape": (npz(x_test=np.ones((12, 4))), ["--data", "data.npz"], "x_test"),
    "NaN": (with_nan(), ["--data", "data.npz"], "x_train: must have finite values only"),
    "one class": (npz(y_train=np.zeros(60, int), y_test=np.zeros(12, int)), ["--data", "data.npz"], "two classes"),
    "fewer groups than splits need": (
        npz(group_train=np.zeros(60, int), group_test=np.ones(12, int)),
        ["--data", "data.npz"],
        "group",
    ),
    "rows that the space does not read": (
        nothing,
        ["--data", "digits"],
        "is for table data, got rows of shape (8, 8, 1) from digits; take one for image data: --space cnn_image",
    ),
    "options for recordings only": (nothing, ["--data", "wine", "--window", "9"], "data.window applies only to"),
    "an empty folder": (lambda path: (path / "rec").mkdir(), ["--data", "rec"], "rec: "),
    "a space with low > high": (
        text("mine.toml", SMALL.replace("low = 0, high = 2", "low = 3, high = 2")),
        ["--space", "mine.toml"],
        "mine.toml: conv.count: low <= high must hold, got low=3, high=2",
    ),
    "a space with an unknown block": (
        text("mine.toml", SMALL.replace('"dense"\nunits', '"dens"\nunits')),
        ["--space", "mine.toml"],
        "mine.toml: dense: unknown block 'dens'; did you mean dense?",
    ),
    "a space with a convolution behind its head": (
        text("mine.toml", SMALL.replace('"conv", "head", "dense"', '"head", "conv", "dense"')),
        ["--space", "mine.toml"],
        "must have height, width and channels before it",
    ),
    "a missing space": (nothing, ["--space", "mine.toml"], "mine.toml: must be a readable file"),
    "an unknown space": (nothing, ["--space", "cnn_timeserie", "--data", "wine"], "did you mean cnn_timeseries?"),
    "a budget that no member meets": (
        nothing,
        ["--budget-kb", "0.05"],
        "the smallest that was found has weights 68 B (limit 51 B)",
    ),
    "an arena that no member meets": (
        nothing,
        ["--ram-kb", "0.5"],
        "(limit 512 B); these options fit: --ram-kb 0.9 or more",
    ),
    "multiply-accumulates that no member meets": (
        nothing,
        ["--macs-k", "0.01"],
        "(limit 10); these options fit: --macs-k 0.1 or more",
    ),
    "a latency that no member meets": (
        nothing,
        ["--latency-ms", "0.001", "--target", "arduino-nano-33-ble"],
        "ms (limit 0.001 ms); these options fit: --latency-ms 0.1 or more",
    ),
    "a limit of latency without a clock": (nothing, ["--latency-ms", "5"], "must be a board with a clock"),
    "a budget of nothing": (nothing, ["--budget-kb", "0"], "--budget-kb: must be above 0"),
    "an endless budget": (nothing, ["--budget-kb", "inf"], "--budget-kb: must be above 0"),
    "an unknown board": (nothing, ["--target", "cortex-m5"], "unknown target 'cortex-m5'"),
    "a broken board": (text("b.toml", "[b]\ncore = 3"), ["--target", "b.toml"], "b.toml"),
    "latency without a clock": (nothing, ["--objective", "pareto-latency"], "must be a board"),
    "latency that is not known": (
        nothing,
        ["--objective", "pareto-latency", "--target", "esp32-c3-devkitm-1"],
        "must be a board",
    ),
    "an unknown sampler": (nothing, ["--sampler", "tp"], "--sampler: unknown sampler 'tp'"),
    "an unknown objective": (nothing, ["--objective", "speed"], "--objective: unknown objective"),
    "an unknown metric": (nothing, ["--metric", "f2"], "--metric: unknown metric 'f2'"),
    "a recipe that is none": (nothing, ["--recipe", "epochs"], "--recipe: must be KEY="),
    "a recipe's word for a number": (
        nothing,
        ["--recipe", "epochs=many"],
        "training.epochs: must be a whole number, got 'many'",
    ),
    "a recipe's unknown key": (nothing, ["--recipe", "epoch=3"], "did you mean epochs?"),
    "a recipe's wrong value": (nothing, ["--recipe", "epochs=0"], "training.epochs: must be 1 or more, got 0"),
    "a seed below 0": (nothing, ["--seed", "-1"], "--seed: must be from 0"),
    "a name with a path in it": (nothing, ["--name", "../up"], "--name: must be letters"),
    "a storage that does not open": (nothing, ["--storage", "nonsense"], "--storage: must be a storage that opens"),
    "a tracking server of no known kind": (nothing, ["--tracking-uri", "ftp://x"], "--tracking-uri: must begin with"),
    "a missing study": (
        nothing,
        ["nowhere"],
        "nowhere: must be a study that is there; name a new one with --name nowhere",
    ),
    "a study file of another kind": (
        text("s.toml", "recipe = 3"),
        ["s.toml"],
        "recipe: must be a table of settings",
    ),
    "a study file that is no TOML": (text("s.toml", "[["), ["s.toml"], "s.toml: must be valid TOML"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_reported_in_one_line_and_writes_nothing(nas, tmp_path: Path, case: str) -> None:
    prepare, words, line = BAD[case]
    prepare(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    ended = nas(*SEARCH, *words)
    assert (ended.code, ended.out) == (1, "")
    assert len(ended.complaints) == 1, ended.err
    assert line in ended.complaints[0]
    assert ended.err.splitlines()[-1] == ended.complaints[0]
    assert sorted(tmp_path.rglob("*")) == before


WITHOUT_DATA = [
    "a space with low > high",
    "a missing space",
    "a budget of nothing",
    "an unknown board",
    "a broken board",
    "latency without a clock",
    "latency that is not known",
    "an unknown objective",
    "an unknown metric",
    "a recipe's unknown key",
    "an unknown sampler",
    "a tracking server of no known kind",
]


@pytest.mark.parametrize("case", WITHOUT_DATA)
def test_what_can_be_told_without_the_data_is_told_before_they_are_read(nas, tmp_path: Path, case: str) -> None:
    prepare, words, line = BAD[case]
    prepare(tmp_path)
    ended = nas(*SEARCH, *words, "--data", "absent.npz")
    assert "reading data" not in ended.err
    assert line in ended.complaints[0]


def test_another_definition_of_a_study_is_refused_before_the_data_are_read(nas, result: Result, root: Path) -> None:
    ended = nas("search", root / "mine", "--metric", "macro_f1", "--data", "absent.npz")
    assert "reading data" not in ended.err
    assert "metric was auto, is macro_f1" in ended.complaints[0]


def test_an_impossible_budget_is_refused_with_the_size_of_the_smallest_candidate(nas) -> None:
    # The classifier alone: 30 x 2 weights and 2 biases of 4 bytes.
    assert "the smallest that was found has weights 68 B (limit 51 B)" in nas(*SEARCH, "--budget-kb", "0.05").err


def test_a_missing_space_is_reported_with_the_next_step(nas) -> None:
    ended = nas("search", "--budget-kb", "6")
    assert ended.err.startswith("nas: settings: must name a space; such as --space cnn_timeseries --data ")
    assert ended.err.endswith("; see `nas spaces`\n")
    assert ended.err.count("\n") == 1


def test_a_dry_run_prints_the_study_and_writes_nothing(nas, tmp_path: Path) -> None:
    ended = nas(*SEARCH, "--recipe", "epochs=3", "--recipe", "learning_rate=0.01", "--dry-run")
    assert re.search(
        r"^limits: weights 4,096 B\n(warning: .*\n)*candidates: .* % of 500 random ones fit", ended.err, re.M
    )
    study = tomllib.loads(ended.out)
    assert (study["space"], study["data"], study["budget_kb"]) == ("mlp_tabular", "breast_cancer", 4.0)
    assert (study["training"]["epochs"], study["training"]["learning_rate"]) == (3, 0.01)
    document = json.loads(nas(*SEARCH, "--dry-run", "--json").out)
    assert tomllib.loads(document["study_toml"])["trials"] == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("case", BAD)
def test_a_dry_run_refuses_what_the_search_refuses(nas, tmp_path: Path, case: str) -> None:
    prepare, words, line = BAD[case]
    prepare(tmp_path)
    ended = nas(*SEARCH, *words, "--dry-run")
    assert (ended.code, ended.out) == (1, "")
    assert line in ended.complaints[0]


def test_a_dry_run_refuses_other_data_than_those_that_the_study_began_with(
    nas, result: Result, root: Path, tmp_path: Path
) -> None:
    npz()(tmp_path)
    ended = nas("search", root / "mine", "--data", "data.npz", "--dry-run")
    assert (ended.code, ended.out) == (1, "")
    assert "must keep the settings that it began with: data was wine, is data.npz" in ended.complaints[0]
    assert nas("search", root / "mine", "--dry-run").code == 0


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--space", "cnn_timeserie"], "did you mean cnn_timeseries?"),
        (["--space", "cnn_timeserie", "--data", "wine"], "did you mean cnn_timeseries?"),
        (["--sampler", "bayes"], "--sampler: unknown sampler 'bayes'"),
        (["--data", "whine"], "did you mean wine"),
        (["--jobs", "-1"], "--jobs: must be 0 or more"),
        (["--target", "cortex-m5"], "unknown target 'cortex-m5'"),
        ([], "--budget-kb: must be given for the weighted objective"),
    ],
)
def test_a_missing_budget_is_told_after_all_else_that_is_wrong(nas, words: list[str], line: str) -> None:
    ended = nas("search", "--space", "mlp_tabular", *words)
    assert ended.code == 1
    assert line in ended.complaints[0]


def test_flags_override_a_study_file(nas, tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(
        "space = 'cnn_image'\nbudget_kb = 3\nseed = 4\n[recipe]\nepochs = 9\npatience = 2\n"
    )
    study = tomllib.loads(nas("search", "s.toml", "--budget-kb", "5", "--recipe", "epochs=7", "--dry-run").out)
    assert (study["space"], study["budget_kb"], study["seed"]) == ("cnn_image", 5.0, 4)
    assert (study["training"]["epochs"], study["training"]["patience"]) == (7, 2)


def test_the_study_that_a_dry_run_prints_can_be_run(nas, tmp_path: Path) -> None:
    first = nas(*SEARCH, "--dry-run").out
    (tmp_path / "s.toml").write_text(first)
    assert nas("search", "s.toml", "--dry-run").out == first


def test_the_summary_shows_scores_with_intervals_and_the_footprint() -> None:
    facts = {"weights_bytes": 3480, "file_bytes": 7984, "arena_min_bytes": 2656, "flash_bytes": 47_600, "macs": 3008}
    record = Record(1, State.COMPLETE, "a0259782f8b6", {}, {}, 0, profiled=facts, val_metrics={"accuracy": 0.951})
    states = {"complete": 3, "over_budget": 1, "pruned": 0, "duplicate": 0, "failed": 0}
    int8 = {"accuracy": Estimate(0.943, 0.911, 0.968), "balanced_accuracy": Estimate(0.871, 0.802, 0.914)}
    floats = {"accuracy": Estimate(0.95, 0.9, 1.0), "balanced_accuracy": Estimate(0.88, 0.8, 1.0)}
    finals = (
        {"trial": 1, "val_accuracy": 0.94, "val_score": 0.94},
        {"trial": 0, "val_accuracy": 0.1, "val_score": 0.1},
        {"trial": 1, "val_accuracy": 0.962, "val_score": 0.962},
    )
    tested = Tested(int8, floats, {"accuracy": 0.62, "balanced_accuracy": 0.25}, (), "9 groups")
    winner = Trained(record, finals, tested=tested)
    result = Result("mine", "studies/mine", 24.3, states, winner, ())
    shown = summary(result)
    for words in (
        "4 trials",
        "3 complete, 1 over budget",
        "94.3 %",
        "91.1 to 96.8 %, over 9 groups",
        "95.0 %",
        "62.0 %",
        "95.1 % +- 1.6 over 2 folds",
        "3,480 B",
        "46.5 KB",
        "studies/mine/best/",
    ):
        assert words in shown
    assert "stopped early" not in shown
    assert "balanced" not in shown

    judged = replace(record, metric="balanced_accuracy", val_metrics={"balanced_accuracy": 0.951})
    other = summary(replace(result, winner=replace(winner, record=judged)))
    for words in ("87.1 %  (95 % interval 80.2 to 91.4 %", "88.0 %", "25.0 %", "94.3 %"):
        assert words in other
    assert other.index("test balanced accuracy") < other.index("test accuracy")
    assert "cross-validated balanced accuracy" in other


def test_the_summary_shows_the_front_by_the_objective_s_cost_and_marks_the_winner() -> None:
    def candidate(trial: int, accuracy: float, latency: float | None) -> Record:
        facts = {"weights_bytes": 3480, "file_bytes": 7984, "arena_min_bytes": 2656, "flash_bytes": 47_600}
        costs = {**facts, "macs": 3008, "latency_ms": latency}
        return Record(trial, State.COMPLETE, f"{trial}", {}, {}, 0, profiled=costs, val_metrics={"accuracy": accuracy})

    kept = (candidate(7, 0.912, 3.25), candidate(4, 0.955, 10.1))
    result = Result("mine", "studies/mine", 1.0, {}, Trained(kept[1]), kept, objective="pareto-latency")
    shown = [" ".join(line.split()) for line in summary(result).splitlines()]
    assert "Pareto front by validation accuracy and latency, the cheapest first:" in shown
    assert "trial validation accuracy weights arena MACs latency" in shown
    assert "7 91.2 % 3,480 B 2,656 B 3,008 3.25 ms" in shown
    assert "4 95.5 % 3,480 B 2,656 B 3,008 10.10 ms winner" in shown

    # Of many, the most accurate are shown; a target without a clock gives no latency.
    result = replace(result, front=tuple(candidate(trial, 0.5 + trial / 100, None) for trial in range(20)))
    shown = [" ".join(line.split()) for line in summary(replace(result, objective="accuracy")).splitlines()]
    assert (
        "Pareto front by validation accuracy and weights, the cheapest first; 8 cheaper ones are in the report:"
        in shown
    )
    assert "trial validation accuracy weights arena MACs" in shown
    assert sum(line.endswith("3,008") and "%" in line for line in shown) == 12


def test_the_summary_says_what_the_winner_of_a_short_run_lacks_and_why_there_is_no_interval() -> None:
    facts = {"weights_bytes": 1, "file_bytes": 1, "arena_min_bytes": 1, "flash_bytes": 1, "macs": 1}
    record = Record(1, State.COMPLETE, "a0259782f8b6", {}, {}, 0, profiled=facts, val_metrics={"accuracy": 0.951})
    one = {"accuracy": Estimate(1.0)}
    winner = Trained(record, tested=Tested(one, one, {"accuracy": 0.5}, (), "2 groups"))
    shown = summary(
        Result("mine", "studies/mine", 1.0, {}, winner, (), lacked="too little time for the winner: all of it")
    )
    assert "test accuracy                     100.0 %  (no interval: the test set has 2 groups, 5 are needed)" in shown
    assert "\ntoo little time for the winner: all of it\n" in shown


def test_the_summary_says_why_the_winner_won_and_sets_it_below_a_front_that_it_is_not_on() -> None:
    facts = {"weights_bytes": 1, "file_bytes": 1, "arena_min_bytes": 1, "flash_bytes": 1, "macs": 1}
    leader, record = (
        Record(trial, State.COMPLETE, "a", {}, {}, 0, profiled=facts, val_metrics={"accuracy": score})
        for trial, score in ((7, 0.916), (12, 0.912))
    )
    finals = tuple({"trial": t, "val_accuracy": s, "val_score": s} for t, s in ((7, 0.908), (12, 0.915)))
    competed = Finalist(7, 0.916, 1, (0.908,), 0.908), Finalist(12, 0.912, 1, (0.915,), 0.915)
    result = Result("mine", "studies/mine", 1.0, {}, Trained(record, finals, finalists=competed), (leader,))
    shown = summary(result).splitlines()
    assert any(
        line.startswith("trial 12 won: ") and "trial 7, ahead in the search by 0.4 points" in line for line in shown
    )
    (row,) = (line for line in shown if line.split()[:2] == ["12", "91.2"])
    assert row.endswith("winner: not on this front, but best in the cross-validation")


def test_the_time_of_this_run_is_told_apart_from_that_of_all_runs() -> None:
    states = {"complete": 31}
    whole = Result("mine", "studies/mine", 231.0, states, None, (), run_seconds=231.0, run_trials=31)
    assert whole.time_words == "31 trials in 3 min 51 s"
    later = replace(whole, run_seconds=58.0, run_trials=12)
    assert later.time_words == "31 trials in 3 min 51 s over all runs, 12 of them in the 58 s of this run"


def test_the_summary_of_a_search_without_finals_shows_the_validation_score() -> None:
    facts = {"weights_bytes": 1, "file_bytes": 1, "arena_min_bytes": 1, "flash_bytes": 1, "macs": 1}
    record = Record(1, State.COMPLETE, "a0259782f8b6", {}, {}, 0, profiled=facts, val_metrics={"accuracy": 0.951})
    shown = summary(Result("mine", "studies/mine", 1.0, {}, Trained(record), ()))
    assert "validation accuracy" in shown
    assert "95.1 %" in shown


def test_the_summary_shows_the_rungs_rank_correlations_and_why_a_search_stopped() -> None:
    facts = {"weights_bytes": 1, "file_bytes": 1, "arena_min_bytes": 1, "flash_bytes": 1, "macs": 1}
    record = Record(1, State.COMPLETE, "a0259782f8b6", {}, {}, 0, profiled=facts, val_metrics={"accuracy": 0.951})
    result = Result("mine", "studies/mine", 1.0, {}, Trained(record), ())
    rungs = (RungCorrelation(2, 19, 0.587), RungCorrelation(8, 19, 0.9))
    shown = summary(replace(result, rungs=rungs, stopped="stopped after 120 candidates without a better one"))
    assert "\nstopped after 120 candidates without a better one\n" in shown
    assert (
        "rank correlation with the final scores 0.59 after 2 epochs, 0.90 after 8 epochs (19 control candidates)"
        in shown
    )
    assert "successive halving" not in summary(replace(result, rungs=(RungCorrelation(2, 1, None),)))
    assert "successive halving" not in summary(replace(result, rungs=(RungCorrelation(2, 3, 1.0),)))


@pytest.mark.parametrize(
    ("uri", "line"),
    [
        (None, "browse: nas ui --studies studies"),
        ("http://anna:secret@bench:5000", "browse: http://bench:5000"),
        ("sqlite:///runs.db", ""),
        ("none", ""),
    ],
)
def test_where_the_runs_can_be_looked_at_is_told_and_no_password(uri: str | None, line: str) -> None:
    assert browse(Study(space="mlp_tabular", budget_kb=2, tracking_uri=uri), "studies/mine") == line


@pytest.mark.parametrize(
    ("target", "command"),
    [
        ("arduino-nano-33-ble", "nas export studies/mine --format arduino  # or c, cmake, esp-idf, pico-sdk, zephyr"),
        ("nucleo-f411re", "nas export studies/mine --format c  # or arduino, cmake, esp-idf, pico-sdk, zephyr"),
        ("arduino-uno", "nas export studies/mine --format c"),
    ],
)
def test_a_search_ends_with_the_command_that_deploys_its_winner_on_the_board(target: str, command: str) -> None:
    study = Study(space="mlp_tabular", target=target)
    assert deploy(study, "studies/mine") == f"deploy: {command}"
