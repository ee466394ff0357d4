"""A reader sees the old file or the new one, never a part of one."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nas.files import write_atomic


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
