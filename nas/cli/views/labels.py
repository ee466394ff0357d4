"""What the files of a table are called: each by its study or its own name, and by its folders where names are equal."""

from collections.abc import Mapping
from pathlib import Path

from nas.study.manifest import SUFFIX


def labels(files: Mapping[str, str]) -> dict[str, str]:
    """Return what each file is called, as short as tells all of them apart.

    Args:
        files: by path, the name of the study whose winner a file is; empty for any other file.
    """
    alike: dict[str, dict[str, tuple[str, ...]]] = {}
    for file, study in files.items():
        name = study or Path(file.removesuffix(SUFFIX)).name.removesuffix(".tflite")
        # The winner's file lies in a folder of its study's.
        folders = Path(file).parent.parts[:-2] if study else Path(file).parent.parts
        alike.setdefault(name, {})[file] = (*folders, name)
    return {file: label for group in alike.values() for file, label in _apart(group).items()}


def _apart(paths: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return the fewest last parts of each path with which no two are equal; files themselves if there are none."""
    for count in range(1, max(map(len, paths.values())) + 1):
        found = {file: str(Path(*parts[-count:])) for file, parts in paths.items()}
        if len(set(found.values())) == len(found):
            return found
    return {file: file for file in paths}
