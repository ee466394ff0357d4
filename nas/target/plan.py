"""The lowest plan of buffers by their lifetimes, by search; TFLM's own planner is greedy."""

from collections.abc import Sequence
from dataclasses import dataclass

from nas import _native
from nas.target.target import Target

MOST_STEPS = 200_000
"""Buffers that a search places, at most; about a tenth of a second."""


@dataclass(frozen=True, slots=True)
class ArenaPlan:
    """A plan of the arena's head.

    Attributes:
        greedy_bytes: the head as TFLM plans it.
        bytes: the head by this plan, never more.
        least_bytes: what lives at once at most; no plan is lower.
        optimal: whether no plan is lower than this one: it reaches `least_bytes`, or all others were tried.
        offsets: of each tensor over all subgraphs, -1 for those that are not planned; empty if TFLM's own plan is as
            low.
    """

    greedy_bytes: int
    bytes: int
    least_bytes: int
    optimal: bool
    offsets: tuple[int, ...]


def plan_of(tflite: bytes, target: Target, most_steps: int = MOST_STEPS) -> ArenaPlan:
    """Return the lowest plan that a search finds for a model on a target; a plan in the file itself is not looked at.

    The plan holds offsets for tensors; those of scratch memory follow by TFLM's rules, and are counted in.
    """
    return ArenaPlan(*_native.best_plan(tflite, target.kernels, target.core, target.tflm, most_steps))


def lowest(buffers: Sequence[tuple[int, int, int]], most_steps: int = MOST_STEPS) -> tuple[list[int], int]:
    """Return an offset for each buffer, and the bytes that they need in all.

    Args:
        buffers: bytes, and the first and the last step that uses them.
        most_steps: buffers that the search places, at most.
    """
    offsets, total, _ = _native.plan_best(buffers, most_steps)
    return offsets, total
