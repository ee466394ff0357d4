"""The view of a running search: lines for a pipe, a panel for a terminal."""

import io
from collections import Counter
from dataclasses import replace

import pytest
from rich.console import Console

from nas.api.progress import Progress, clock, counts, line
from nas.optimizer.observer import FinalPlace
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
    assert shown == "3 complete, 1 over budget"


def test_a_reason_that_says_that_a_candidate_was_stopped_early_is_shown_as_it_is() -> None:
    stopped = replace(record(4, State.PRUNED), reason="stopped early at epoch 2: validation accuracy 20.0 %")
    assert line(stopped) == "trial    4  stopped early at epoch 2: validation accuracy 20.0 %"


def test_a_candidate_is_one_line_with_its_reason_or_its_numbers() -> None:
    assert line(record(4, State.PRUNED)) == "trial    4  stopped early: time limit"
    for words in ("trial    7", "87.5 %", "weights 3,480 B", "arena 2,656 B", "3,008 MACs"):
        assert words in line(record(7))
    judged = replace(record(7), metric="macro_f1", val_metrics={"macro_f1": 0.8125})
    assert "validation macro-F1 81.2 %" in line(judged)


def test_a_pipe_gets_a_line_for_each_candidate_and_a_star_for_the_best(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Progress("a search", 4) as view:
        view.phase("searching")
        view.tick([], 1.0, 60.0)
        for kept in (record(0), record(1, State.OVER_BUDGET), record(2, score=0.4), record(3, score=0.9)):
            view.recorded(kept)
    shown = capsys.readouterr()
    assert shown.out == ""
    lines = [text for text in shown.err.splitlines() if "trial" in text]
    assert [text.split()[1] for text in lines] == ["0", "1", "2", "3"]
    assert [text.endswith("*") for text in lines] == [True, False, False, True]


def test_a_pipe_gets_one_line_for_candidates_in_a_row_that_were_not_trained(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("a search", 4) as view:
        for number in range(5):
            view.recorded(record(number, State.OVER_BUDGET if number < 4 else State.DUPLICATE))
        view.recorded(record(5))
        view.recorded(record(6, State.OVER_BUDGET))
    lines = capsys.readouterr().err.splitlines()[1:]
    assert lines[0] == "trial    0 to 4  not trained: 4 over budget, 1 duplicate; the last: time limit"
    assert [text[:11] for text in lines] == ["trial    0 ", "trial    5 ", "trial    6 "]


def final(view: Progress, trial: int, fold: int, accuracy: float, done: int) -> None:
    judged = replace(record(trial), val_metrics={"accuracy": accuracy})
    view.final(judged, FinalPlace(fold, folds=2, done=done, trainings=4))


def test_a_pipe_gets_a_line_for_each_training_of_the_finals(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("a search", 4) as view:
        final(view, trial=7, fold=0, accuracy=0.875, done=1)
    assert "finals   1 of 4  trial 7 on fold 1 of 2  validation accuracy 87.5 %" in capsys.readouterr().err


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_a_terminal_shows_how_far_the_finals_are_and_the_finalists_by_their_mean(columns: int) -> None:
    console = terminal(columns)
    with Progress("a search", 4, console) as view:
        for number in range(4):
            view.recorded(record(number))
        for done, (trial, fold, accuracy) in enumerate([(2, 0, 0.5), (3, 0, 0.75), (2, 1, 0.875)], 1):
            final(view, trial, fold, accuracy, done)
        shown = [" ".join(text.split()) for text in screen(console, view)]
    assert [text for text in shown if text.endswith("3 of 4 trainings")]
    assert shown.index("3 75.0 % 75.0 %") < shown.index("2 68.8 % 50.0 % 87.5 %")


def test_finalists_of_a_regression_are_shown_in_units_the_lowest_error_first_and_one_that_failed_last() -> None:
    console = terminal(80)
    with Progress("a search", 4, console) as view:
        for trial, error in ((1, None), (2, 12.75), (3, 9.5)):
            judged = replace(record(trial), metric="rmse", val_metrics={} if error is None else {"rmse": error})
            view.final(judged, FinalPlace(0, folds=2, done=trial, trainings=6))
        shown = [" ".join(text.split()) for text in screen(console, view)]
    assert shown.index("3 9.5 9.5") < shown.index("2 12.75 12.75") < shown.index("1 - -")


def terminal(columns: int) -> Console:
    return Console(width=columns, height=24, force_terminal=True, file=io.StringIO(), color_system=None)


def screen(console: Console, view: Progress) -> list[str]:
    """The lines of the view, as wide as they are printed."""
    with console.capture() as shown:
        console.print(view._frame())
    return shown.get().splitlines()


LONG = "searching; metric: balanced accuracy (the most frequent class has 12.5 times the rows of the rarest)"


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_a_terminal_sees_what_is_done_best_and_left_within_its_columns_and_24_lines(columns: int) -> None:
    console = terminal(columns)
    view = Progress("a search", 10, console)
    view.phase(LONG)
    stopped = replace(record(0, State.PRUNED), at_rung=2, reason="stopped early at epoch 2: " + "validation " * 9)
    failed = record(6, State.FAILED)
    stopped_early = (replace(stopped, trial=n) for n in range(6))
    for kept in (*stopped_early, replace(failed, reason=LONG), record(7, State.OVER_BUDGET), record(8, score=0.9)):
        view.recorded(kept)
    view.tick([], 30.0, 90.0)
    lines = screen(console, view)
    assert max(map(len, lines)) <= columns
    assert len(lines) < 24
    assert any("3,480 B" in row and "2,656 B" in row and "87.5 %" in row for row in lines if not row.startswith("best"))
    shown = " ".join(" ".join(lines).split())
    for words in (
        LONG,
        "9 of 10",
        "1:00 left",
        "1 over budget",
        "best so far: trial 8",
        "training: -",
        "at epoch 2",
    ):
        assert words in shown


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_a_terminal_of_any_width_says_what_was_over_budget_and_what_failed(columns: int) -> None:
    console = terminal(columns)
    view = Progress("a search", 10, console)
    over = "weights 17,608 B (limit 6,144 B), arena 27,408 B (limit 20,480 B)"
    for number in range(5):
        view.recorded(replace(record(number, State.OVER_BUDGET), reason=over))
        view.recorded(replace(record(number, State.FAILED), reason="stuck past its time limit"))
    rows = screen(console, view)
    assert len(rows) < 24
    assert "…" not in "".join(rows)
    last = " ".join(row[-(columns - 42) :].strip() for row in rows)
    assert "stuck past its time limit" in " ".join(last.split())


def test_the_table_of_the_best_candidates_stays_on_the_terminal() -> None:
    console = terminal(80)
    with Progress("a search", 10, console) as view:
        for number in range(9):
            view.recorded(record(number, score=0.9 if number == 2 else number / 100))
    text = console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
    last = text[text.rindex("best so far") :]
    assert "trial    2" in last
    assert [row.split()[0] for row in last.splitlines() if "3,480 B" in row][1:] == ["2", "8", "7", "6", "5", "4"]
    assert "Ctrl-C" not in last
