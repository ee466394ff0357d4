"""What pages of the site take from the code, as Markdown.

A page holds `<!-- generated: NAME -->` where the text of a function of `TEXTS` goes when the site is built, in place of
the emphasized line above it, which tells readers of the bare page so. Nothing that is made here is committed.
"""

import re
from collections.abc import Callable, Mapping

from generated import commands, documents, names, results

TEXTS: Mapping[str, Callable[[], str]] = {
    "verbs": commands.verbs,
    "study": documents.study,
    "space": documents.space,
    "specification": documents.specification,
    "targets": documents.targets,
    "results": results.results,
    "names": names.names,
}

_MARK = re.compile(r"(?:^\*[^*\n]+\*\n)?<!-- generated: (\w+) -->", re.MULTILINE)


def filled(text: str) -> str:
    """Return the text of a page with what it takes from the code in place of each mark."""
    return _MARK.sub(lambda mark: TEXTS[mark[1]](), text)
