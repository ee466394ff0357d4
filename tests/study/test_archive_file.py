"""Where a study's winner lies."""

from pathlib import Path

import pytest

from nas.errors import InputError
from nas.study.archive_file import winner_file


def bare(model: bytes) -> bytes:
    """Stand for taking the parameters out of a `.tflite`."""
    return model.removesuffix(b" with parameters")


def test_a_study_without_a_winner_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must hold a winner"):
        winner_file(tmp_path, bare)


@pytest.mark.parametrize(
    ("best", "taken"),
    [
        (b"model", "best/model.tflite"),
        (b"model with parameters", "best/model.tflite"),
        (b"changed by the user", "bundle.tflite"),
        (None, "bundle.tflite"),
    ],
)
def test_the_winner_is_the_one_in_best_unless_the_user_has_changed_it(
    best: bytes | None, taken: str, tmp_path: Path
) -> None:
    (tmp_path / "bundle.json").write_text("{}")
    (tmp_path / "bundle.tflite").write_bytes(b"model")
    if best is not None:
        (tmp_path / "best").mkdir()
        (tmp_path / "best" / "model.tflite").write_bytes(best)
    assert winner_file(tmp_path, bare) == str(tmp_path / taken)
