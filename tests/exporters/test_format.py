"""What is written of a winner, and where."""

import hashlib
import json
from pathlib import Path

import pytest

from nas.errors import InputError
from nas.exporters.format import Destination, write, write_best


def test_best_holds_both_models_c_sources_the_card_the_specification_and_the_next_steps(tmp_path, make_archive):
    archive = make_archive()
    written = write_best(tmp_path, archive)
    names = {"model.tflite", "model_data.h", "model_data.c", "model_ops.h", "model_card.md", "metadata.json"}
    names |= {"README.md", "model_check.h", "model.keras", "spec.toml", "architecture.json", "nas_params.h"}
    assert {path.name for path in written} == names
    assert {path.name for path in (tmp_path / "best").iterdir()} == names
    assert (tmp_path / "best" / "model.tflite").read_bytes() == archive.tflite


def test_one_format_writes_its_files_only(tmp_path, make_archive):
    assert write(tmp_path, make_archive(), ["tflite"]) == [tmp_path / "model.tflite"]
    assert list(tmp_path.iterdir()) == [tmp_path / "model.tflite"]


def test_an_unknown_format_is_answered_with_the_nearest_known_one(tmp_path, make_archive):
    with pytest.raises(InputError, match=r"formats: .* did you mean card\?"):
        write(tmp_path, make_archive(), ["crad"])


def test_metadata_holds_the_facts_of_the_archive_without_paths_of_the_machine(tmp_path, make_archive):
    archive = make_archive()
    (path,) = write(tmp_path, archive, ["json"])
    data = json.loads(path.read_text())
    assert data["sha256"] == hashlib.sha256(archive.tflite).hexdigest()
    assert data["footprint"]["file"] == "model.tflite"
    assert {**data["footprint"], "file": archive.footprint["file"]} == archive.footprint
    assert data["input"]["scaling"] == {"mean": [0.25, -3.0], "std": [0.5, 20.0]}
    assert data["input"]["quantization"] == {"scale": 0.0234375, "zero_point": 3}
    assert data["input"]["shape"] == [1, 1, 16, 2]
    assert data["architecture"] == archive.record.architecture
    assert data["winner"]["test_accuracy"] == 0.8125
    assert "/home" not in path.read_text()


def test_a_destination_takes_text_for_its_folder_and_nothing_else_by_position() -> None:
    assert Destination("out").folder == Path("out")
    with pytest.raises(InputError, match=r"must be called with at most 1 values .*nas\.export"):
        Destination("out", "arduino")
