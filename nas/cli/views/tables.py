"""Short tables: a column of words, and columns of numbers."""

from rich.table import Table


def table_of(*titles: str) -> Table:
    """Return an empty table with these titles, all but the first of numbers."""
    table = Table(box=None, pad_edge=False)
    for i, title in enumerate(titles):
        table.add_column(title, justify="right" if i else "left", no_wrap=not i, overflow="fold")
    return table
