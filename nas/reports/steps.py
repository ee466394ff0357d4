"""What to do with a study's winner, as commands to copy."""

import shlex
from collections.abc import Iterator

from nas.reports.markup import Markup, element
from nas.reports.view import ReportView
from nas.study.search_on import search_on
from nas.target.target import DEFAULT_TARGET, known_targets


def next_steps(view: ReportView) -> Markup:
    """List the next steps, each with its command."""
    steps = (element("li", words, element("pre", command)) for words, command in _steps(view))
    return element("ol", *steps, class_="steps")


def _steps(view: ReportView) -> Iterator[tuple[str, str]]:
    folder = shlex.quote(view.result.folder)
    model = shlex.quote(f"{view.result.folder}/best/model.tflite")
    name = view.footprint.target if view.footprint else DEFAULT_TARGET
    boards = boards_of(name)
    if boards:
        yield (
            f"{name} is a core without a board's memory. Check a board that has this core, such as {boards[0]} "
            "(`nas targets` lists all boards):",
            f"nas profile {model} --target {boards[0]} --memory-map memory_map.svg",
        )
    else:
        yield (
            f"See what it needs on {name}, and what would make it smaller:",
            f"nas profile {model} --target {shlex.quote(name)} --memory-map memory_map.svg",
        )
    yield "Write it as plain C, two files for any board:", f"nas export {folder} --format c -o firmware"
    yield (
        "Or write a project with TensorFlow Lite Micro, whose format is arduino, cmake, esp-idf, pico-sdk or zephyr:",
        f"nas export {folder} --format arduino -o projects",
    )
    command = search_on(view.result.folder, 30, view.result.trials, view.trial_limit)
    yield "Search on, for longer; finished trials are kept:", command


def boards_of(name: str) -> list[str]:
    """Return the boards with the core and the kernels of a generic core of that name; none for a board, or a file's."""
    generic = known_targets().get(name)
    if generic is None or generic.clock_hz is not None:
        return []
    others = known_targets().items()
    return [
        board for board, one in others if one.clock_hz and (one.core, one.kernels) == (generic.core, generic.kernels)
    ]
