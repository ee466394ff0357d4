"""The structure of `nas/`, read from its sources: rooms in order, and the imports between them.

A room is a folder or a file directly below `nas/`. `python tests/rooms.py`, or `nox -s rooms`, prints the picture that
`tests/test_codebase.py` checks.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import nas

ROOT = Path(__file__).resolve().parents[1]

# From the foundation up; a room imports only from rooms before its own. CONTRIBUTING.md says what each is for.
ROOMS = (
    "errors",
    "keywords",
    "files",
    "text",
    "seeds",
    "arrays",
    "registry",
    "codec",
    "graph",
    "signal",
    "task",
    "space",
    "target",
    "data",
    "study",
    "model",
    "evaluation",
    "tracking",
    "optimizer",
    "exporters",
    "reports",
    "api",
    "cli",
    "__init__",
    "__main__",
)

FILES = sorted((ROOT / "nas").rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a source file."""
    return ast.parse(path.read_text())


def module(path: Path) -> str:
    """The dotted name of a file's module: `nas.graph.builder`, and `nas.graph` for its `__init__.py`."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module(path): path for path in FILES}


# The module that holds each name that `nas` offers.
PUBLIC = {f"nas.{name}": home for name, home in nas.HOMES.items()}


def room(path: Path) -> str:
    """The room that a file belongs to."""
    return path.relative_to(ROOT / "nas").parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Every name that a file imports, dotted, within functions and for type checking too."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def own_imports(path: Path) -> set[str]:
    """The modules of `nas` that a file imports, as a whole or a name from them."""
    found = set()
    for name in imports(path):
        if name in MODULES:
            found.add(name)
        elif (home := PUBLIC.get(name, name.rpartition(".")[0])) in MODULES and home != "nas":
            found.add(home)
    return found - {module(path)}


def arrows() -> Counter[tuple[str, str]]:
    """How many files of a room (first) import from another room (second)."""
    return Counter(
        (room(path), other)
        for path in FILES
        for other in {room(MODULES[name]) for name in own_imports(path)}
        if other != room(path)
    )


def upward() -> list[str]:
    """Imports of a room that does not come before the importing one."""
    order = {name: place for place, name in enumerate(ROOMS)}
    return [f"{a} imports {b}" for a, b in sorted(arrows()) if order.get(b, -1) >= order.get(a, len(order))]


def circles() -> list[list[str]]:
    """Groups of modules that import each other, directly or by way of others (strongly connected components)."""
    graph = {module(path): own_imports(path) for path in FILES}
    reached = {name: _reach(graph, name) for name in graph}
    found = {tuple(sorted({name, *(b for b in reached[name] if name in reached[b])})) for name in graph}
    return sorted(list(group) for group in found if len(group) > 1)


def _reach(graph: dict[str, set[str]], start: str) -> set[str]:
    """The modules that `start` imports, directly or by way of others."""
    seen: set[str] = set()
    ahead = list(graph[start])
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += graph[name]
    return seen


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function of `nas/`, with its place: `nas/graph/builder.py:conv2d`."""
    for path in FILES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef):
                yield f"{path.relative_to(ROOT)}:{node.name}", node


def lines(node: ast.FunctionDef) -> int:
    """How many lines a function has, its docstring among them."""
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


def parameters(node: ast.FunctionDef) -> int:
    """How many parameters a function has, `self` and `cls` left out."""
    named = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return len(named) - (bool(named) and named[0].arg in ("self", "cls"))


def picture() -> str:
    """The rooms from the foundation up, each with what it holds and imports."""
    found = arrows()
    lines = [f"{'room':<10} {'files':>5} {'lines':>6}  imports from (number of files that do)"]
    for name in ROOMS:
        files = [path for path in FILES if room(path) == name]
        size = sum(len(path.read_text().splitlines()) for path in files)
        used = ", ".join(f"{other} {found[name, other]}" for other in ROOMS if found[name, other])
        lines.append(f"{name:<10} {len(files):>5} {size:>6}  {used or '-'}")
    lines.append(f"rooms: {len(ROOMS)}; arrows between rooms: {len(found)}")
    lines.append(f"upward imports: {len(upward())}; circles of modules: {len(circles())}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(picture())
