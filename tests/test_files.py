"""Reading ends whatever the path leads to; a reader sees the old file or the new one, never a part of one."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nas.errors import InputError
from nas.files import read_regular, write_atomic


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.binary())
def test_the_bytes_written_are_the_bytes_read(tmp_path: Path, content: bytes) -> None:
    assert write_atomic(tmp_path / "file", content).read_bytes() == content


def test_text_is_written_as_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    assert write_atomic(tmp_path / "file", "µ\n").read_bytes() == b"\xc2\xb5\n"


def test_folders_are_made_and_the_old_file_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"
    write_atomic(path, "old")
    write_atomic(path, "new")
    assert path.read_text() == "new"
    assert [p.name for p in path.parent.iterdir()] == ["file"]


def test_the_file_has_the_mode_that_open_gives(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    write_atomic(tmp_path / "file", "")
    assert (tmp_path / "file").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_atomic(tmp_path / "file", "old")

    def full(handle: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_atomic(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_file_of_the_most_bytes_is_read_and_a_larger_one_refused(tmp_path: Path) -> None:
    path = write_atomic(tmp_path / "file", b"12345")
    assert read_regular(path, 5) == b"12345"
    with pytest.raises(InputError, match=r"file: must have at most 4 bytes, got 5"):
        read_regular(path, 4)


def test_a_pipe_without_a_writer_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="must be a regular file"):
        read_regular(tmp_path / "pipe", 5)


def test_a_link_to_an_endless_device_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/dev/zero")
    with pytest.raises(InputError, match="must be a regular file"):
        read_regular(tmp_path / "link", 5)


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(InputError, match="must be a readable file"):
            read_regular(path, 5)
