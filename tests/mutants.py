"""Mutation testing of the pure rooms: small changes of the code, each of which some test must notice.

    python tests/mutants.py [--room study] [--file nas/study/rungs.py] [--sample 30] [--seed 0] [--write]

A mutant is one change of one expression: a comparison, an operator, a constant, a condition (`tests/mutations.py`). A
process imports the code and the tests once and forks for each mutant; the child puts the changed functions in place of
the imported ones and runs the tests that call the changed function, the quickest first, until one fails. A mutant that
passes all of them has survived. If a function is called while modules are imported, its survivors have another trial,
where the tests import the mutant.

The tests are those of the mutant's room and `BESIDE`, at most `SECONDS` of each, the quickest first, and none that
takes more than `calls.LONGEST`: a mutant that only other tests would notice counts as a survivor.

`--write` puts the result into `tests/mutants.md`; rooms that were not asked for stay there as they are. A sample says
how good the tests are only if none of them was written for it, so take a new seed. It takes long, so it is a chore and
not a test. `--calls` names a folder for what the tests call, so that a second run on the same code need not find it
out again.
"""

import argparse
import json
import os
import random
import re
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np  # noqa: F401 - imported before the first fork, as the others are, so that no child has to
import scipy.stats  # noqa: F401
import sklearn.model_selection  # noqa: F401
import tensorflow as tf  # noqa: F401
from calls import NoteCalls
from mutant_trials import Plan, Trials, in_child, run_pytest, survives_import
from mutations import Mutant, mutants
from rooms import FILES, ROOT, room

PURE = ("graph", "signal", "space", "target", "task", "study", "data")
# What tests a pure room beside its own folder.
BESIDE: dict[str, tuple[str, ...]] = {
    "graph": ("contracts/test_every_block.py", "contracts/test_every_space.py"),
    "signal": ("contracts/test_front_ends.py", "exporters/test_camera.py", "exporters/test_front_end_parameters.py"),
    "space": ("contracts/test_every_block.py", "contracts/test_every_space.py", "cli/test_study_options.py"),
    "target": tuple(f"exporters/test_plain_c{what}.py" for what in ("", "_at_random", "_streaming")),
    "task": ("contracts/test_tasks.py", "evaluation"),
    "study": ("api/test_specs.py", "api/test_studies.py", "contracts/test_every_objective.py", "golden"),
    "data": ("contracts/test_readers.py", "cli/test_data.py"),
}
# Files of the folders whose single tests take long.
IGNORED = tuple(f"--ignore-glob=*test_{name}.py" for name in ("instructions", "operators"))
# Processor seconds of the tests of one mutant: of its own room, and as many of others.
SECONDS = 5.0
PAGE = ROOT / "tests" / "mutants.md"

# Changes that no behaviour can show, each with the reason. They count as survivors all the same.
EQUIVALENT: dict[str, str] = {}


@dataclass(frozen=True)
class Sample:
    """The mutants of a room that were tried: how many there are, how many were tried, and which survived."""

    room: str
    seed: int
    mutants: int
    tried: int
    left: list[Mutant]


class Tests:
    """The tests of a room that call each function, found out by running them once; `file` keeps that."""

    def __init__(self, name: str, file: Path) -> None:
        self.collected = [*(f"tests/{each}" for each in (name, *BESIDE[name])), *IGNORED]
        if not file.exists():
            # A test may be given up within a destructor, which is no fault of it.
            arguments = [*self.collected, "-p", "no:unraisableexception"]
            code = in_child(lambda: run_pytest(arguments, NoteCalls(file)))
            assert file.exists(), f"the tests of {name} must pass unchanged: pytest ended with {code}"
        noted = json.loads(file.read_text())
        assert not noted["failed"], f"the tests of {name} must pass unchanged: {'; '.join(noted['failed'])}"
        self.seconds: dict[str, float] = noted["seconds"]
        self.calling: dict[str, list[str]] = defaultdict(list)
        for test, places in noted["calls"].items():
            for place in places:
                self.calling[place].append(test)

    def plan(self, mutant: Mutant) -> Plan:
        """The tests that call the changed function."""
        return self._quickest([test for test in self.calling[mutant.place] if test], mutant)

    def plan_import(self, mutant: Mutant) -> Plan | None:
        """All tests, if the changed function is called while modules are imported."""
        return self._quickest(list(self.seconds), mutant) if "" in self.calling[mutant.place] else None

    def _quickest(self, tests: list[str], mutant: Mutant) -> Plan:
        """Of its own room and of others, the quickest that take at most so long together."""
        own = f"tests/{room(mutant.path)}/"
        chosen, total = [], 0.0
        for group in (True, False):
            left = SECONDS
            for test in sorted((t for t in tests if t.startswith(own) is group), key=self.seconds.__getitem__):
                left -= max(self.seconds[test], 0.003)
                if left < 0:
                    break
                chosen.append(test)
            total += SECONDS - max(left, 0.0)
        return Plan(chosen, total)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--room", action="append", choices=PURE, help="a room; all of them by default")
    parser.add_argument("--file", action="append", type=Path, help="try only mutants of this file")
    parser.add_argument("--sample", type=int, default=30, help="mutants of each room; 0 for all")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="mutants that are tried at once")
    parser.add_argument("--write", action="store_true", help="write tests/mutants.md")
    parser.add_argument("--calls", type=Path, help="a folder for notes of what the tests call")
    options = parser.parse_args()
    if options.write and options.file:
        parser.error("--write is for whole rooms")
    with TemporaryDirectory() as temporary:
        notes = (options.calls or Path(temporary)).resolve()
        notes.mkdir(exist_ok=True)
        files = [path.resolve() for path in options.file or FILES]
        os.chdir(ROOT)
        for name in options.room or PURE:
            everything = [mutant for path in files if room(path) == name for mutant in mutants(path)]
            if everything:
                drawn = draw(everything, options.sample, options.seed)
                left = survivors(drawn, Tests(name, notes / f"{name}.json"), options.jobs)
                print(f"{name}: {len(left)} of {len(drawn)} survived, drawn from {len(everything)}", flush=True)
                if options.write:
                    write(Sample(name, options.seed, len(everything), len(drawn), left))


def draw(everything: list[Mutant], size: int, seed: int) -> list[Mutant]:
    """Draw a sample of mutants; 0 for all."""
    return random.Random(seed).sample(everything, min(size or len(everything), len(everything)))


def survivors(drawn: list[Mutant], tests: Tests, jobs: int) -> list[Mutant]:
    """Try mutants in some processes at once; return those that survive."""
    reading, writing = os.pipe()
    for job in range(jobs):
        if os.fork() == 0:
            os.close(reading)
            try:
                serve(dict(list(enumerate(drawn))[job::jobs]), tests, writing)
            finally:
                os._exit(0)
    os.close(writing)
    left: list[Mutant] = []
    told = 0
    with os.fdopen(reading) as lines:
        for line in lines:
            number, survived = json.loads(line)
            told += 1
            plan = tests.plan_import(drawn[number])
            if survived and (plan is None or survives_import(drawn[number], plan)):
                left.append(drawn[number])
                print(f"survived: {drawn[number]}", flush=True)
    assert told == len(drawn), "some mutants were not tried"
    return sorted(left, key=drawn.index)


def serve(drawn: dict[int, Mutant], tests: Tests, writing: int) -> None:
    """Try numbered mutants; write for each its number and whether it survived, as a line of JSON."""
    numbers = {mutant: number for number, mutant in drawn.items()}

    def told(mutant: Mutant, survived: bool) -> None:
        os.write(writing, f"[{numbers[mutant]}, {json.dumps(survived)}]\n".encode())

    run_pytest(tests.collected, Trials({mutant: tests.plan(mutant) for mutant in numbers}, told))


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
    names = [row[0] for row in rows]
    missing = ", ".join(name for name in PURE if name not in names)
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
            *(["", f"Not tried: {missing}."] if missing else []),
        ]
    )


if __name__ == "__main__":
    main()
