"""The figures of TFLM for an archive whose study asked for plain C."""

from dataclasses import replace

from nas.errors import InputError
from nas.signal.raw import RAW
from nas.study.archive import Archive
from nas.target.front_end import with_front_end
from nas.target.profiler import profile
from nas.target.target import DEFAULT_TARGET, Target, find_target


def on_tflm(archive: Archive) -> Archive:
    """Return an archive with its footprint on TFLM: on its own target, or where TFLM cannot run there, on the default.

    Raises:
        InputError: the archive's target is in a file that is not there any more.
    """
    if is_on_tflm(archive):
        return archive
    board = tflm_board(find_target(str(archive.footprint["target"])))
    footprint = profile(archive.tflite, board, archive.name)
    if archive.front_end != RAW:
        compared = archive.task.reconstructs
        footprint = with_front_end(footprint, archive.front_end, archive.row_shape, board, compared=compared)
    return replace(archive, footprint=footprint.to_json())


def is_on_tflm(archive: Archive) -> bool:
    """Say whether the footprint is that of TFLM, with an arena, and not that of plain C."""
    return "ram" not in archive.footprint


def tflm_board(target: Target) -> Target:
    """Return a target with TFLM as its runtime, or where that does not run there, the default."""
    try:
        return target.on("tflm")
    except InputError:
        return find_target(DEFAULT_TARGET)
