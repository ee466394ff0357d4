"""The front-end's share of a footprint: what the samples cost before the network reads their features."""

import math
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TypeVar

from nas.signal.front_end import FrontEnd
from nas.signal.raw import RAW
from nas.signal.transform_cost import words
from nas.space.architecture import Architecture
from nas.target.footprint import Footprint, FrontEndShare, Totals
from nas.target.plain_c.near_flash import too_many
from nas.target.profiler import estimate, estimate_many
from nas.target.ram import Buffers
from nas.target.target import Target

T = TypeVar("T", bound=Totals)


def with_front_end(
    footprint: T, front_end: FrontEnd, row_shape: tuple[int, ...], target: Target, *, compared: bool = False
) -> T:
    """Return a network's footprint with the cost of its front-end in RAM, flash and latency.

    Args:
        footprint: of the network alone.
        front_end: what computes the network's input.
        row_shape: shape of a row of data.
        target: where both run.
        compared: whether the features are compared with the network's outputs, and so stay while it runs.
    """
    if front_end == RAW:
        return footprint
    if footprint.hop is not None:  # only the newest frames are computed, and kept
        row_shape = front_end.row_of(footprint.hop.rows, row_shape)
    detail, cost = footprint.detail, front_end.cost(row_shape, target.core)
    if isinstance(detail, Buffers):  # the network reads its input where the front-end keeps the features
        if target.core == "avr":
            footprint = _within_reach(footprint, detail, cost.table_bytes)
        detail = replace(detail, input=0, stack=max(detail.stack, cost.stack_bytes))
    elif not front_end.KEEPS_FEATURES and not compared:  # they are written into the arena
        features_bytes = words(math.prod(front_end.shape(row_shape)))
        cost = replace(cost, ram_bytes=cost.ram_bytes - features_bytes)
    spent = target.milliseconds(cost.instructions)
    known = footprint.latency_ms is not None and spent is not None
    latency_ms = (footprint.latency_ms or 0) + (spent or 0) if known else None
    return replace(
        footprint,
        detail=detail,
        front_end=FrontEndShare(**asdict(cost), latency_ms=spent),
        macs=footprint.macs + (front_end.macs(row_shape) or 0),
        latency_ms=latency_ms,
        latency_range_ms=target.range_ms(latency_ms),
        energy_uj=target.microjoules(latency_ms),
    )


def _within_reach(footprint: T, detail: Buffers, table_bytes: int) -> T:
    """Return the footprint on an AVR, unsupported if it cannot read all constants of network and front-end."""
    reason = too_many(footprint.flash.model + detail.given + table_bytes)
    if not reason or not footprint.supported:
        return footprint
    if isinstance(footprint, Footprint):
        *first, last = footprint.ops
        footprint = replace(footprint, ops=(*first, replace(last, supported=False, reason=reason)))
    return replace(footprint, supported=False)


def estimate_member(member: Architecture, target: Target) -> Footprint:
    """Return the footprint of an architecture, front-end and network together."""
    return behind_front_end(estimate(member.lower(), target), member, target)


def behind_front_end(footprint: T, member: Architecture, target: Target) -> T:
    """Return the footprint of an architecture's network with the cost of its front-end."""
    compared = member.task.reconstructs
    return with_front_end(footprint, member.front_end, member.input_shape, target, compared=compared)


def estimate_members(members: Sequence[Architecture], target: Target) -> list[Totals]:
    """Return the totals of many architectures, front-end and network together."""
    totals = estimate_many([member.lower() for member in members], target)
    return [behind_front_end(one, member, target) for one, member in zip(totals, members, strict=True)]
