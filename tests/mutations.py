"""Mutants: every small change of an expression within a function, made in memory by syntax trees.

What no behaviour can show is left out by rule: annotations, and assertions, which say what holds in any case (`strict`
of `zip` is one). So are plain settings (constants in capitals, defaults of fields and parameters): choices, not logic.
"""

import ast
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

from rooms import ROOT

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult,
}  # fmt: skip
SWAPS = {"min": "max", "max": "min", "any": "all", "all": "any", "ceil": "floor", "argmax": "argmin"}


@dataclass(frozen=True)
class Mutant:
    """One change of a file.

    Attributes:
        path: of the file.
        number: of the change among those of the file.
        line: of the expression; `function` is the first line of the function around it.
        before: the expression; `after` is what stands in its place.
    """

    path: Path
    number: int
    line: int
    function: int
    before: str
    after: str

    def code(self) -> CodeType:
        """Compile the changed module."""
        tree = ast.parse(self.path.read_text())
        next(itertools.islice(changes(tree), self.number, None))
        return compile(ast.fix_missing_locations(tree), str(self.path), "exec")

    @property
    def place(self) -> str:
        """The function around the expression as `calls.py` notes it: `path:line`."""
        return f"{self.path}:{self.function}"

    @property
    def name(self) -> str:
        """Name the change without its line, which moves when something above it changes."""
        return f"{self.path.relative_to(ROOT)}: `{self.before}` -> `{self.after}`"

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}: `{self.before}` -> `{self.after}`"


def changed(node: ast.AST) -> Iterator[ast.expr]:
    """Every expression that may stand in place of this one."""
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARISONS:
            yield ast.Compare(left, [COMPARISONS[type(op)]()], [right])
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS and not _is_text(left, right):
            yield ast.BinOp(left, OPERATORS[type(op)](), right)
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(ast.And() if isinstance(op, ast.Or) else ast.Or(), values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value + 1)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.Name(id=name) if name in SWAPS:
            yield ast.Name(SWAPS[name], ast.Load())


def _is_text(*sides: ast.expr) -> bool:
    return any(isinstance(side, ast.JoinedStr | ast.List | ast.Tuple | ast.Dict) for side in sides) or any(
        isinstance(side, ast.Constant) and isinstance(side.value, str) for side in sides
    )


def logic(tree: ast.Module) -> Iterator[tuple[ast.AST, str, int | None]]:
    """Every place of an expression within functions: its parent, the field, and the index if that is a list."""
    for function in _functions(tree):
        for statement in function.body:
            yield from _places(statement)


def _places(parent: ast.AST) -> Iterator[tuple[ast.AST, str, int | None]]:
    if isinstance(parent, ast.FunctionDef | ast.Assert):
        return  # a function within another one is found by itself
    if isinstance(parent, ast.keyword) and parent.arg == "strict":
        return
    for field, value in ast.iter_fields(parent):
        if field == "annotation":
            continue
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(node, ast.expr):
                yield parent, field, index
            if isinstance(node, ast.AST):
                yield from _places(node)


def _functions(tree: ast.Module) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def changes(tree: ast.Module) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Make every change of a module, one at a time: what stood there, and what stands there until the next one."""
    for parent, field, index in logic(tree):
        value = getattr(parent, field)
        node = value if index is None else value[index]
        for new in changed(node):
            _put(parent, field, index, ast.copy_location(new, node))
            yield node, new
            _put(parent, field, index, node)


def _put(parent: ast.AST, field: str, index: int | None, node: ast.expr) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def mutants(path: Path) -> list[Mutant]:
    """Every mutant of a file."""
    tree = ast.parse(path.read_text())
    functions = _functions(tree)
    return [
        Mutant(path, number, node.lineno, _first_line(functions, node), ast.unparse(node), ast.unparse(new))
        for number, (node, new) in enumerate(changes(tree))
    ]


def _first_line(functions: list[ast.FunctionDef], node: ast.expr) -> int:
    """The first line of the innermost function around an expression, as its code object tells it: with decorators."""
    around = max((f for f in functions if f.lineno <= node.lineno <= (f.end_lineno or 0)), key=lambda f: f.lineno)
    return min([around.lineno, *(decorator.lineno for decorator in around.decorator_list)])
