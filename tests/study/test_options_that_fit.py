"""The options that are named where little fits, with figures of made-up candidates: which, in what order, and when."""

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest

from nas.errors import InputError
from nas.space.file import load_space
from nas.study import fitting
from nas.study.fitting import Asked, advice, fit_in_words, require_feasible
from nas.target.budget import Budget
from nas.target.footprint import Flash, Totals
from nas.target.ram import Arena
from nas.target.target import Target, find_target, known_targets
from nas.task.classification import Classification

BOARD = find_target("blue-pill")
SPACE = load_space("cnn_timeseries")
LOGITS = replace(SPACE, task=Classification(softmax=False))


def totals(*, weights: int = 1000, ram: int = 2000, flash: int = 50_000, macs: int = 5000, ms: Any = 2.0) -> Totals:
    """Figures of a candidate; RAM and flash are those that limits bind."""
    arena, code = Arena(ram, 0, ram), Flash(weights, flash - weights)
    return Totals("host", "tflm", "", "cmsis_nn", weights, weights, arena, code, macs, ms, True)


@dataclass(frozen=True)
class Made(Asked):
    """A question whose smallest candidate and share of random candidates that fit are made up.

    `sizes` are the smallest candidates, and `shares` the shares, by what is asked: `softmax`, `logits`, and the names
    of other spaces and targets.
    """

    sizes: tuple[tuple[str, Totals], ...] = ()
    shares: tuple[tuple[str, float], ...] = ()

    def _looked_up(self, table: dict[str, Any], usual: Any) -> Any:
        softmax = isinstance(self.space.task, Classification) and self.space.task.softmax
        names = [] if self.target.name == BOARD.name else [self.target.name]
        names += [] if self.space.name == SPACE.name else [self.space.name]
        names.append("softmax" if softmax else "logits")
        return next((table[name] for name in names if name in table), usual)

    def smallest(self) -> Totals:
        return self._looked_up(dict(self.sizes), totals(flash=10**9))

    def share(self, drawn: int) -> float:
        return self._looked_up(dict(self.shares), 0.5)


def made(budget: Budget | None = None, **changes: Any) -> Made:
    sizes, shares = changes.pop("sizes", {}), changes.pop("shares", {"softmax": 0.0})
    asked = Made(SPACE, (128, 6), 6, BOARD, budget or Budget.of(BOARD))
    return replace(asked, sizes=tuple(sizes.items()), shares=tuple(shares.items()), **changes)


def told(asked: Made, timed: bool = False) -> list[str]:
    """The options that are named."""
    words = advice(asked, asked.smallest(), timed=timed)
    return re.split(r"(?<=\)); ", words.removeprefix("these options fit: ")) if words.startswith("these") else []


def test_a_budget_that_some_candidate_fits_is_not_refused() -> None:
    require_feasible(made(shares={"softmax": 0.02}))
    require_feasible(made(Budget()))
    require_feasible(made(sizes={"softmax": totals()}))
    with pytest.raises(
        InputError, match=r"space cnn_timeseries: .* smallest that was found has flash 70,000 B \(limit"
    ):
        require_feasible(made(sizes={"softmax": totals(flash=70_000)}))


def test_where_no_option_fits_a_larger_board_or_a_smaller_space_is_told() -> None:
    assert told(made()) == []
    assert advice(made(), totals(flash=70_000)) == "take a board with more memory, or a smaller space"


def test_logits_are_an_option_where_their_smallest_candidate_fits_with_its_figures() -> None:
    asked = made(sizes={"softmax": totals(flash=70_000), "logits": totals(flash=60_000)}, shares={"logits": 0.25})
    assert told(asked)[0] == "--output logits (the smallest has flash 58.6 KB; 25.0 % of random candidates fit)"
    assert not any("logits" in option for option in told(replace(asked, sizes=(("softmax", totals(flash=70_000)),))))
    assert not any("--output" in option for option in told(replace(asked, space=LOGITS)))


def test_an_option_that_gives_a_smaller_share_than_is_wanted_is_not_told() -> None:
    asked = made(sizes={"logits": totals()}, shares={"logits": 0.25})
    assert told(replace(asked, wanted=0.25))
    assert not any("logits" in option for option in told(replace(asked, wanted=0.26)))


def test_reference_kernels_are_an_option_within_the_same_memory_if_no_latency_is_needed() -> None:
    sizes = {"cortex-m3-reference": totals(), "softmax": totals(flash=70_000)}
    option = "reference kernels, --target cortex-m3-reference --ram-kb 20 --flash-kb 64 (the smallest has "
    assert any(words.startswith(option) for words in told(made(sizes=sizes)))
    assert not any("reference" in words for words in told(made(sizes=sizes), timed=True))
    free = made(
        Budget(weights_bytes=100, flash_bytes=65_536), sizes=sizes | {"cortex-m3-reference": totals(weights=90)}
    )
    assert any("cortex-m3-reference --flash-kb 64 (the" in words for words in told(free))
    here = find_target("cortex-m3-reference")
    assert not any("reference" in words for words in told(made(Budget(flash_bytes=9), target=here)))


def test_two_options_together_are_told_only_where_one_alone_does_not_do() -> None:
    class Both(Made):
        def smallest(self) -> Totals:
            reference = self.target.name == "cortex-m3-reference"
            logits = isinstance(self.space.task, Classification) and not self.space.task.softmax
            return totals() if reference and logits else totals(flash=10**9)

    asked = Both(SPACE, (128, 6), 6, BOARD, Budget.of(BOARD))
    (only,) = told(asked)
    assert only.startswith("--output logits reference kernels, --target cortex-m3-reference ")
    assert told(asked, timed=True) == []


def test_other_spaces_for_rows_of_the_same_kind_are_options() -> None:
    alike = {
        name
        for name in fitting.space_names()
        if load_space(name).input == SPACE.input
        and load_space(name).reconstruction == SPACE.reconstruction
        and load_space(name).front_end is None
    }
    sizes = {"softmax": totals(flash=70_000)} | dict.fromkeys(alike - {"cnn_timeseries"}, totals())
    names = {words.split()[1] for words in told(made(sizes=sizes)) if words.startswith("--space")}
    assert names == alike - {"cnn_timeseries"}


@pytest.mark.parametrize(
    ("budget", "used", "flags"),
    [
        (Budget(weights_bytes=1024), totals(weights=1025), "--budget-kb 1.1 or more"),
        (Budget(weights_bytes=1024), totals(weights=2048), "--budget-kb 2 or more"),
        (Budget(ram_bytes=1024, flash_bytes=40_000), totals(ram=2000), "--ram-kb 2 --flash-kb 48.9 or more"),
        (Budget(macs=4000), totals(macs=4321), "--macs-k 4.4 or more"),
        (Budget(latency_ms=1.0), totals(ms=1.23), "--latency-ms 1.3 or more"),
    ],
)
def test_limits_are_raised_to_tenths_that_the_smallest_candidate_fits(budget: Budget, used: Totals, flags: str) -> None:
    (option,) = [words for words in told(made(budget, sizes={"softmax": used}, shares={})) if "or more" in words]
    assert option.startswith(f"{flags} (the smallest has ")
    raised = [changed for words, changed in fitting._raised(made(budget), used) if "or more" in words]
    assert not raised[0].budget.over(used)


def test_no_limit_is_raised_above_the_memory_of_the_board() -> None:
    for ram, some in ((20 * 1024, True), (20 * 1024 + 1, False)):
        found = list(fitting._raised(made(Budget(ram_bytes=1024)), totals(ram=ram)))
        assert bool(found) is some
    assert list(fitting._raised(made(Budget()), totals())) == []
    generic = replace(made(Budget(ram_bytes=1024)), target=find_target("cortex-m4"))
    assert list(fitting._raised(generic, totals(ram=10**6)))


def test_an_unknown_latency_is_told_as_such() -> None:
    asked = made(Budget(latency_ms=1.0))
    assert list(fitting._used(totals(ms=None), {"latency": 0.5})) == ["an unknown latency"]
    assert list(fitting._used(totals(), dict.fromkeys(("weights", "ram", "flash", "macs", "latency"), 1.0))) == [
        "weights 1,000 B",
        "ram 2,000 B",
        "flash 48.8 KB",
        "5,000 MACs",
        "latency 2 ms",
    ]
    assert list(fitting._raised(asked, totals(ms=None))) == []


def test_the_smallest_candidate_and_the_share_are_told_in_a_line() -> None:
    words = fit_in_words(made(sizes={"softmax": totals()}, shares={"softmax": 0.125}))
    assert words == (
        "candidates: 12.5 % of 500 random ones fit the limits; the smallest that was found has "
        "weights 1,000 B, ram 2,000 B, flash 48.8 KB"
    )


def boards() -> list[Target]:
    """The known boards that run TFLM and have memory, those with the least flash first."""
    found = []
    for target in known_targets().values():
        with suppress(InputError):  # some do not run it
            found += [target.on("tflm")] if target.ram_bytes and target.flash_bytes else []
    return sorted(found, key=lambda board: (board.flash_bytes, board.ram_bytes, board.name))


def test_the_board_with_the_least_memory_of_those_with_more_on_which_a_candidate_fits_is_told() -> None:
    larger = [b for b in boards() if b.flash_bytes > BOARD.flash_bytes and b.ram_bytes >= BOARD.ram_bytes]
    assert [b.flash_bytes for b in fitting._by_memory(list(reversed(boards())))] == [b.flash_bytes for b in boards()]
    for fits_from in (0, 2):
        sizes = {board.name: totals() for board in larger[fits_from:]}
        shares = dict.fromkeys(sizes, 0.5) | {"softmax": 0.0}
        asked = made(sizes=sizes | {"softmax": totals(flash=10**8)}, shares=shares)
        (words,) = [words for words, _ in fitting._larger_board(asked)]
        assert words == f"a board with more memory, such as --target {larger[fits_from].name}"
    few = made(sizes={board.name: totals() for board in larger}, shares={larger[0].name: 0.1})
    assert next(words for words, _ in fitting._larger_board(replace(few, wanted=0.2))).endswith(larger[1].name)
    assert list(fitting._larger_board(replace(few, target=find_target("cortex-m4")))) == []


def test_the_slowest_board_of_those_that_are_faster_is_told_if_time_is_short() -> None:
    faster = sorted((b for b in boards() if b.clock_hz > BOARD.clock_hz), key=lambda b: (b.clock_hz, b.name))
    sizes = {board.name: totals(ms=0.5) for board in faster[1:]}
    shares = dict.fromkeys(sizes, 0.5) | {"softmax": 0.0}
    asked = made(Budget(latency_ms=1.0), sizes=sizes | {"softmax": totals(ms=2.0)}, shares=shares)
    options = told(asked)
    assert any(words.startswith(f"a faster board, such as --target {faster[1].name} (") for words in options)
    assert not any("more memory" in words for words in options)
    none = replace(asked, shares=(("softmax", 0.0),))
    assert list(fitting._faster_board(none)) == []
