"""`nas train` writes an archive, and trains one again; code in an archive runs only with --trust."""

import json
from pathlib import Path

import pytest

from nas.study.archive_zip import Contents, read_archive, write_archive

BUILD = """
import pathlib
import keras

pathlib.Path("ran").touch()

def build(spec):
    return keras.Sequential([
        keras.Input(spec.input_shape), keras.layers.Dense(4, "relu"), keras.layers.Dense(spec.classes, "softmax")
    ])
"""
SPEC = """
name = "mine"
[data]
source = "wine"
[model]
builder = "my_model.py:build"
[training]
epochs = 2
min_steps = 0
"""


@pytest.fixture
def trained(nas, tmp_path: Path) -> Path:
    (tmp_path / "my_model.py").write_text(BUILD)
    (tmp_path / "mine.toml").write_text(SPEC)
    ended = nas("train", "mine.toml", "--no-mlflow", "--json")
    assert ended.code == 0, ended.err
    (tmp_path / "ran").unlink()
    return tmp_path / json.loads(ended.out)["archive"]


def test_a_training_s_archive_trains_again_to_the_same_bytes_if_its_author_is_trusted(
    nas, trained: Path, tmp_path: Path
) -> None:
    members = read_archive(trained).members
    refused = nas("train", trained, "-o", "again", "--no-mlflow")
    assert (refused.code, len(refused.complaints)) == (1, 1)
    assert "source/my_model.py: is code, which runs only if you trust its author" in refused.err
    assert "--trust" in refused.err
    assert not (tmp_path / "ran").exists()
    (tmp_path / "my_model.py").unlink()
    assert nas("train", trained, "-o", "again", "--no-mlflow", "--trust").code == 0
    assert (tmp_path / "again" / "model.tflite").read_bytes() == members["tflite/int8.tflite"]
    again = read_archive(tmp_path / "again" / "mine.nas.zip").members
    assert again.keys() == members.keys()
    same = {"spec.toml", "history.json", "source/my_model.py", "data.json", "profile.json"}
    assert [name for name in same if again[name] != members[name]] == []
    weights = [json.loads(one["training.json"])["weights_sha256"] for one in (again, members)]
    assert weights[0] == weights[1]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[model]\nbuilder = "my_model.py:build"', "must name only code that is in the archive, got my_model.py:build"),
        ('[model]\nbuilder = "source/a.py:build"', "source/a.py: is code, which runs only if you trust its author"),
        ('[data]\nfunction = "source/a.py:load"', "source/a.py: is code"),
        ('[training]\nloss = "source/a.py:loss"', "source/a.py: is code"),
        ('[training]\ncallbacks = [{name = "CSVLogger", filename = "/tmp/x.csv"}]', "CSVLogger.filename: must stay"),
        ('[training]\ncallbacks = [{name = "CSVLogger", filename = "../x.csv"}]', "CSVLogger.filename: must stay"),
        ('[training]\ncallbacks = [{name = "RemoteMonitor", root = "http://example.org"}]', "RemoteMonitor.root: must"),
        ('[model]\nbuilt = "x"', "spec.toml"),
        ("\udcff", "spec.toml: must be UTF-8"),
    ],
)
def test_an_archive_that_is_not_trusted_runs_no_code_and_writes_nothing(
    nas, tmp_path: Path, text: str, line: str
) -> None:
    spec = f'name = "evil"\n{text}\n'.encode(errors="surrogateescape")
    (tmp_path / "my_model.py").write_text("import pathlib; pathlib.Path('ran').touch()")
    members = {"spec.toml": spec, "source/a.py": "import pathlib; pathlib.Path('ran').touch()"}
    write_archive(tmp_path / "x.nas.zip", Contents("evil", "training", members))
    ended = nas("train", "x.nas.zip", "--data", "wine", "--no-mlflow")
    assert (ended.code, len(ended.complaints)) == (1, 1)
    assert line in ended.err
    assert {path.name for path in tmp_path.iterdir()} == {"my_model.py", "x.nas.zip"}
