"""HTML that is escaped unless it says that it is markup already."""

import html


class Markup(str):
    """Text that is HTML; any other text is data, and is escaped."""

    __slots__ = ()


def element(name: str, *children: object, **attributes: object) -> Markup:
    """Return an element; `class_` is the attribute `class`, None leaves an attribute out, `_` stands for `-`."""
    given = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value is not None}
    opening = " ".join([name, *(f'{key}="{html.escape(str(value))}"' for key, value in given.items())])
    return Markup(f"<{opening}>{join(*children)}</{name}>")


def join(*children: object) -> Markup:
    """Put pieces one after the other."""
    return Markup("".join(child if isinstance(child, Markup) else html.escape(str(child)) for child in children))


def table(head: list[object], rows: list[list[object]], *, text_columns: int = 1) -> Markup:
    """Return a table whose first columns hold text, and the others numbers that align to the right.

    A row whose first cell is a `th` made by the caller keeps it.
    """

    def cells(name: str, values: list[object]) -> Markup:
        return join(
            *(element(name, value, class_=None if i < text_columns else "number") for i, value in enumerate(values))
        )

    body = join(*(element("tr", cells("td", row)) for row in rows))
    return element(
        "div",
        element("table", element("thead", element("tr", cells("th", head))), element("tbody", body)),
        class_="scroll",
        tabindex="0",
    )


def details(summary: str, *children: object, open_: bool = False) -> Markup:
    """Return a part that the reader unfolds."""
    return element("details", element("summary", summary), *children, open="open" if open_ else None)
