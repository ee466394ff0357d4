"""Where the boxes of a graph are drawn: rows from the input down, in columns that fit beside each other.

A layered drawing (Sugiyama, Tagawa and Toda, 1981): a box stands below all that it reads; long lines bend around boxes;
boxes of a row are ordered by the mean place of their neighbours, and moved as near to these as their order allows.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

Edge: TypeAlias = tuple[int, int]

# Rows of a column: the least, the most, and into how many columns a graph is divided where that allows it.
_LEAST, _MOST, _COLUMNS = 8, 24, 3
# Boxes of a row; more go to rows below.
_MOST_IN_ROW = 6
# Rows that a line may cross.
_LONGEST = 10
_SWEEPS = 6
# Pixels: a box with the room beside it, and a line that passes by.
LANE, PASSING = 250.0, 26.0


@dataclass(frozen=True, slots=True)
class Column:
    """A part of the graph that is drawn as one picture.

    Attributes:
        places: of each box, x of its middle in pixels and its row.
        lines: the ways of the lines, each as such places.
        width: in pixels.
        rows: how many there are.
        before: edges that end here and are not drawn, since they come from another column or from far above.
        behind: edges that begin here and are not drawn.
    """

    places: Mapping[int, tuple[float, int]]
    lines: Sequence[Sequence[tuple[float, int]]]
    width: float
    rows: int
    before: Sequence[Edge]
    behind: Sequence[Edge]


def lay_out(boxes: Sequence[int], edges: Sequence[Edge]) -> list[Column]:
    """Return the columns of a graph.

    Args:
        boxes: numbers of the boxes, in the order in which they run.
        edges: pairs of boxes, the second reads what the first gives; those against the order are not drawn.
    """
    order = {box: i for i, box in enumerate(boxes)}
    forward = sorted({(a, b) for a, b in edges if a in order and b in order and order[a] < order[b]})
    rows = _rows(boxes, forward)
    starts = _starts(rows, forward)
    return [_column(rows, forward, *ends) for ends in pairwise(starts)]


def _rows(boxes: Sequence[int], edges: Sequence[Edge]) -> dict[int, int]:
    """Return the row of each box: below the lowest that it reads; above its reader if it reads nothing."""
    read, readers = defaultdict(list), defaultdict(list)
    for a, b in edges:
        read[b].append(a)
        readers[a].append(b)
    rows: dict[int, int] = {}
    taken: Counter[int] = Counter()
    following: dict[int, int] = {}  # behind a full row, one that may have room
    for box in boxes:
        row = 1 + max((rows[one] for one in read[box]), default=-1)
        full = []
        while taken[row] >= _MOST_IN_ROW:
            full.append(row)
            row = following.get(row, row + 1)
        following |= dict.fromkeys(full, row)
        rows[box] = row
        taken[row] += 1
    for box in boxes:
        if not read[box] and readers[box]:
            row = max(0, min(rows[one] for one in readers[box]) - 1)
            if taken[row] < _MOST_IN_ROW:
                taken[row] += 1
                rows[box] = row
    return rows


def _starts(rows: Mapping[int, int], edges: Sequence[Edge]) -> list[int]:
    """Return the first row of each column, and the end: divided where the fewest lines are cut."""
    count = 1 + max(rows.values(), default=-1)
    most = min(_MOST, max(_LEAST, math.ceil(count / _COLUMNS)))
    crossing = [0] * (count + 1)
    for a, b in edges:
        crossing[rows[a] + 1] += 1
        crossing[rows[b] + 1] -= 1
    for row in range(1, count + 1):
        crossing[row] += crossing[row - 1]
    starts = [0]
    while (left := count - starts[-1]) > most:
        even = math.ceil(left / math.ceil(left / most))  # columns of about one length
        choices = range(starts[-1] + even // 2 + 1, starts[-1] + even + 1)
        starts.append(min(choices, key=lambda row: (crossing[row], -row)))
    return [*starts, count]


@dataclass(slots=True)
class _Spot:
    """A box, or a place in a row by which a line passes; `box` is None for that."""

    box: int | None
    row: int
    x: float = 0.0

    @property
    def room(self) -> float:
        return PASSING if self.box is None else LANE


def _column(rows: Mapping[int, int], edges: Sequence[Edge], start: int, end: int) -> Column:
    spots = {box: _Spot(box, row - start) for box, row in rows.items() if start <= row < end}
    near = {(a, b) for a, b in edges if a in spots and b in spots and rows[b] - rows[a] <= _LONGEST}
    ways = [_way(spots[a], spots[b]) for a, b in sorted(near)]
    lines = [[*spots.values()], *(way[1:-1] for way in ways)]
    levels: list[list[_Spot]] = [[] for _ in range(end - start)]
    for spot in (spot for line in lines for spot in line):
        levels[spot.row].append(spot)
    _arrange(levels, ways)
    left = min((spot.x - spot.room / 2 for level in levels for spot in level), default=0.0)
    right = max((spot.x + spot.room / 2 for level in levels for spot in level), default=LANE)
    return Column(
        places={box: (spot.x - left, spot.row) for box, spot in spots.items()},
        lines=[[(spot.x - left, spot.row) for spot in way] for way in ways],
        width=right - left,
        rows=end - start,
        before=[edge for edge in edges if edge[1] in spots and edge not in near],
        behind=[edge for edge in edges if edge[0] in spots and edge not in near],
    )


def _way(a: _Spot, b: _Spot) -> list[_Spot]:
    return [a, *(_Spot(None, row) for row in range(a.row + 1, b.row)), b]


def _arrange(levels: Sequence[list[_Spot]], ways: Sequence[Sequence[_Spot]]) -> None:
    """Give each spot its x: order the rows by the means of their neighbours, then move spots near to these."""
    above, below = defaultdict(list), defaultdict(list)
    for way in ways:
        for a, b in pairwise(way):
            above[id(b)].append(a)
            below[id(a)].append(b)
    for level in levels:
        _spread(level, [spot.x for spot in level])
    for sweep in range(_SWEEPS):
        near, ordered = (above, levels) if sweep % 2 == 0 else (below, levels[::-1])
        for level in ordered:
            wanted = {id(spot): _mean(near[id(spot)], spot.x) for spot in level}
            if sweep < _SWEEPS - 2:
                level.sort(key=lambda spot: wanted[id(spot)])
            _spread(level, [wanted[id(spot)] for spot in level])


def _mean(spots: Sequence[_Spot], otherwise: float) -> float:
    return sum(spot.x for spot in spots) / len(spots) if spots else otherwise


def _spread(level: Sequence[_Spot], wanted: Sequence[float]) -> None:
    """Place spots, in their order and with their room, as near to the wanted places as possible (least squares)."""
    offsets, at = [], 0.0
    for spot in level:
        offsets.append(at + spot.room / 2)
        at += spot.room
    free = _rising([want - offset for want, offset in zip(wanted, offsets, strict=True)])
    for spot, offset, x in zip(level, offsets, free, strict=True):
        spot.x = offset + x


def _rising(values: Sequence[float]) -> Iterator[float]:
    """Return the rising sequence next to the values (pool adjacent violators)."""
    pools: list[tuple[float, int]] = []
    for value in values:
        total, count = value, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            more, others = pools.pop()
            total, count = total + more, count + others
        pools.append((total, count))
    return (total / count for total, count in pools for _ in range(count))
