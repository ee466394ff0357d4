"""The public names of the package `nas`, from their signatures and docstrings."""

import inspect
from collections.abc import Iterator

import nas
from generated.markdown import prose, table
from nas.cli import VERBS


def names() -> str:
    """Return a table of what each verb is in Python, then every name with its signature and docstring."""
    functions = [name for name in nas.__all__ if inspect.isfunction(getattr(nas, name))]
    classes = [name for name in nas.__all__ if inspect.isclass(getattr(nas, name))]
    others = [name for name in nas.__all__ if name not in (*functions, *classes)]
    called = {name: [f"`nas {verb}`" for verb, entry in VERBS.items() if name in entry.calls] for name in functions}
    rows = [(_link(name), ", ".join(called[name]), _summary(name)) for name in functions]
    parts = ["## All functions\n", table(("function", "verb", "does"), rows)]
    parts += ["## All classes\n", table(("class", "is"), ((_link(name), _summary(name)) for name in classes))]
    parts += ["## Functions\n", *_entries("autofunction", functions)]
    parts += ["## Classes\n", *_entries("autoclass", classes)]
    parts += ["## Other names\n", *(f"`nas.{name}`: the version of the package, a text.\n" for name in others)]
    return "\n".join(parts)


def _entries(directive: str, names: list[str]) -> Iterator[str]:
    for name in names:
        options = "\n   :members:" if directive == "autoclass" else ""
        yield f"### {name}\n\n```{{eval-rst}}\n.. {directive}:: nas.{name}{options}\n```\n"


def _link(name: str) -> str:
    return f"[`{name}`](#{name.lower()})"


def _summary(name: str) -> str:
    return prose((inspect.getdoc(getattr(nas, name)) or "").partition("\n\n")[0])
