"""Advice on a model, as a person reads it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from nas.cli.views.memory_rows import milliseconds
from nas.target.advice import Advice
from nas.target.target import Target

_WORDS: Mapping[str, str] = {
    "file_bytes": "B of file",
    "arena_min_bytes": "B of arena",
    "weights_bytes": "B of weights",
    "code_bytes": "B of code",
    "macs": "MACs",
}


def advice_view(advice: Sequence[Advice], target: Target) -> Group:
    """Return each piece of advice with what it saves, numbered."""
    parts: list[Any] = ["", Text(f"advice, with its savings on {target.name}", style="bold")]
    for number, piece in enumerate(advice, start=1):
        parts.append(Text(f"{number}. {piece.message}"))
        parts += (Padding(line, (0, 0, 0, 3)) for line in _lines(piece))
    return Group(*parts)


def _lines(piece: Advice) -> Iterator[Text]:
    if piece.saves is not None:
        for word, sign in (("saves", 1), ("costs", -1)):
            parts = list(_amounts(piece.saves, sign))
            if parts:
                yield Text(f"{word} {', '.join(parts)}", style="green" if sign > 0 else "yellow")
    elif piece.after is not None:
        yield Text(f"then needs {', '.join(_amounts(piece.after, 1))}", style="green")
    if piece.note is not None:
        yield Text(piece.note, style="dim")


def _amounts(figures: Mapping[str, float | None], sign: int) -> Iterator[str]:
    for key, word in _WORDS.items():
        amount = sign * (figures.get(key) or 0)
        if amount > 0:
            yield f"{amount:,} {word}"
    spent = sign * (figures.get("latency_ms") or 0)
    if spent > 0:
        yield f"{milliseconds(spent)} (estimate)"
