"""Rows of a footprint's table on RAM: of TFLM's arena, of plain C, and of a front-end before the network."""

from rich.table import Table
from rich.text import Text

from nas.target.footprint import FrontEndShare
from nas.target.ram import Arena, Buffers
from nas.target.room import at_least, room
from nas.text import counted


def dim(words: str) -> Text:
    """Return words that explain a number."""
    return Text(words, style="dim")


def milliseconds(value: float | None, unit: str = " ms") -> str:
    """Return a time to three digits; a dash for None."""
    return "-" if value is None else f"{value:.3g}{unit}"


def add_arena(table: Table, arena: Arena, complete: bool) -> None:
    """Add the arena; `complete` says whether all operators are known."""
    size = "the size to reserve for the interpreter" if complete else "without the operators not known to us"
    table.add_row("arena", f"{at_least(not complete)}{arena.min:,} B", dim(size))
    table.add_row("", "", dim(f"it uses {arena.used:,} = head {arena.head:,} + tail {arena.tail:,}"))
    if arena.variables:
        table.add_row("", "", dim(f"with MicroResourceVariables for {counted(arena.variables, 'variable')}"))


def add_buffers(table: Table, ram: Buffers) -> None:
    """Add the RAM of plain C."""
    table.add_row("RAM", f"{ram.ram_bytes:,} B", dim("all that an inference needs"))
    table.add_row("", "", dim(f"static {ram.static:,} + input and output {ram.given:,} + stack {ram.stack:,}"))


def add_front_end(table: Table, share: FrontEndShare | None) -> None:
    """Add what the front-end takes; RAM below, flash, MACs and latency are of both parts."""
    if share is None:
        return
    table.add_row("front-end", f"{share.ram_bytes:,} B", dim("of RAM, window of features included"))
    table.add_row("", "", dim(f"flash: tables {share.table_bytes:,} + code {share.code_bytes:,}"))
    if share.instructions is not None:
        spent = "" if share.latency_ms is None else f", {milliseconds(share.latency_ms)},"
        table.add_row("", "", dim(f"{share.instructions:,.0f} instructions{spent} for a row"))


def add_room(table: Table, what: str, used: int, limit: int | None, least: bool) -> None:
    """Add what is left of a memory, if the target has a limit."""
    words, fits = room(used, limit, least)
    if words:
        style = "bold red" if not fits else "yellow" if least else "green"
        table.add_row("", "", Text(f"{what}: {words}", style=style))
