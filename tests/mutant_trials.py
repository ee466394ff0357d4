"""Trials of mutants: children of one process that has imported everything, and of one that has imported nothing."""

import gc
import importlib.abc
import importlib.util
import os
import resource
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, FunctionType

import pytest
from calls import forget
from mutations import Mutant
from rooms import module

# What a child of a trial says as it exits.
SURVIVED, NOTICED, BROKEN = 0, 1, 99
# What a mutant may add to the memory of the process and to twice the seconds that its tests take unchanged. Processor
# time, so that a busy machine changes no verdict; the wall clock only ends what waits for ever.
MEMORY_BYTES, MORE_SECONDS, WALL_SECONDS = 6 << 30, 10, 1200


@dataclass(frozen=True)
class Plan:
    """The tests that a mutant has to pass, in order, and the processor seconds that they take unchanged."""

    tests: list[str]
    seconds: float


class Trials:
    """A plugin of pytest: in place of running the tests, try mutants on them, each in a child of this process."""

    def __init__(self, plans: dict[Mutant, Plan], told: Callable[[Mutant, bool], None]) -> None:
        self.plans = plans
        self.told = told
        self.noticed_by: dict[str, str] = {}
        self.note: Path | None = None

    def pytest_configure(self) -> None:
        from hypothesis import settings  # not before: pytest complains about plugins that were imported

        # An example that failed on one mutant must not be tried on the next.
        settings.register_profile("alone", parent=settings.get_profile("patient"), database=None, max_examples=20)
        settings.load_profile("alone")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        functions = imported_functions()
        gc.collect()
        gc.freeze()
        for mutant, plan in self.plans.items():
            with TemporaryDirectory(prefix="mutant") as folder:
                os.environ["PYTEST_DEBUG_TEMPROOT"] = folder
                note = Path(folder, "noticed_by")
                tests = [items[name] for name in self._latest_first(mutant, plan) if name in items]
                self.told(mutant, not tests or self._survives(mutant, plan, tests, functions, note))
                if note.exists():
                    self.noticed_by[mutant.place] = note.read_text()
        return True

    def _latest_first(self, mutant: Mutant, plan: Plan) -> list[str]:
        """Put the test first that has noticed another mutant of the function."""
        latest = self.noticed_by.get(mutant.place)
        return sorted(plan.tests, key=lambda name: name != latest)

    def _survives(self, mutant: Mutant, plan: Plan, tests: list[pytest.Item], functions: "Known", note: Path) -> bool:
        def work() -> int:
            put_in_place(mutant, functions)
            self.note = note
            forget()
            for item, following in pairwise([*tests, None]):
                assert item is not None
                item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            return SURVIVED

        return in_child(work, plan.seconds) == SURVIVED

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            assert self.note is not None
            self.note.write_text(report.nodeid)
            os._exit(NOTICED)


class RunOnly:
    """Run some tests and no others, in this order."""

    def __init__(self, names: list[str]) -> None:
        self.place = {name: place for place, name in enumerate(names)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((i for i in items if i.nodeid in self.place), key=lambda item: self.place[item.nodeid])


Known = dict[str, list[FunctionType]]


def imported_functions() -> Known:
    """All functions of `nas`, by file."""
    found: Known = defaultdict(list)
    for value in gc.get_objects():
        if isinstance(value, FunctionType) and value.__module__ and value.__module__.startswith("nas"):
            found[value.__code__.co_filename].append(value)
    return found


def put_in_place(mutant: Mutant, functions: Known) -> None:
    """Change the functions that were imported; a module that was not will be imported as the mutant has it."""
    if module(mutant.path) not in sys.modules:
        sys.meta_path.insert(0, Importer(mutant))
    codes: dict[tuple[str, int], list[CodeType]] = defaultdict(list)
    for code in _codes(mutant.code()):
        codes[code.co_qualname, code.co_firstlineno].append(code)
    for function in functions.get(str(mutant.path), []):
        old = function.__code__
        new = codes[old.co_qualname, old.co_firstlineno]
        if old not in new:
            function.__code__ = new[0]


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from _codes(value)


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
        exec(self.mutant.code(), loaded.__dict__)


def survives_import(mutant: Mutant, plan: Plan) -> bool:
    """Whether a mutant passes its tests where it is imported by them; for a process that has not imported `nas`."""

    def work() -> int:
        sys.meta_path.insert(0, Importer(mutant))
        files = list(dict.fromkeys(name.partition("::")[0] for name in plan.tests))
        return run_pytest([*files, "-x"], RunOnly(plan.tests))

    code = in_child(work, plan.seconds + MORE_SECONDS)
    assert code != pytest.ExitCode.USAGE_ERROR, "pytest did not start"
    return code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)


def run_pytest(arguments: list[str], plugin: object) -> int:
    """Run pytest without a word, and without tests that build the distributions."""
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        options = ["-q", "-p", "no:cacheprovider", "-m", "not packaging", "--hypothesis-seed=0"]
        return int(pytest.main([*options, *arguments], [plugin]))


def in_child(work: Callable[[], int], seconds: float | None = None) -> int:
    """Do some work in a child; return its exit code, negative if a signal ended it, as too much processor time does."""
    child = os.fork()
    if child == 0:
        code = BROKEN
        try:
            os.setsid()
            if seconds is not None:
                _limit(round(2 * seconds) + MORE_SECONDS)
            code = work()
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(code)
    code = _wait(child, None if seconds is None else WALL_SECONDS)
    assert code != BROKEN, "a trial itself failed"
    return code


def _limit(seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _wait(child: int, wall_seconds: float | None) -> int:
    start, pause = time.monotonic(), 0.001
    while wall_seconds is None or time.monotonic() < start + wall_seconds:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        time.sleep(pause)
        pause = min(0.05, 1.5 * pause)
    _end_group(child)
    if not ended:
        _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _end_group(child: int) -> None:
    """End a child and whatever it started."""
    with suppress(ProcessLookupError):
        os.killpg(child, 9)
