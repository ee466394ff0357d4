"""What an exported model carries in its metadata: the same in every file, counted in the footprint, never too much."""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from nas.errors import InputError
from nas.exporters.format import FORMATS, write
from nas.exporters.parameters import with_parameters
from nas.model.deploy.params.store import read_params, without_params

TFLITE = (Path(__file__).parents[2] / "native" / "fuzz" / "corpus" / "cnn_timeseries.tflite").read_bytes()
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]


@pytest.fixture
def archive(make_archive):
    return make_archive(tflite=TFLITE)


def values(tflite):
    return {key: param.value for key, param in read_params(tflite).items()}


def test_the_model_carries_what_a_device_needs_and_nothing_that_changes_from_day_to_day(archive):
    carried = values(with_parameters(archive).tflite)
    assert carried == {
        "class_names": ("walk", "sit", "lie"),
        "mean": (0.25, -3.0),
        "std": (0.5, 20.0),
        "sample_rate_hz": 50.0,
        "window": 16,
        "arena_bytes": 5200,
        "digest": hashlib.sha256(TFLITE).digest(),
    }
    assert with_parameters(archive) == with_parameters(archive)


def test_what_does_not_apply_is_left_out(make_archive):
    table = make_archive(tflite=TFLITE, input_shape=(1, 2), sample_rate_hz=None)
    assert not {"window", "sample_rate_hz", "units_scale"} & set(values(with_parameters(table).tflite))
    scaled = make_archive(tflite=TFLITE, units_scale=(0.5, 2.0))
    assert values(with_parameters(scaled).tflite)["units_scale"] == (0.5, 2.0)


def test_the_digest_is_that_of_the_file_without_parameters(archive):
    tflite = with_parameters(archive, {"version": 3}).tflite
    assert values(tflite)["digest"] == hashlib.sha256(without_params(tflite)).digest()


def test_given_parameters_come_beside_the_others_or_in_their_place(archive):
    carried = values(with_parameters(archive, {"version": 3, "window:uint16": 20}).tflite)
    assert (carried["version"], carried["window"], carried["arena_bytes"]) == (3, 20, 5200)


def test_the_footprint_counts_their_bytes(archive):
    ready = with_parameters(archive)
    added = len(ready.tflite) - len(TFLITE)
    assert ready.parameters.bytes == added > 0
    before, after = archive.footprint, ready.footprint
    assert after["file_bytes"] == before["file_bytes"] + added
    assert after["flash_bytes"] == before["flash_bytes"] + added == sum(after["flash"].values())
    assert {key for key in after if after[key] != before[key]} == {"file_bytes", "flash_bytes", "flash"}


def test_all_files_of_an_export_hold_the_same_model(tmp_path, archive):
    ready = with_parameters(archive)
    write(tmp_path, ready)
    assert (tmp_path / "model.tflite").read_bytes() == ready.tflite
    array = re.findall(r"0x([0-9a-f]{2})", (tmp_path / "model_data.c").read_text())
    assert bytes.fromhex("".join(array)) == ready.tflite
    facts = json.loads((tmp_path / "metadata.json").read_text())
    assert facts["sha256"] == hashlib.sha256(ready.tflite).hexdigest()
    assert facts["parameters"] == {"keys": list(values(ready.tflite)), "bytes": ready.parameters.bytes, "left_out": ""}
    card = (tmp_path / "model_card.md").read_text()
    assert f"model.tflite: {len(ready.tflite):,} bytes" in card
    assert f"{ready.parameters.bytes} of the bytes" in card
    assert "`nas params model.tflite` shows" in (tmp_path / "README.md").read_text()


def test_parameters_that_would_exceed_the_flash_limit_are_left_out_and_every_file_for_people_says_so(make_archive):
    limit = make_archive(tflite=TFLITE).footprint["flash_bytes"]
    ready = with_parameters(make_archive(tflite=TFLITE, budget={"flash": limit}))
    assert ready.tflite == TFLITE
    for name in ("card", "firmware"):
        (text, *_) = FORMATS[name](ready).values()
        assert re.search(r"since with their \d+ B the model would exceed its flash limit by \d+ B", text)
    roomy = make_archive(tflite=TFLITE, budget={"flash": limit + with_parameters(ready).parameters.bytes + 1000})
    assert with_parameters(roomy).parameters.keys


def test_a_damaged_model_is_refused_in_one_line(make_archive):
    with pytest.raises(InputError, match=r"the model: must be a valid \.tflite file"):
        with_parameters(make_archive())


def test_the_readme_s_code_reads_the_class_names_from_the_model(tmp_path, archive):
    if shutil.which("gcc") is None:
        pytest.skip("no gcc to compile the sketch with")
    write(tmp_path, with_parameters(archive))
    (code,) = re.findall(r"```c\n(.*?)```", (tmp_path / "README.md").read_text(), re.DOTALL)
    main = "#include <stdio.h>\nint main(void) { return puts(name_of(2)) < 0 || name_of(3) != NULL; }\n"
    (tmp_path / "main.c").write_text(code + main)
    command = ["gcc", "-std=c99", *WARNINGS, "main.c", "model_data.c", "-o", "main", "-lm"]
    subprocess.run(command, cwd=tmp_path, check=True)
    ran = subprocess.run([tmp_path / "main"], check=True, capture_output=True, text=True)
    assert ran.stdout == "lie\n"
