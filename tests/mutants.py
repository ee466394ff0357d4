"""Mutation testing of the pure rooms: small changes of the code, each of which some test must notice.

    python tests/mutants.py [--room study] [--sample 40] [--seed 0] [--write]

A mutant is one change of one expression: a comparison, an operator, a constant, a condition. It lives in memory: a
child process imports the changed module in place of the file and runs the tests of its room; if they all pass, it runs
those of the other pure rooms and the contracts too. A mutant that passes all of them has survived. Plain settings
(constants in capitals, defaults of fields) are not mutated: they are choices, not logic. `--write` puts the result into
`tests/mutants.md`. It takes long, so it is a chore and not a test.
"""

import argparse
import ast
import importlib.abc
import importlib.util
import io
import os
import random
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import numpy as np  # noqa: F401 - imported before the first fork, as scikit-learn is, so that no child has to
import pytest
import sklearn.model_selection  # noqa: F401
from rooms import FILES, ROOT, module, room

PURE = ("graph", "signal", "space", "target", "task", "study", "data")
# Folders for mutants that the tests of their own room have let pass, and files of them that take long.
OTHERS = (*PURE, "contracts", "golden")
SLOW = ("test_waist", "test_executors", "test_operators", "test_every_source")
# A mutant that never ends is one that was noticed. Processor time, so that a busy machine changes no verdict; the wall
# clock only ends what waits for ever.
SECONDS, WALL_SECONDS = 240, 2400

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
    """One change: the file, the line, what stood there and what stands there now, and the changed module."""

    path: Path
    line: int
    before: str
    after: str
    tree: ast.Module

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
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for statement in function.body:
                for parent in ast.walk(statement):
                    if isinstance(parent, ast.FunctionDef | ast.Raise | ast.Assert | ast.JoinedStr | ast.AnnAssign):
                        continue
                    for field, value in ast.iter_fields(parent):
                        if isinstance(value, ast.expr):
                            yield parent, field, None
                        elif isinstance(value, list):
                            yield from ((parent, field, i) for i, v in enumerate(value) if isinstance(v, ast.expr))


def mutants(path: Path) -> list[Mutant]:
    """Every mutant of a file."""
    tree = ast.parse(path.read_text())
    found = []
    for parent, field, index in logic(tree):
        value = getattr(parent, field)
        node = value if index is None else value[index]
        for new in changed(node):
            ast.copy_location(new, node)
            _put(parent, field, index, new)
            mutated = ast.fix_missing_locations(deepcopy(tree))
            found.append(Mutant(path, node.lineno, ast.unparse(node), ast.unparse(new), mutated))
            _put(parent, field, index, node)
    return found


def _put(parent: ast.AST, field: str, index: int | None, node: ast.expr) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


class Importer(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the mutated module in place of the file's."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        self.name = module(mutant.path)

    def find_spec(self, fullname, path=None, target=None):  # type: ignore[no-untyped-def]
        if fullname != self.name:
            return None
        is_package = self.mutant.path.name == "__init__.py"
        return importlib.util.spec_from_file_location(
            fullname,
            self.mutant.path,
            loader=self,
            submodule_search_locations=[str(self.mutant.path.parent)] if is_package else None,
        )

    def exec_module(self, loaded):  # type: ignore[no-untyped-def]
        exec(compile(self.mutant.tree, str(self.mutant.path), "exec"), loaded.__dict__)


def survives(mutant: Mutant) -> bool:
    """Run the tests of the mutant's room, then the other fast ones, each in a child process of its own."""
    own = [f"tests/{room(mutant.path)}"]
    return passes(mutant, own) and passes(mutant, [f"tests/{name}" for name in OTHERS if f"tests/{name}" not in own])


def passes(mutant: Mutant | None, folders: list[str]) -> bool:
    """Whether all tests of some folders pass with a mutant; of the unchanged code for None."""
    child = os.fork()
    if child == 0:
        os._exit(_run(mutant, folders))
    deadline = time.monotonic() + WALL_SECONDS
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.05)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return False


def _run(mutant: Mutant | None, folders: list[str]) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    if mutant is not None:
        sys.meta_path.insert(0, Importer(mutant))
    ignored = [f"--ignore-glob=*{name}*" for name in SLOW]
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        options = ["-x", "-q", "-p", "no:cacheprovider", "-m", "not packaging", "--hypothesis-seed=0"]
        return int(pytest.main([*options, *ignored, *folders]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--room", action="append", choices=PURE, help="a room; all of them by default")
    parser.add_argument("--sample", type=int, default=20, help="mutants of each room; 0 for all")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--write", action="store_true", help="write tests/mutants.md")
    options = parser.parse_args()
    os.chdir(ROOT)
    rows, survivors = [], []
    for name in options.room or PURE:
        assert passes(None, [f"tests/{name}"]), f"the tests of {name} must pass on the unchanged code"
        everything = [mutant for path in FILES if room(path) == name for mutant in mutants(path)]
        drawn = random.Random(options.seed).sample(everything, min(options.sample or len(everything), len(everything)))
        left = []
        for mutant in drawn:
            if survives(mutant):
                left.append(mutant)
                print(f"survived: {mutant}", flush=True)
        print(f"{name}: {len(left)} of {len(drawn)} survived, drawn from {len(everything)}", flush=True)
        rows.append((name, len(everything), len(drawn), len(left)))
        survivors += left
    if options.write:
        Path("tests/mutants.md").write_text(page(rows, survivors, options.seed))


def page(rows: list[tuple[str, int, int, int]], survivors: list[Mutant], seed: int) -> str:
    """The result as a page."""
    out = io.StringIO()
    print("# Mutants of the pure rooms\n", file=out)
    print(
        f"Written by `python tests/mutants.py --write`, seed {seed}; its docstring says what a mutant is.\n", file=out
    )
    print("| room | mutants | tried | survived |\n|---|---|---|---|", file=out)
    for name, count, drawn, left in rows:
        print(f"| {name} | {count:,} | {drawn} | {left} |", file=out)
    tried, left = sum(row[2] for row in rows), sum(row[3] for row in rows)
    print(f"| all | {sum(row[1] for row in rows):,} | {tried} | {left} ({100 * left / tried:.1f} %) |\n", file=out)
    print("Survivors:\n", file=out)
    print("\n".join(f"- {mutant}" for mutant in survivors), file=out)
    return out.getvalue()


if __name__ == "__main__":
    main()
