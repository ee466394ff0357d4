"""Mutation testing of the pure rooms: small changes of the code, each of which some test must notice.

    python tests/mutants.py [--room study] [--sample 30] [--seed 0] [--write]

A mutant is one change of one expression: a comparison, an operator, a constant, a condition. It lives in memory: a
child process imports the changed module in place of the file and runs the tests of its room that call the changed
function, the quickest first; if they all pass, those of the other pure rooms, the contracts, and the files that test a
pure room from elsewhere. A mutant that passes all of them has survived. Plain settings (constants in capitals, defaults
of fields) are not mutated: they are choices, not logic.

`--write` puts the result into `tests/mutants.md`; rooms that were not asked for stay there as they are. A sample says
how good the tests are only if none of them was written for it, so take a new seed. It takes long, so it is a chore and
not a test. `--calls` names a folder for what the tests call, so that a second run on the same code need not find it
out again.
"""

import argparse
import ast
import importlib.abc
import importlib.util
import itertools
import json
import os
import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np  # noqa: F401 - imported before the first fork, as scikit-learn is, so that no child has to
import pytest
import scipy.stats  # noqa: F401
import sklearn.model_selection  # noqa: F401
from calls import NoteCalls, RunOnly
from rooms import FILES, ROOT, module, room

PURE = ("graph", "signal", "space", "target", "task", "study", "data")
# Files that test a pure room from elsewhere; then all folders and files; and files of the folders that take long.
ELSEWHERE = (
    "exporters/test_plain_c.py",
    "exporters/test_plain_c_at_random.py",
    "exporters/test_edge_impulse.py",
    "api/test_learning_block.py",
    "api/test_specs.py",
    "api/test_studies.py",
    "evaluation/test_evaluation.py",
    "optimizer/test_run.py",
)
OTHERS = (*PURE, "contracts", "golden", *ELSEWHERE)
SLOW = ("test_waist", "test_executors", "test_operators", "test_every_source")
# A mutant that never ends is one that was noticed. Processor time, so that a busy machine changes no verdict; the wall
# clock only ends what waits for ever.
SECONDS, WALL_SECONDS = 240, 2400
PAGE = ROOT / "tests" / "mutants.md"

# Changes that no behaviour can show, each with the reason.
EQUIVALENT: dict[str, str] = {}

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

    def tree(self) -> ast.Module:
        """Make the changed module."""
        tree = ast.parse(self.path.read_text())
        next(itertools.islice(changes(tree), self.number, None))
        return ast.fix_missing_locations(tree)

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
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for statement in function.body:
                for parent in ast.walk(statement):
                    if isinstance(parent, ast.FunctionDef | ast.Raise | ast.Assert | ast.JoinedStr | ast.AnnAssign):
                        continue
                    if isinstance(parent, ast.keyword) and parent.arg == "strict":
                        continue  # of `zip`: it asserts what holds in any case
                    for field, value in ast.iter_fields(parent):
                        if isinstance(value, ast.expr):
                            yield parent, field, None
                        elif isinstance(value, list):
                            yield from ((parent, field, i) for i, v in enumerate(value) if isinstance(v, ast.expr))


def changes(tree: ast.Module) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Make every change of a module, one at a time: what stood there, and what stands there until the next one."""
    for parent, field, index in logic(tree):
        value = getattr(parent, field)
        node = value if index is None else value[index]
        for new in changed(node):
            _put(parent, field, index, ast.copy_location(new, node))
            yield node, new
            _put(parent, field, index, node)


def mutants(path: Path) -> list[Mutant]:
    """Every mutant of a file, each once, though a function within another one is met twice."""
    tree = ast.parse(path.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    found = {}
    for number, (node, new) in enumerate(changes(tree)):
        place = (id(node), ast.dump(new))
        found[place] = Mutant(
            path, number, node.lineno, _first_line(functions, node), ast.unparse(node), ast.unparse(new)
        )
    return list(found.values())


def _first_line(functions: list[ast.FunctionDef], node: ast.expr) -> int:
    """The first line of the innermost function around an expression, as its code object tells it: with decorators."""
    around = max((f for f in functions if f.lineno <= node.lineno <= (f.end_lineno or 0)), key=lambda f: f.lineno)
    return min([around.lineno, *(decorator.lineno for decorator in around.decorator_list)])


def _put(parent: ast.AST, field: str, index: int | None, node: ast.expr) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


@dataclass(frozen=True)
class Sample:
    """The mutants of a room that were tried: how many there are, how many were tried, and which survived."""

    room: str
    seed: int
    mutants: int
    tried: int
    left: list[Mutant]


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
        exec(compile(self.mutant.tree(), str(self.mutant.path), "exec"), loaded.__dict__)


class Tests:
    """The tests of each folder or file by the functions that they call; found out when they are first asked for."""

    def __init__(self, notes: Path) -> None:
        self.notes = notes
        self.known: dict[str, dict[str, list[str]]] = {}

    def calling(self, function: str, folder: str) -> list[str]:
        """The tests of a folder or file that call a function (`path:line`), the quickest first."""
        if folder not in self.known:
            file = self.notes / f"{folder.replace('/', '-')}.json"
            if not file.exists():
                assert passes(None, [f"tests/{folder}"], NoteCalls(file)), f"the tests of {folder} must pass unchanged"
            self.known[folder] = json.loads(file.read_text())
        return self.known[folder].get(function, [])


def survives(mutant: Mutant, tests: Tests) -> bool:
    """Run the tests that call the changed function, those of its own room first."""
    own = room(mutant.path)
    for folder in [own, *(other for other in OTHERS if other != own)]:
        names = tests.calling(f"{mutant.path}:{mutant.function}", folder)
        files = list(dict.fromkeys(name.partition("::")[0] for name in names))
        # Then whole files: what one test has cached, others use without a call.
        if names and not (passes(mutant, files, RunOnly(names)) and passes(mutant, files)):
            return False
    return True


def passes(mutant: Mutant | None, tests: list[str], plugin: object = None) -> bool:
    """Whether all tests of some folders or files pass with a mutant; of the unchanged code for None."""
    child = os.fork()
    if child == 0:
        code = int(pytest.ExitCode.USAGE_ERROR)
        try:
            code = _run(mutant, tests, plugin)
        finally:
            os._exit(code)
    deadline = time.monotonic() + WALL_SECONDS
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            assert code != pytest.ExitCode.USAGE_ERROR, "pytest did not start"
            return code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
        time.sleep(0.05)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return False


def _run(mutant: Mutant | None, tests: list[str], plugin: object) -> int:
    if mutant is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        sys.meta_path.insert(0, Importer(mutant))
    ignored = [f"--ignore-glob=*{name}*" for name in SLOW]
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        options = ["-x", "-q", "-p", "no:cacheprovider", "-m", "not packaging", "--hypothesis-seed=0"]
        return int(pytest.main([*options, *ignored, *tests], [plugin] if plugin else []))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--room", action="append", choices=PURE, help="a room; all of them by default")
    parser.add_argument("--sample", type=int, default=30, help="mutants of each room; 0 for all")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--write", action="store_true", help="write tests/mutants.md")
    parser.add_argument("--calls", type=Path, help="a folder for notes of what the tests call")
    options = parser.parse_args()
    os.chdir(ROOT)
    with TemporaryDirectory() as temporary:
        tests = Tests(options.calls or Path(temporary))
        tests.notes.mkdir(exist_ok=True)
        for name in options.room or PURE:
            sample = tried(name, options.sample, options.seed, tests)
            if options.write:
                write(sample)


def tried(name: str, size: int, seed: int, tests: Tests) -> Sample:
    """Try a sample of a room's mutants."""
    everything = [mutant for path in FILES if room(path) == name for mutant in mutants(path)]
    drawn = random.Random(seed).sample(everything, min(size or len(everything), len(everything)))
    left = []
    for mutant in drawn:
        if survives(mutant, tests):
            left.append(mutant)
            print(f"survived: {mutant}", flush=True)
    print(f"{name}: {len(left)} of {len(drawn)} survived, drawn from {len(everything)}", flush=True)
    return Sample(name, seed, len(everything), len(drawn), left)


def write(sample: Sample) -> None:
    """Put a room's section into the page, in place of its former one, and count all sections anew."""
    former = PAGE.read_text() if PAGE.exists() else ""
    sections = {text.partition("\n")[0]: text for text in former.split("\n## ")[1:]}
    sections[sample.room] = section(sample)
    kept = [sections[name].strip() for name in PURE if name in sections]
    PAGE.write_text("\n\n## ".join([summary(kept), *kept]) + "\n")


def section(sample: Sample) -> str:
    """What the page says of a room; `summary` reads its second line again."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    out = [sample.room, "", f"{len(sample.left)} of {sample.tried} survived, drawn from {sample.mutants} with seed "]
    out[-1] += f"{sample.seed} at {commit}."
    survivors = [f"- {mutant}{_reason(mutant)}" for mutant in sample.left]
    return "\n".join([*out, "", *survivors])


def _reason(mutant: Mutant) -> str:
    reason = EQUIVALENT.get(mutant.name)
    return f"; equivalent: {reason}" if reason else ""


def summary(sections: list[str]) -> str:
    """The head of the page: a row for each room, and for all of them."""
    rows = []
    for text in sections:
        counts = re.search(r"(\d+) of (\d+) survived, drawn from (\d+) with seed (\d+)", text)
        assert counts
        left, tried, mutants, seed = map(int, counts.groups())
        rows.append((text.partition("\n")[0], seed, mutants, tried, left, text.count("; equivalent: ")))
    mutants, tried, left, equivalent = (sum(row[column] for row in rows) for column in (2, 3, 4, 5))
    table = [f"| {' | '.join(map(str, row))} | {100 * row[4] / row[3]:.0f} % |" for row in rows]
    return "\n".join(
        [
            "# Mutants of the pure rooms",
            "",
            "Written by `python tests/mutants.py --write`; its docstring says what a mutant is. A sample says how good",
            "the tests are only if none of them was written for it, so each run takes a new seed. Survivors are listed",
            "as the run found them; those that are not equivalent may have a test by now.",
            "",
            "| room | seed | mutants | tried | survived | of them equivalent | survived, in percent |",
            "|---|---|---|---|---|---|---|",
            *table,
            f"| all | | {mutants} | {tried} | {left} | {equivalent} | {100 * left / tried:.1f} % |",
        ]
    )


if __name__ == "__main__":
    main()
