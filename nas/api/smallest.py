"""Any `.tflite` as the smallest file that computes the same."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nas.errors import InputError
from nas.files import read_regular, write_atomic
from nas.model.deploy.params.kinds import make_params
from nas.target.profiler import MOST_FILE_BYTES, profile
from nas.target.target import DEFAULT_RUNTIME, DEFAULT_TARGET, Target, find_target

FILE = "model.tflite"


def write_smallest(path: Path, folder: Path, *, bare: bool, parameters: Mapping[str, Any] | None) -> Path:
    """Write a `.tflite` anew as `model.tflite` in a folder; return the file.

    Args:
        path: the file.
        folder: may be that of the file.
        bare: leave out the parameters and other metadata that it carries.
        parameters: added to those that it carries.

    Raises:
        InputError: it cannot be read, or is no `.tflite`.
    """
    from nas.model.deploy.params.store import read_params, write_params

    small = smallest(read_regular(path, MOST_FILE_BYTES), path, keep_metadata=not bare)
    if parameters:
        try:
            small = write_params(small, {**read_params(small), **make_params(parameters, "--set")})
        except ValueError as error:
            raise InputError(path, "must hold parameters that can be read", got=error) from error
    return write_atomic(folder / FILE, small)


def smallest(
    tflite: bytes, place: object, target: Target | str = DEFAULT_TARGET, *, keep_metadata: bool = True
) -> bytes:
    """Return the smallest file that computes what a `.tflite` does.

    Where a plan of the arena saves more RAM on the target than it takes of the flash, the file has one. A file that
    LiteRT would no longer accept, or whose data lie outside of its FlatBuffer, is returned as it is.

    Raises:
        InputError: it is no `.tflite`.
    """
    from nas.model.deploy.arena_plan import with_less_ram
    from nas.model.deploy.slim import slim

    board = find_target(target) if isinstance(target, str) else target
    footprint = profile(tflite, board, place)
    try:
        small = slim(tflite, keep_metadata=keep_metadata)
    except NotImplementedError:
        return tflite
    if footprint.complete and board.runtime == DEFAULT_RUNTIME:
        small = with_less_ram(small, board)
    return small if _runs(small) or not _runs(tflite) else tflite


def _runs(tflite: bytes) -> bool:
    """Say whether LiteRT can prepare a model."""
    from nas.model.deploy.recording import interpreter_of

    try:
        interpreter_of(tflite)
    except (RuntimeError, ValueError):
        return False
    return True
