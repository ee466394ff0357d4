"""What the deletion of a study takes and what it keeps, in words."""

from pathlib import Path

from nas.study.paths import original
from nas.study.study import Study


def question(study: Study, folder: Path) -> str:
    """Return what is asked before a study is deleted."""
    if (other := original(study, folder)) is not None:
        return f"Delete {folder}, a copy of {other}, whose runs in MLflow are kept?"
    return f"Delete {folder} and the runs of {study.name} in MLflow?"


def deleted(study: Study, folder: Path, runs: int) -> str:
    """Return what was deleted, with how many runs in MLflow."""
    if (other := original(study, folder)) is not None:
        return f"deleted {folder}, a copy of {other}, whose runs in MLflow are kept"
    return f"deleted {folder} and {runs} runs in MLflow"
