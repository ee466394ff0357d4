"""Refuses a budget that no candidate of a space fits, and names the options that do fit, with their figures."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from nas.errors import InputError
from nas.space.architecture import Architecture
from nas.space.dims import RandomChooser
from nas.space.file import load_space, space_names
from nas.space.space import Space
from nas.study.feasibility import SAMPLE, member_totals, share, smallest
from nas.target.budget import Budget, amount
from nas.target.footprint import Totals
from nas.target.target import Target, known_targets
from nas.task.classification import Classification
from nas.text import kilobytes, percent

DRAWN = 200
"""Random candidates of which the share that fits is told."""

SCARCE = 0.2
"""A smaller share than this of random candidates that fit is worth a warning."""

RARE = 0.05
"""With a smaller share, the options with which more candidates fit are told too; they have at least this share."""

FEWEST = 20
"""Of fewer random candidates, no share is told."""

_FLAGS = {
    "weights": "--budget-kb",
    "ram": "--ram-kb",
    "flash": "--flash-kb",
    "macs": "--macs-k",
    "latency": "--latency-ms",
}
# What one of a flag's numbers is: KB of 1024 bytes, or this.
_UNITS = {"macs": 1000, "latency": 1}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is searched, on which target, within which limits.

    Attributes:
        space: the space with its task.
        shape: shape of one row.
        outputs: number of outputs of a network.
        target: where it has to run.
        budget: the limits.
        seed: of everything random.
        wanted: share of random candidates that must fit with an option that is named, beside a single one.
    """

    space: Space
    shape: tuple[int, ...]
    outputs: int
    target: Target
    budget: Budget
    seed: int = 0
    wanted: float = 0.0

    def smallest(self) -> Totals:
        """Return the totals of the candidate that exceeds the budget least."""
        return smallest(self.space, self.shape, self.outputs, self.target, self.budget, self.seed)

    def share(self, drawn: int) -> float:
        """Return the share of random candidates that fits."""
        return share(self.space, self.shape, self.outputs, self.target, self.budget, drawn, self.seed).fraction

    def enough(self) -> bool:
        """Return whether as many candidates fit as are wanted, at least one; looked for only if no random one does."""
        found = self.share(DRAWN)
        return found >= self.wanted and (found > 0 or not self.budget.over(self.smallest()))


def require_feasible(asked: Asked, *, timed: bool = False) -> None:
    """Raise an InputError, which names the smallest candidate found and what would fit, if no candidate fits.

    Args:
        asked: what is searched.
        timed: whether the objective needs a latency, which generic cores do not have.
    """
    if not asked.budget.limits() or asked.share(50):
        return
    totals = asked.smallest()
    if not asked.budget.over(totals):
        return
    raise InputError(
        f"space {asked.space.name}",
        f"no candidate fits the budget; the smallest that was found has {asked.budget.describe(totals)}",
        hint=advice(asked, totals, timed=timed),
    )


def advice(asked: Asked, totals: Totals, *, timed: bool = False) -> str:
    """Return as the next step the options with which some candidates fit, each with its figures.

    Args:
        asked: what is searched.
        totals: those of the smallest candidate, which does not fit.
        timed: whether the objective needs a latency.
    """
    return _options(asked, totals, timed=timed) or "take a board with more memory, or a smaller space"


def _options(asked: Asked, totals: Totals, *, timed: bool) -> str:
    """Return the options that fit, each with its figures; empty if none is known."""
    over = asked.budget.excess(totals) or asked.budget.limits()
    ways = list(_that_fit(_single(asked, totals, timed=timed), over)) or list(_that_fit(_both(asked, timed), over))
    return f"these options fit: {'; '.join(ways)}" if ways else ""


def fit_in_words(asked: Asked) -> str:
    """Return in a line which share of random candidates fits, and what the smallest candidate costs."""
    used = _used(asked.smallest(), dict.fromkeys(("weights", "ram", "flash"), 0.0))
    fits = f"{percent(asked.share(SAMPLE))} of {SAMPLE} random ones fit the limits"
    return f"candidates: {fits}; the smallest that was found has {', '.join(used)}"


def scarcity(asked: Asked, *, timed: bool = False) -> str:
    """Return that few candidates fit, and with what more of them would; empty if enough do.

    Args:
        asked: what is searched.
        timed: whether the objective needs a latency.
    """
    chooser = RandomChooser(asked.seed)
    members = [asked.space.sample(chooser, asked.shape, asked.outputs) for _ in range(SAMPLE)]
    fit = [not asked.budget.over(member_totals(member, asked.target)) for member in members]
    all_fit = sum(fit) / len(fit)
    if all_fit >= SCARCE:
        return ""
    shares = _shares_without(members, fit)
    words = f"only {percent(all_fit)} of random candidates fit the limits"
    if not all_fit:
        words = f"none of {SAMPLE} random candidates fits the limits, though a few smaller ones do"
    best = max(shares, key=lambda kind: shares[kind], default="")
    if best and shares[best] > 2 * all_fit:
        words += f"; of those without {best}, {percent(shares[best])}: a space without it finds more of them"
    if all_fit < RARE:
        wanted = replace(asked, wanted=max(RARE, 2 * all_fit))
        words += f"; {options}" if (options := _options(wanted, wanted.smallest(), timed=timed)) else ""
    return words


def _shares_without(members: Sequence[Architecture], fit: Sequence[bool]) -> dict[str, float]:
    """Return for each kind of operator the share that fits of the members without it, if there are enough."""
    kinds = [{op.kind for op in member.lower().ops} for member in members]
    without = {
        kind: [fits for own, fits in zip(kinds, fit, strict=True) if kind not in own] for kind in set().union(*kinds)
    }
    return {kind: sum(each) / len(each) for kind, each in sorted(without.items()) if len(each) >= FEWEST}


def _that_fit(changes: Iterator[tuple[str, Asked]], over: Mapping[str, float]) -> Iterator[str]:
    for words, changed in changes:
        if (found := changed.share(DRAWN)) < changed.wanted:
            continue
        totals = changed.smallest()
        if changed.budget.over(totals):
            continue
        fits = f"{percent(found)} of random candidates fit"
        yield f"{words} (the smallest has {', '.join(_used(totals, over))}; {fits})"


def _used(totals: Totals, over: Mapping[str, float]) -> Iterator[str]:
    """Yield in words what a candidate uses of the limits that another one exceeded."""
    used = {"weights": totals.weights_bytes, "ram": totals.ram_bytes, "flash": totals.flash_bytes}
    for what in over:
        if what in used:
            yield f"{what} {kilobytes(used[what])}"
        else:
            yield amount(what, totals.macs if what == "macs" else totals.latency_ms or math.inf)


def _single(asked: Asked, totals: Totals, *, timed: bool) -> Iterator[tuple[str, Asked]]:
    """Yield each change of one thing, as flags in words, and what is then asked."""
    yield from _logits(asked)
    if not timed:
        yield from _reference(asked)
    yield from _other_spaces(asked)
    yield from _raised(asked, totals)
    if "latency" in asked.budget.excess(totals):
        yield from _faster_board(asked)
    else:
        yield from _larger_board(asked)


def _both(asked: Asked, timed: bool) -> Iterator[tuple[str, Asked]]:
    for first, changed in _logits(asked):
        for second, further in _reference(changed) if not timed else ():
            yield f"{first} {second}", further


def _logits(asked: Asked) -> Iterator[tuple[str, Asked]]:
    """Yield networks without softmax, whose code the runtime then does not need."""
    if isinstance(asked.space.task, Classification) and asked.space.task.softmax:
        yield "--output logits", replace(asked, space=replace(asked.space, task=Classification(softmax=False)))


def _reference(asked: Asked) -> Iterator[tuple[str, Asked]]:
    """Yield the core with reference kernels, whose code is smaller, within the same memory."""
    target, limits = known_targets().get(f"{asked.target.core}-reference"), asked.budget.limits()
    if target is not None and target.runtime == asked.target.runtime and target.kernels != asked.target.kernels:
        memory = [f" {_FLAGS[what]} {limits[what] / 1024:g}" for what in ("ram", "flash") if what in limits]
        yield f"reference kernels, --target {target.name}{''.join(memory)}", replace(asked, target=target)


def _other_spaces(asked: Asked) -> Iterator[tuple[str, Asked]]:
    """Yield the other spaces that come with nas for rows of the same kind."""
    for name in space_names():
        space = load_space(name)
        alike = space.input == asked.space.input and space.reconstruction == asked.space.reconstruction
        alike &= (space.front_end is None) == (asked.space.front_end is None)
        if alike and space.digest != asked.space.digest:
            yield f"--space {name}", replace(asked, space=replace(space, task=asked.space.task))


def _raised(asked: Asked, totals: Totals) -> Iterator[tuple[str, Asked]]:
    """Yield the limits raised to what the smallest candidate uses, but not above the target's memory."""
    memory = {"ram": asked.target.ram_bytes, "flash": asked.target.flash_bytes}
    needed = {
        "weights": totals.weights_bytes,
        "ram": totals.ram_bytes,
        "flash": totals.flash_bytes,
        "macs": totals.macs,
        "latency": totals.latency_ms or 0.0,
    }
    over, flags, raised = list(asked.budget.excess(totals)), [], asked.budget
    for what in over:
        most, unit = memory.get(what), _UNITS.get(what, 1024)
        steps = math.ceil(needed[what] * 10 / unit)  # tenths, rounded up
        if most is not None and steps * unit > most * 10:
            return
        field = {"macs": "macs", "latency": "latency_ms"}.get(what, f"{what}_bytes")
        limit: Any = steps / 10 if what == "latency" else steps * unit // 10
        raised = replace(raised, **{field: limit})
        flags.append(f"{_FLAGS[what]} {steps / 10:g}")
    if flags:
        yield f"{' '.join(flags)} or more", replace(asked, budget=raised)


def _larger_board(asked: Asked) -> Iterator[tuple[str, Asked]]:
    """Yield the known board with the least memory, of those with more than this one, on which a candidate fits."""
    if asked.target.ram_bytes is None or asked.target.flash_bytes is None:
        return
    for board in _by_memory(list(_of_runtime(asked.target.runtime))):
        assert board.ram_bytes is not None
        assert board.flash_bytes is not None
        if board.ram_bytes < asked.target.ram_bytes or board.flash_bytes <= asked.target.flash_bytes:
            continue
        changed = replace(
            asked,
            target=board,
            budget=replace(asked.budget, ram_bytes=board.ram_bytes, flash_bytes=board.flash_bytes),
        )
        if changed.enough():
            yield f"a board with more memory, such as --target {board.name}", changed
            return


def _faster_board(asked: Asked) -> Iterator[tuple[str, Asked]]:
    """Yield the known board with the slowest clock, of those faster than this one, on which a candidate fits."""
    boards = [
        board for board in _of_runtime(asked.target.runtime) if board.clock_hz and board.ram_bytes and board.flash_bytes
    ]
    for board in sorted(boards, key=lambda board: (board.clock_hz or 0, board.name)):
        if (board.clock_hz or 0) < (asked.target.clock_hz or 0) or board.name == asked.target.name:
            continue
        limits = replace(asked.budget, ram_bytes=board.ram_bytes, flash_bytes=board.flash_bytes)
        changed = replace(asked, target=board, budget=limits)
        if changed.share(DRAWN):
            yield f"a faster board, such as --target {board.name}", changed
            return


def _of_runtime(runtime: str) -> Iterator[Target]:
    """Yield the known boards on which a runtime runs, with it."""
    for target in known_targets().values():
        with suppress(InputError):
            yield target.on(runtime)


def _by_memory(targets: Sequence[Target]) -> list[Target]:
    boards = [target for target in targets if target.ram_bytes and target.flash_bytes]
    return sorted(boards, key=lambda board: (board.flash_bytes or 0, board.ram_bytes or 0, board.name))
