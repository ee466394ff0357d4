"""The paths that a model's specification names: from the folder of its file, and from the current one."""

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from nas.data.source import SOURCES
from nas.study.model_spec_tables import PARTS, TrainingTable

T = TypeVar("T")
Move = Callable[[str], str]


def from_folder(spec: T, folder: Path) -> T:
    """Return a specification that was read in `folder`, with paths as they are from the current folder."""
    return moved(spec, lambda path: str(folder / path))


def in_folder(spec: T, folder: Path) -> T:
    """Return a specification with paths as they are written into a file in `folder`."""
    return moved(spec, lambda path: path if Path(path).is_absolute() else os.path.relpath(path, folder))


def is_code(text: str) -> bool:
    """Return whether a value names something in a Python file: `FILE.py:NAME`."""
    return ".py:" in text


def moved(spec: T, move: Move) -> T:
    """Return a specification with `move` applied to each path, and to each `FILE.py:NAME`, in it."""
    return cast(T, _moved(spec, move))


def _moved(spec: Any, move: Move) -> Any:
    model = _with(spec.model, {"builder": move, "architecture": move})
    data = _with(spec.data, {"source": lambda path: path if path in SOURCES else move(path)})
    data = _with(data, {"function": move, "labels": move, "noise": move})
    calibration = _with(spec.quantization, {"calibration": lambda path: path if path in PARTS else move(path)})
    target = _with(spec.target, {"name": lambda name: move(name) if name.endswith(".toml") else name})
    training = _training(spec.training, lambda text: move(text) if is_code(text) else text)
    training = _with(training, {"soft_labels": move})
    return dataclasses.replace(spec, data=data, model=model, quantization=calibration, target=target, training=training)


def _training(table: TrainingTable, move: Move) -> TrainingTable:
    table = _with(table, dict.fromkeys(("optimizer", "loss", "schedule"), move))
    callbacks = (
        dataclasses.replace(
            one,
            name=move(one.name),
            arguments={key: move(value) if isinstance(value, str) else value for key, value in one.arguments.items()},
        )
        for one in table.callbacks
    )
    return dataclasses.replace(table, callbacks=tuple(callbacks), metrics=tuple(map(move, table.metrics)))


def _with(table: T, moves: dict[str, Move]) -> T:
    """Return a table with those of the named texts moved that are given."""
    values: Any = {name: move(getattr(table, name)) for name, move in moves.items() if getattr(table, name)}
    return dataclasses.replace(table, **values)  # type: ignore[type-var]
