"""The paths that a study's definition names, as they are written in its folder and as they are read elsewhere.

In a study's own `study.toml`, relative paths start at the folder that holds the folder of studies, which is where a
study is usually made. So a study goes on from any folder.
"""

import dataclasses
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nas.data.source import SOURCES
from nas.space.file import space_names
from nas.study.study import Study
from nas.target.target import known_targets

PATHS = ("space", "data", "labels", "noise", "target")


def from_folder(fields: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Return the fields of the `study.toml` in a study's folder, with paths as they are from the current folder."""
    home = _home(folder)
    if home == Path.cwd():
        return dict(fields)
    moved = {key: os.path.relpath(home / fields[key]) for key in PATHS if _is_path(fields.get(key), home)}
    return {**fields, **moved}


def in_folder(study: Study, folder: Path) -> Study:
    """Return a study with its paths as they are written into the `study.toml` in its folder."""
    home = _home(folder)
    if home == Path.cwd():
        return study
    given = {key: getattr(study, key) for key in PATHS}
    moved: dict[str, Any] = {
        key: os.path.relpath(value, home) for key, value in given.items() if _is_path(value, Path.cwd())
    }
    return dataclasses.replace(study, **moved)


def original(study: Study, folder: Path) -> Path | None:
    """Return the folder of another study of which this folder is a copy under another name; None if it is none."""
    bearer = folder.parent / study.name
    return bearer if (bearer / "study.toml").is_file() and bearer.resolve() != folder.resolve() else None


def _home(folder: Path) -> Path:
    return folder.resolve().parent.parent


def _is_path(value: object, start: Path) -> bool:
    """Return whether a value is a relative path of something that is there, and no name that nas knows."""
    if not isinstance(value, str) or not value or Path(value).is_absolute():
        return False
    return value not in {*SOURCES, *space_names(), *known_targets()} and (start / value).exists()
