"""How the site is made of the Markdown of this project: `nox -s site` builds it, into build/site.

The root of the source is the project's folder, so that guides can link to README.md, to the pages of the benchmarks and
to files of code just as they do on GitHub. What a page takes from the code stands in it as `<!-- generated: NAME -->`.
"""

import sys
from pathlib import Path

from docutils import nodes

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import generated  # noqa: E402  # the two folders above are where it and nas are

import nas  # noqa: E402

project = "nas"
author = "the authors of nas"
copyright = "the authors of nas"
version = release = nas.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "docs/index"
include_patterns = [
    "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "studies/README.md",
    "docs/**.md", "benchmarks/*.md", "native/tables/*.md",
]  # fmt: skip
exclude_patterns = ["build", ".*", "native/_deps"]

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
smartquotes = False  # they make a dash of the two before a flag

# A single backtick in docstrings is code, as in Markdown.
default_role = "code"
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_use_ivar = True
napoleon_use_rtype = False

html_theme = "furo"
html_title = "nas"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False

# External links are checked by `nox -s links`; a page that asks for a human answers a program with these.
linkcheck_timeout = 20
linkcheck_allowed_redirects = {".*": ".*"}


LONGEST_SHORT = 32  # characters of code that stays on one line
LONGEST_FIRST = 18  # characters of a word, or of short code, in a first cell that leave room beside it
SENTENCE = 20  # characters of a last cell, on average, from which a table holds sentences


def mark_shapes(app, doctree, name):
    """Mark short code, and tables of sentences, whose rows are stacked on a narrow screen."""
    for literal in doctree.findall(nodes.literal):
        literal["classes"] += ["short"] if len(literal.astext()) <= LONGEST_SHORT else []
    for table in doctree.findall(nodes.table):
        rows = list(table.findall(nodes.row))
        length = sum(len(row[-1].astext()) for row in rows) / len(rows)
        if (len(rows[0]) > 2 or max(map(unbroken, rows)) > LONGEST_FIRST) and length >= SENTENCE:
            table["classes"] += ["sentences"]
            name_cells(rows)


def unbroken(row):
    """Return the characters of the longest part of a row's first cell that stays on one line."""
    short = [literal.astext() for literal in row[0].findall(nodes.literal) if "short" in literal["classes"]]
    return max(map(len, ["", *short, *row[0].astext().split()]))


def name_cells(rows):
    """Put the head of its column into each cell but the first: on narrow screens, cells stand below each other."""
    heads = [entry.astext() for entry in rows[0]]
    for row in rows[1:]:
        for head, entry in list(zip(heads, row, strict=True))[1:] if len(heads) > 2 else ():
            if entry.children:
                entry[0].insert(0, nodes.inline("", f"{head}: ", classes=["column-name"]))


def setup(app):
    """Fill in what pages take from the code."""
    app.connect("source-read", lambda app, name, source: source.__setitem__(0, generated.filled(source[0])))
    app.connect("doctree-resolved", mark_shapes)
