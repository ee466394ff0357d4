"""The memory map as a page: totals, the picture, and a table of what lies in the arena."""

import html
from pathlib import Path

from nas.reports.memory_map.lives import life, live_at, peak_op, planned, printable
from nas.reports.memory_map.svg import to_svg
from nas.target.footprint import Footprint, TensorFootprint

_STYLE = """
:root { color-scheme: light dark; --page: #f6f7f9; --ink: #1b2430; --muted: #5c6776; --line: #d5dae1; --mark: #fff3d6; }
@media (prefers-color-scheme: dark) {
  :root { --page: #12161c; --ink: #e6eaf0; --muted: #9aa6b5; --line: #3a4452; --mark: #3d341c; }
}
body { margin: 0 auto; max-width: 1080px; padding: 2rem 1rem; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 0.3rem; }
p { color: var(--muted); margin: 0.2rem 0 1rem; }
.map, .table { overflow-x: auto; border-radius: 8px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 0.2rem 1rem 0.2rem 0.3rem; border-bottom: 1px solid var(--line); }
th { color: var(--muted); font-weight: 500; }
.number { text-align: right; }
.peak { background: var(--mark); }
.name { overflow-wrap: anywhere; font-size: 0.85em; }
"""
_COLUMNS = ("#", "offset", "bytes", "operators", "kind", "shape", "type", "name")


def to_html(footprint: Footprint) -> str:
    """Return a page that needs nothing beside it, with neither scripts nor anything from elsewhere."""
    title = f"{Path(footprint.file).name if footprint.file else 'estimate'} on {footprint.target}"
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head><body>",
            f"<h1>{html.escape(title)}</h1>",
            f"<p>{_totals(footprint)}</p>",
            f'<div class="map">{to_svg(footprint)}</div>',
            *_table(footprint),
            "</body></html>\n",
        ]
    )


def _totals(footprint: Footprint) -> str:
    arena = footprint.detail
    return (
        f"Give the interpreter an arena of {arena.min:,} bytes. It uses {footprint.detail.used:,}:"
        f" a head of {arena.head:,} for activations and scratch,"
        f" and a tail of {arena.tail:,} that lives as long as the interpreter."
    )


def _table(footprint: Footprint) -> list[str]:
    if not footprint.ops:
        return []
    peak = peak_op(footprint)
    live = {tensor.index for tensor in live_at(footprint, peak)}
    used = sum(tensor.bytes for tensor in live_at(footprint, peak))
    head = "".join(f"<th{_aligned(name)}>{name}</th>" for name in _COLUMNS)
    rows = (_row(tensor, tensor.index in live) for tensor in sorted(planned(footprint), key=life))
    return [
        "<h2>What lies in the head</h2>",
        f"<p>Marked: the {used:,} bytes in use at the fullest moment, operator {peak}"
        f" ({html.escape(footprint.ops[peak].op)}).</p>",
        f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>',
        *rows,
        "</tbody></table></div>",
    ]


def _row(tensor: TensorFootprint, live: bool) -> str:
    first, last = life(tensor)
    shape = "x".join(map(str, tensor.shape)) if tensor.kind != "scratch" else ""
    lives = f"{first}" if first == last else f"{first} to {last}"
    values = (tensor.index, f"{tensor.offset:,}", f"{tensor.bytes:,}", lives, tensor.kind, shape, tensor.dtype)
    cells = "".join(
        f"<td{_aligned(name)}>{html.escape(str(v))}</td>" for name, v in zip(_COLUMNS, values, strict=False)
    )
    mark = ' class="peak"' if live else ""
    return f'<tr{mark}>{cells}<td class="name">{html.escape(printable(tensor.name))}</td></tr>'


def _aligned(column: str) -> str:
    return ' class="number"' if column in ("#", "offset", "bytes") else ""
