"""HTML pages and elements; text is escaped unless it is marked as HTML already."""

import html
import re
from collections.abc import Collection, Sequence
from importlib import resources


class Markup(str):
    """Text that is HTML already, and is therefore not escaped again."""

    __slots__ = ()


def element(name: str, *children: object, **attributes: object) -> Markup:
    """Return an element with its children and attributes.

    Args:
        name: of the element.
        children: elements and text, one after the other.
        attributes: by name; `class_` is `class`, another underscore is a hyphen, and None leaves an attribute out.
    """
    given = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value is not None}
    opening = " ".join([name, *(f'{key}="{html.escape(str(value))}"' for key, value in given.items())])
    return Markup(f"<{opening}>{join(*children)}</{name}>")


def void(name: str, **attributes: object) -> Markup:
    """Return an element that has no content and no end tag."""
    return Markup(element(name, **attributes).removesuffix(f"></{name}>") + "/>")


def join(*children: object) -> Markup:
    """Return elements and text one after the other."""
    return Markup("".join(child if isinstance(child, Markup) else html.escape(str(child)) for child in children))


def page(title: str, *body: object, scripts: Sequence[str] = ("page.js",), nonce: str | None = None) -> str:
    """Return a whole page in the style of all reports; it needs no other file.

    Args:
        title: of the page.
        body: elements.
        scripts: names of files beside this one.
        nonce: by which a browser that was told so knows the page's own scripts.
    """
    style = resources.files("nas.reports").joinpath("style.css").read_text(encoding="utf-8")
    own = [resources.files("nas.reports").joinpath(name).read_text(encoding="utf-8") for name in scripts]
    programs = [element("script", Markup(script), nonce=nonce) for script in own]
    head = element(
        "head",
        Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        element("title", title),
        element("style", Markup(style)),
    )
    whole = element("html", head, element("body", *body, *programs), lang="en")
    return f"<!DOCTYPE html>\n{whole}\n"


def table(
    head: list[object], rows: list[list[object]], *, text_columns: int = 1, marked: Collection[int] = ()
) -> Markup:
    """Return a table.

    Args:
        head: titles of the columns.
        rows: cells, row by row.
        text_columns: how many of the first columns hold text; the others hold numbers and align to the right.
        marked: numbers of the rows that are highlighted.
    """

    def cells(name: str, values: list[object]) -> Markup:
        return join(
            *(element(name, value, class_=None if i < text_columns else "number") for i, value in enumerate(values))
        )

    body = join(
        *(element("tr", cells("td", row), class_="marked" if i in marked else None) for i, row in enumerate(rows))
    )
    return element(
        "div",
        element("table", element("thead", element("tr", cells("th", head))), element("tbody", body)),
        class_="scroll",
        tabindex="0",
    )


def tabs(name: str, what: str, panels: Sequence[tuple[str, Markup]]) -> Markup:
    """Return panels of which the reader picks one to see; the first is shown at the beginning, without any script.

    Args:
        name: of the choice, unlike that of others on the page.
        what: stands before the titles.
        panels: titles and contents; `style.css` has rules for as many as there are costs.
    """
    choices = []
    for i, (title, _) in enumerate(panels):
        choices += [
            void("input", type="radio", name_=name, id=f"{name}-{i}", checked=None if i else "checked"),
            element("label", title, for_=f"{name}-{i}"),
        ]
    shown = (element("div", panel, class_="panel") for _, panel in panels)
    return element("div", element("span", what), *choices, *shown, class_="tabs")


def section(title: str, *children: object) -> Markup:
    """Return a section of the page, whose title gives it its identifier."""
    return element("section", element("h2", title), *children, id=re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-"))


def contents(sections: Sequence[Markup]) -> Markup:
    """Return links to sections by their titles."""
    found = (re.match('<section id="([^"]+)"><h2>(.*?)</h2>', each) for each in sections)
    links = (element("a", Markup(one[2]), href=f"#{one[1]}") for one in found if one)
    return element("nav", *links, class_="contents", aria_label="Contents")


def note(text: str) -> Markup:
    """Return a paragraph that explains what is shown."""
    return element("p", text, class_="note")


def details(summary: str, *children: object, open_: bool = False) -> Markup:
    """Return a part that is folded up until the reader opens it."""
    return element("details", element("summary", summary), *children, open="open" if open_ else None)
