"""Which functions of `nas/` each test calls: a plugin of pytest for `tests/mutants.py`."""

import functools
import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from rooms import ROOT

SOURCES = str(ROOT / "nas")
# Processor seconds after which a test, or a fixture, is given up.
LONGEST = 1.0


class TooLong(BaseException):
    """A test takes longer than a trial of a mutant may."""


class NoteCalls:
    """Write into a file, as JSON, the processor seconds of each test, and the functions (`path:line`) that it calls.

    What a fixture calls counts for every test that uses it, and what is cached is forgotten before each test. What is
    called while test files are imported is noted under the name "". Tests that take longer than `LONGEST` are left out.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.seconds: dict[str, float] = {}
        self.calls: dict[str, set[str]] = {"": set()}
        self.of_fixtures: dict[int, tuple[float, set[str]]] = {}
        self.left_out: set[str] = set()
        self.given_up: set[int] = set()
        self.failed: dict[str, str] = {}

    def pytest_configure(self) -> None:
        # Not imported before: pytest complains about plugins that were.
        from hypothesis import settings

        # A few examples of a property call what many call.
        settings.register_profile("few", parent=settings.get_profile("patient"), max_examples=5)
        settings.load_profile("few")
        signal.signal(signal.SIGPROF, _give_up)

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Iterator[object]:
        with noted(self.calls[""]):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[object]:
        start, outer = time.process_time(), sys.gettrace()
        called: set[str] = set()
        try:
            with limited(), noted(called):
                result = yield
        except pytest.skip.Exception:
            # Pytest cannot set up such a fixture of a module anew: tests that use it are left out.
            self.given_up.add(id(fixturedef))
            raise
        sys.settrace(outer)
        self.of_fixtures[id(fixturedef)] = (time.process_time() - start, called)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[object]:
        forget()
        start, called = time.process_time(), self.calls.setdefault(item.nodeid, set())
        self.seconds[item.nodeid] = 0.0
        kept = set(self.of_fixtures)
        with noted(called):
            result = yield
        self.seconds[item.nodeid] = time.process_time() - start
        for fixture in fixtures(item):
            seconds, by_fixture = self.of_fixtures.get(fixture, (0.0, set()))
            called |= by_fixture
            self.seconds[item.nodeid] += seconds if fixture in kept else 0.0
        if self.given_up.intersection(fixtures(item)):
            self.left_out.add(item.nodeid)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self) -> Iterator[object]:
        with limited():
            return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped:
            self.left_out.add(report.nodeid)
        if report.failed:
            self.failed[report.nodeid] = report.longreprtext.splitlines()[-1]

    def pytest_sessionfinish(self) -> None:
        calls = {name: sorted(called) for name, called in self.calls.items() if name not in self.left_out}
        seconds = {name: round(self.seconds[name], 4) for name in calls if name}
        failed = [f"{name} ({why})" for name, why in self.failed.items() if name not in self.left_out]
        self.file.write_text(json.dumps({"seconds": seconds, "calls": calls, "failed": failed}))


@contextmanager
def limited() -> Iterator[None]:
    """Skip what takes longer than `LONGEST`; what is limited within, such as a fixture, has a limit of its own."""
    left, _ = signal.setitimer(signal.ITIMER_PROF, LONGEST)
    try:
        yield
    except TooLong:
        # Not an error of its own kind: pytest keeps this one for all tests that use a fixture.
        pytest.skip("takes too long")
    finally:
        signal.setitimer(signal.ITIMER_PROF, left)


def _give_up(*_: object) -> None:
    raise TooLong


@contextmanager
def noted(called: set[str]) -> Iterator[None]:
    """Note into a set the functions of `nas/` that are called within."""

    def note(frame: FrameType, event: str, _: object) -> None:
        if frame.f_code.co_filename.startswith(SOURCES):
            called.add(f"{frame.f_code.co_filename}:{frame.f_code.co_firstlineno}")

    sys.settrace(note)
    try:
        yield
    finally:
        sys.settrace(None)


def fixtures(item: pytest.Item) -> Iterator[int]:
    """The fixtures that a test uses, directly or by way of others, as `pytest_fixture_setup` knows them."""
    known = getattr(item, "_fixtureinfo", None)
    for definitions in known.name2fixturedefs.values() if known else ():
        yield from map(id, definitions)


def forget() -> None:
    """Forget what functions of `nas` and of the tests have cached."""
    for module in list(sys.modules.values()):
        if (getattr(module, "__file__", None) or "").startswith(str(ROOT)):
            for value in list(vars(module).values()):
                if isinstance(value, functools._lru_cache_wrapper):
                    value.cache_clear()
