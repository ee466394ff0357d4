"""What a study limits, before anything is read or trained, and whether a model is within limits."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from nas.errors import InputError
from nas.keywords import explains_keywords
from nas.study.code_size import code_of
from nas.study.study import Study
from nas.target.budget import Budget, amount
from nas.target.footprint import Footprint
from nas.target.target import DEFAULT_TARGET, Target, find_target
from nas.text import kilobytes


@explains_keywords
def limits_in_words(study: Study) -> str:
    """Return what a study limits in a line, and what the runtime's code takes of the flash; empty without limits.

    Raises:
        InputError: the space or the target of the study is unknown.
    """
    target = study.board()
    limits = study.budget(target).limits()
    if limits.get("weights") == 1:
        del limits["weights"]  # nothing is left for them, as the words on the code say
    words = ", ".join(
        amount(what, limit) if what in ("macs", "latency") else f"{what} {kilobytes(int(limit))}"
        for what, limit in limits.items()
    )
    return f"{words}; {code_of(study.searched(), target).words(int(limits['flash']))}" if "flash" in limits else words


def limits_above_board(study: Study) -> list[str]:
    """Return for each limit of a study that is above its board's own what that means, in a sentence."""
    board = study.board()
    memory = {"--ram-kb": (study.ram_kb, board.ram_bytes), "--flash-kb": (study.flash_kb, board.flash_bytes)}
    return [
        f"{flag} {given:g} is more than the {own / 1024:g} KB of {board.name}: what is found may not run there; "
        f"leave {flag} out to search within the board's"
        for flag, (given, own) in memory.items()
        if given is not None and own is not None and given * 1024 > own
    ]


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a model runs within limits.

    Attributes:
        limits: the limits, in bytes, for `macs` a count, for `latency` in milliseconds.
        over: by how much each one is exceeded.
        problems: all that speaks against the model, in words; empty if it runs and fits.
    """

    limits: Mapping[str, float]
    over: Mapping[str, float]
    problems: tuple[str, ...]

    @property
    def passes(self) -> bool:
        return not self.problems

    def to_json(self) -> dict[str, Any]:
        return {"passes": self.passes, **asdict(self)}


@explains_keywords
def check_limits(
    footprint: Footprint,
    target: Target | str = DEFAULT_TARGET,
    *,
    budget_kb: float | None = None,
    ram_kb: float | None = None,
    flash_kb: float | None = None,
    macs_k: float | None = None,
    latency_ms: float | None = None,
) -> Check:
    """Return whether a model runs on a target within its limits.

    Args:
        footprint: the model's footprint on that target.
        target: a target, its name, or the path of a TOML file that describes it.
        budget_kb: limit of the weights; 1 KB = 1024 bytes.
        ram_kb: limit of the arena; that of the target by default.
        flash_kb: limit of model file plus code; that of the target by default.
        macs_k: limit of multiply-accumulates of an inference, in thousands.
        latency_ms: limit of the latency of an inference, in milliseconds.

    Raises:
        InputError: a limit is not positive, the target is unknown, or the latency of no operator is known on it.
    """
    board = find_target(target) if isinstance(target, str) else target
    budget = Budget.of(
        board, budget_kb=budget_kb, ram_kb=ram_kb, flash_kb=flash_kb, macs_k=macs_k, latency_ms=latency_ms
    )
    if latency_ms is not None and all(op.latency_ms is None for op in footprint.ops):
        rule = "needs a board with a clock, and a core whose instructions were counted"
        raise InputError("--latency-ms", rule, got=board.name, hint="see `nas targets`, or take --macs-k")
    return Check(budget.limits(), budget.excess(footprint), budget.problems(footprint))
