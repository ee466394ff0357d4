"""Which functions of `nas/` each test calls: two plugins of pytest for `tests/mutants.py`."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest
from rooms import ROOT

SOURCES = str(ROOT / "nas")


class NoteCalls:
    """Write into a file, as JSON, the tests that call each function, by `path:line` of its first line, quickest first.

    What is called while a test file is imported is noted under the file's name, in place of a test's.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.seconds: dict[str, float] = {}
        self.tests: dict[str, set[str]] = {}

    def pytest_configure(self) -> None:
        # Not imported before: pytest complains about plugins that were.
        from hypothesis import settings

        # A few examples of a property call what many call.
        settings.register_profile("few", parent=settings.get_profile("patient"), max_examples=5)
        settings.load_profile("few")

    @contextmanager
    def noted_as(self, name: str) -> Iterator[None]:
        called: set[tuple[str, int]] = set()

        def note(frame: FrameType, event: str, _: object) -> None:
            called.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))

        start = time.process_time()
        sys.settrace(note)
        try:
            yield
        finally:
            sys.settrace(None)
            self.seconds[name] = time.process_time() - start
            for path, line in called:
                if path.startswith(SOURCES):
                    self.tests.setdefault(f"{path}:{line}", set()).add(name)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Iterator[None]:
        with self.noted_as(collector.nodeid):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        with self.noted_as(item.nodeid):
            return (yield)

    def pytest_sessionfinish(self) -> None:
        quickest = {name: sorted(tests, key=lambda test: self.seconds[test]) for name, tests in self.tests.items()}
        self.file.write_text(json.dumps(quickest))


class RunOnly:
    """Run some tests, or all tests of some files, and no others, in this order."""

    def __init__(self, names: list[str]) -> None:
        self.place = {name: place for place, name in enumerate(names)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        places = [self.place.get(i.nodeid, self.place.get(i.nodeid.partition("::")[0])) for i in items]
        named = [(place, number) for number, place in enumerate(places) if place is not None]
        items[:] = [items[number] for _, number in sorted(named)]
