"""Public data sets as a person reads them."""

from collections.abc import Iterable

from rich.table import Table

from nas.api.public_data import PublicData


def listing(sets: Iterable[PublicData]) -> Table:
    """Return a line for each set."""
    table = Table("name", "MB", "licence", "holds", box=None, pad_edge=False)
    table.columns[0].no_wrap = True
    for each in sets:
        table.add_row(each.name, _size(each), each.licence, each.summary)
    return table


def terms(each: PublicData) -> str:
    """Return what to know before a download, a line each."""
    checked = "known" if each.checked else "not known: what comes cannot be checked"
    size = _size(each)
    return "\n".join(
        (
            f"{each.name}: {each.summary}",
            f"download: {f'{size} MB' if each.size_bytes else 'of unknown size'}; digests: {checked}",
            f"licence: {each.licence}",
            f"cite: {each.cite}",
            f"split: {each.split}",
        )
    )


def _size(each: PublicData) -> str:
    return "?" if each.size_bytes is None else f"{each.size_bytes / 1e6:,.0f}"
