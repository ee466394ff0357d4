"""The view of a running search: lines for a pipe, a panel for a terminal."""

from collections import Counter
from dataclasses import replace

import pytest
from rich.console import Console

from nas.cli.views.live import View, clock, counts, line
from nas.study.record import Record, State

FACTS = {"weights_bytes": 3480, "arena_min_bytes": 2656, "macs": 3008}


def record(trial: int, state: State = State.COMPLETE, score: float = 0.5) -> Record:
    complete = state == State.COMPLETE
    facts = (
        {"profiled": FACTS, "val_metrics": {"accuracy": 0.875}, "values": (score,)}
        if complete
        else {"reason": "time limit"}
    )
    return Record(trial, state, "d", {}, {}, 0, seconds={"train": 1.25}, **facts)


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (59.9, "0:59"), (61, "1:01"), (3600, "60:00")])
def test_a_time_is_shown_in_minutes_and_seconds(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


def test_every_state_is_counted_in_one_line() -> None:
    shown = counts(Counter({State.COMPLETE: 3, State.OVER_BUDGET: 1}))
    assert shown == "complete 3  over budget 1  stopped early 0  duplicate 0  failed 0"


def test_a_reason_that_says_that_a_candidate_was_stopped_early_is_shown_as_it_is() -> None:
    stopped = replace(record(4, State.PRUNED), reason="stopped early at epoch 2: validation accuracy 20.0 %")
    assert line(stopped) == "trial    4  stopped early at epoch 2: validation accuracy 20.0 %"


def test_a_candidate_is_one_line_with_its_reason_or_its_numbers() -> None:
    assert line(record(4, State.PRUNED)) == "trial    4  stopped early: time limit"
    for words in ("trial    7", "87.5 %", "weights 3,480 B", "arena 2,656 B", "3,008 MACs"):
        assert words in line(record(7))
    judged = replace(record(7), metric="macro_f1", val_metrics={"macro_f1": 0.8125})
    assert "int8 validation macro-F1 81.2 %" in line(judged)


def test_a_pipe_gets_a_line_for_each_trained_candidate_and_a_star_for_the_best(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with View("a search", 4) as view:
        view.phase("searching")
        view.tick([], 1.0, 60.0)
        for kept in (record(0), record(1, State.OVER_BUDGET), record(2, score=0.4), record(3, score=0.9)):
            view.recorded(kept)
    shown = capsys.readouterr()
    assert shown.out == ""
    lines = [text for text in shown.err.splitlines() if "trial" in text]
    assert [text.split()[1] for text in lines] == ["0", "2", "3"]
    assert [text.endswith("*") for text in lines] == [True, False, True]


def test_a_terminal_gets_a_panel_with_what_is_done_best_and_left() -> None:
    view = View("a search", 10)
    for kept in (record(0), record(1, State.OVER_BUDGET), record(2, score=0.9)):
        view.recorded(kept)
    view.tick([], 30.0, 90.0)
    console = Console(width=100, record=True)
    with console.capture() as shown:
        console.print(view._panel())
    for words in ("3 of 10", "1:00 left", "over budget 1", "best so far: trial    2", "training: -"):
        assert words in shown.get()
