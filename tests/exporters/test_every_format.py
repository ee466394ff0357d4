"""What holds for every export format; a new format needs no test of its own for this."""

import json
import os
import subprocess
import sys

import pytest
import rooms

from nas.exporters.format import FORMATS

CORPUS = rooms.ROOT / "native" / "fuzz" / "corpus"


@pytest.fixture
def archive(make_archive):
    return make_archive(tflite=(CORPUS / "cnn_timeseries.tflite").read_bytes())


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_files_beside_each_other_or_in_one_folder_of_their_own(archive, name):
    files = FORMATS[name](archive)
    assert files
    parts = [part for file in files for part in file.split("/")]
    assert [part for part in parts if not part.strip() or set("\\:") & set(part) or part.startswith(".")] == []
    assert len({"/" in file for file in files}) == 1
    assert len({file.split("/")[0] for file in files if "/" in file}) <= 1
    assert all(files.values())


@pytest.fixture(scope="module")
def in_other_processes() -> list[dict[str, str]]:
    """The digest of each format's files, as two processes with hashes of their own make them."""
    code = (
        "import conftest, hashlib, json, pathlib, sys; from nas.exporters.format import FORMATS\n"
        "archive = conftest.example_archive(tflite=pathlib.Path(sys.argv[1]).read_bytes())\n"
        "files = {name: repr(sorted(make(archive).items())).encode() for name, make in FORMATS.items()}\n"
        "print(json.dumps({name: hashlib.sha256(held).hexdigest() for name, held in files.items()}))"
    )
    path = os.pathsep.join([str(rooms.ROOT), str(rooms.ROOT / "tests" / "exporters")])
    runs = (
        subprocess.run(
            [sys.executable, "-c", code, CORPUS / "cnn_timeseries.tflite"],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    )
    return [json.loads(run) for run in runs]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_equal_files_for_equal_archives_in_any_process(in_other_processes, name):
    one, other = in_other_processes
    assert one[name] == other[name]


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_writes_a_path_of_the_machine(archive, name):
    assert archive.footprint["file"].startswith("/home/user/")
    for content in FORMATS[name](archive).values():
        data = content if isinstance(content, bytes) else content.encode()
        assert b"/home/user" not in data


def test_no_two_formats_write_the_same_file(archive):
    names = [file for make in FORMATS.values() for file in make(archive)]
    assert len(names) == len(set(names))
