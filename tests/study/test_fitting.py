"""Where nothing fits, the options that do are named, with figures that come true."""

import re
from dataclasses import replace
from functools import cache

import pytest

from nas import limits_in_words
from nas.api.limits import limits_above_board
from nas.errors import InputError
from nas.space.dims import RandomChooser
from nas.space.file import load_space
from nas.study import fitting
from nas.study.fitting import Asked, require_feasible, scarcity
from nas.study.study import Study
from nas.target.budget import Budget
from nas.target.profiler import estimate_many
from nas.target.target import find_target
from nas.task.classification import Classification
from nas.text import percent

BOARD = find_target("blue-pill")
SHAPE, CLASSES = (128, 6), 6


def asked(**changes: object) -> Asked:
    """A space whose smallest network with softmax has more code than the board's 64 KB of flash."""
    space = load_space("cnn_timeseries")
    return replace(Asked(space, SHAPE, CLASSES, BOARD, Budget.of(BOARD)), **changes)


def refusal(what: Asked) -> str:
    with pytest.raises(InputError) as caught:
        require_feasible(what)
    return str(caught.value)


@cache
def too_small() -> str:
    return refusal(asked())


def test_a_board_that_is_too_small_is_answered_with_the_options_that_fit() -> None:
    message = too_small()
    assert "no candidate fits the budget" in message
    assert "output='logits' (the smallest has flash " in message
    assert "target='cortex-m3-reference', ram_kb=20, flash_kb=64 (the smallest has flash " in message
    assert "a board with more memory, such as target=" in message


def test_each_option_that_is_named_is_feasible() -> None:
    message = too_small()
    logits = asked(space=replace(asked().space, task=Classification(softmax=False)))
    require_feasible(logits)
    require_feasible(asked(target=find_target("cortex-m3-reference")))
    board = find_target(re.search(r"more memory, such as target='(\S+)'", message)[1])
    require_feasible(asked(target=board, budget=Budget.of(board)))


def test_the_figures_of_an_option_are_those_of_its_candidates() -> None:
    logits = asked(space=replace(asked().space, task=Classification(softmax=False)))
    chooser = RandomChooser(0)
    drawn = [logits.space.sample(chooser, SHAPE, CLASSES).lower() for _ in range(200)]
    fitting = sum(not logits.budget.over(totals) for totals in estimate_many(drawn, BOARD))
    assert f"; {percent(fitting / 200)} of random candidates fit)" in too_small()


@pytest.mark.parametrize(("limit", "keyword"), [("weights_bytes", "budget_kb"), ("macs", "macs_k")])
def test_a_limit_that_the_user_gave_is_raised_to_one_that_fits(limit: str, keyword: str) -> None:
    tight = Asked(load_space("mlp_tabular"), (8,), 2, find_target("cortex-m4"), Budget(**{limit: 5}))
    value = float(re.search(rf"{keyword}=([\d.]+) or more", refusal(tight))[1])
    unit = 1000 if limit == "macs" else 1024
    require_feasible(replace(tight, budget=Budget(**{limit: int(value * unit)})))


def test_a_limit_of_the_board_is_not_told_to_be_raised() -> None:
    assert "or more" not in too_small()


def test_few_candidates_that_fit_are_told_with_the_operator_to_leave_out() -> None:
    words = scarcity(asked(space=replace(asked().space, task=Classification(softmax=False))))
    few, more = (float(share) for share in re.findall(r"([\d.]+) %", words))
    assert "of those without DEPTHWISE_CONV_2D" in words
    assert few < 20 < more
    assert scarcity(asked(target=find_target("arduino-nano-33-ble"), budget=Budget(flash_bytes=2**20))) == ""


def test_a_share_of_candidates_that_is_just_enough_is_not_called_scarce(monkeypatch: pytest.MonkeyPatch) -> None:
    logits = asked(space=replace(asked().space, task=Classification(softmax=False)))
    chooser = RandomChooser(logits.seed)
    graphs = [logits.space.sample(chooser, SHAPE, CLASSES).lower() for _ in range(fitting.SAMPLE)]
    share = sum(not logits.budget.over(totals) for totals in estimate_many(graphs, BOARD)) / fitting.SAMPLE
    assert 0 < share < 1
    monkeypatch.setattr(fitting, "SCARCE", share)
    assert scarcity(logits) == ""
    monkeypatch.setattr(fitting, "SCARCE", share + 1e-6)
    assert f"only {percent(share)} of random candidates fit" in scarcity(logits)


@pytest.mark.parametrize("output", ["logits", "probabilities"])
@pytest.mark.parametrize("board", ["blue-pill", "arduino-nano-33-ble"])
def test_the_limits_in_words_add_up(board: str, output: str) -> None:
    words = limits_in_words(Study(space="cnn_timeseries", target=board, output=output))
    sizes = [kilobytes(*found) for found in re.findall(r"([\d,.]+) (KB|B)\b", re.sub(r" \([^)]*\)", "", words))]
    weights, _, flash, least, most, left, *none = sizes
    assert weights == left == pytest.approx(flash - least, abs=0.11)
    assert none == pytest.approx([flash - most] if flash > most else [], abs=0.11)
    assert ("or nothing for the model" in words) is (most > flash)


def kilobytes(number: str, unit: str) -> float:
    return float(number.replace(",", "")) / (1024 if unit == "B" else 1)


def scarce() -> Asked:
    """A space of which some network with softmax fits, but hardly any."""
    return asked(budget=replace(Budget.of(BOARD), flash_bytes=asked().smallest().flash_bytes))


def test_where_hardly_any_candidate_fits_the_options_that_are_told_give_a_share_that_is_worth_a_search() -> None:
    require_feasible(scarce())
    words = scarcity(scarce())
    assert "--output logits (the smallest has " in words
    assert "a board with more memory, such as --target " in words
    shares = [float(share) for share in re.findall(r"([\d.]+) % of random candidates fit\)", words)]
    assert min(shares) >= 100 * fitting.RARE


def test_a_limit_above_the_board_s_own_is_told() -> None:
    study = Study(space="cnn_timeseries", target="arduino-nano-33-ble", ram_kb=500, flash_kb=512)
    (told,) = limits_above_board(study)
    assert told.startswith("--ram-kb 500 is more than the 256 KB of arduino-nano-33-ble")
    assert limits_above_board(replace(study, ram_kb=256)) == []
