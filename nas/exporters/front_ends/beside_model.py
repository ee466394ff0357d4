"""What lies beside a model of its front-end, be it of sound or of windows; nothing without one.

Names of files are those beside a model for TFLM, unless others are given.
"""

from dataclasses import replace

from nas.exporters.front_ends import mel, window
from nas.exporters.front_ends.hearing import windows_of, with_heard_example, written_hearing
from nas.exporters.front_ends.mel_listening import Names, about_listening, listening_files
from nas.exporters.front_ends.window import about_windows, window_front_end_of
from nas.exporters.front_ends.window_input import noise_example
from nas.study.archive import Archive

_FILES = "model"
"""What the names of a model's files begin with."""


def front_end_files(
    archive: Archive, prefix: str, files: str = _FILES, data: str = f"{_FILES}_data.h"
) -> dict[str, str]:
    """Return the files by name.

    Args:
        archive: the model.
        prefix: what symbols begin with.
        files: what the names of files begin with that are not the same for every model.
        data: the header that has the sizes of the model's input.
    """
    hearing, windows = written_hearing(archive), windows_of(archive)
    if hearing is not None:
        return listening_files(Names(prefix, files, data), archive, hearing)
    return {} if windows is None else window_front_end_of(prefix, archive, windows, files)


def front_end_sources(archive: Archive) -> tuple[str, ...]:
    """Return the files that are compiled."""
    hearing, windows = written_hearing(archive), windows_of(archive)
    if hearing is not None:
        return (f"{_FILES}_listen.c", *mel.compiled(_FILES, hearing.mel))
    return () if windows is None else window.compiled(_FILES, windows)


def about_front_end(archive: Archive, files: str = _FILES) -> dict[str, str]:
    """Return what the files are, by their names with commas between them."""
    hearing, windows = written_hearing(archive), windows_of(archive)
    if hearing is not None:
        return about_listening(files, hearing)
    return {} if windows is None else about_windows(files, windows)


def with_known_answer(archive: Archive) -> Archive:
    """Return an archive whose example is what a device makes of noise; without a front-end, the archive as it is."""
    hearing, windows = written_hearing(archive), windows_of(archive)
    if hearing is not None:
        return with_heard_example(archive, hearing)
    return archive if windows is None else replace(archive, example=noise_example(archive, windows))
