"""`nas params`: what is set is read back, and wrong input changes no file."""

import json
from pathlib import Path

import pytest

from nas.model.deploy.params.kinds import make_params
from nas.model.deploy.params.metadata import SILABS_ENTRY
from nas.model.deploy.params.store import read_params, write_params

CORPUS = Path(__file__).parents[2] / "native" / "fuzz" / "corpus"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.tflite"
    path.write_bytes((CORPUS / "cnn_image.tflite").read_bytes())
    return path


def test_values_are_set_with_the_kinds_that_they_name_and_read_back(nas, model):
    words = [
        "version=3",
        "threshold:uint8=185",
        "speed=0.5",
        "on=true",
        "unit=m/s^2",
        'labels=["up", "a, b"]',
        "id=07",
    ]
    flags = [word for setting in words for word in ("--set", setting)]
    ended = nas("params", model, *flags, "--type", "version=uint16", "--json")
    document = json.loads(ended.out)
    assert (ended.code, ended.err) == (0, "")
    assert document == json.loads(nas("params", model, "--json").out)
    assert document["params"] == {
        "version": 3,
        "threshold": 185,
        "speed": 0.5,
        "on": True,
        "unit": "m/s^2",
        "labels": ["up", "a, b"],
        "id": "07",
    }
    assert document["kinds"] == {
        "version": "uint16",
        "threshold": "uint8",
        "speed": "float32",
        "on": "bool",
        "unit": "string",
        "labels": "strings",
        "id": "string",
    }


def test_the_cost_is_that_of_the_file(nas, model):
    before = model.stat().st_size
    nas("params", model, "--set", "name=door")
    assert json.loads(nas("params", model, "--json").out)["cost_bytes"] == model.stat().st_size - before
    assert f"{model.stat().st_size - before} B of the file" in nas("params", model).out


def test_a_value_alone_is_printed_for_scripts(nas, model):
    nas("params", model, "a=1", "b=x y", 'c=["p","q"]')
    assert nas("params", model, "--get", "b").out == "x y\n"
    assert nas("params", model, "--get", "c", "--get", "a").out == "p, q\n1\n"
    assert json.loads(nas("params", model, "--get", "a", "--json").out)["params"] == {"a": 1}


def test_a_removed_parameter_is_gone_and_without_any_the_file_is_as_it_was(nas, model):
    before = model.read_bytes()
    nas("params", model, "a=1", "b=2")
    nas("params", model, "--remove", "a")
    assert list(read_params(model.read_bytes())) == ["b"]
    assert "holds no parameters" in nas("params", model, "--remove", "*").out
    assert model.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.toml", 'classes = ["a"]\nlimit = 1\n"id:uint8" = 7\n[fe]\nrate = 16000\n'),
        ("p.json", '{"classes": ["a"], "limit": 1, "id:uint8": 7, "fe": {"rate": 16000}}'),
    ],
)
def test_a_file_gives_values_that_flags_override(nas, model, tmp_path, name, text):
    (tmp_path / name).write_text(text)
    before = model.read_bytes()
    document = json.loads(nas("params", model, "--file", name, "--set", "limit=2", "-o", "out.tflite", "--json").out)
    assert document["params"] == {"classes": ["a"], "limit": 2, "id": 7, "fe.rate": 16000}
    assert document["kinds"]["id"] == "uint8"
    assert model.read_bytes() == before
    assert read_params((tmp_path / "out.tflite").read_bytes())["fe.rate"].value == 16000


def test_the_entry_of_silicon_labs_is_written_by_the_keys_of_its_tools(nas, model):
    nas("params", model, 'class_names=["on","off"]', "arena_bytes=4096")
    nas("params", model, "--silabs", "detection_threshold=185")
    held = read_params(model.read_bytes(), SILABS_ENTRY)
    assert {key: param.value for key, param in held.items()} == {
        "classes": ("on", "off"),
        "runtime_memory_size": 4096,
        "detection_threshold": 185,
    }
    assert set(json.loads(nas("params", model, "--json").out)["params"]) == {"class_names", "arena_bytes"}


def test_a_file_with_the_entry_of_silicon_labs_alone_is_read_and_keeps_it(nas, model):
    model.write_bytes(write_params(model.read_bytes(), make_params({"classes": ["a"]}), SILABS_ENTRY))
    document = json.loads(nas("params", model, "volume_db=5.5", "--json").out)
    assert (document["entry"], document["params"]) == (SILABS_ENTRY, {"classes": ["a"], "volume_db": 5.5})


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["absent.tflite"], "absent.tflite: must be a readable file"),
        (["wrong.tflite"], "wrong.tflite: must be a valid .tflite file"),
        (["cut.tflite", "a=1"], "must be a valid .tflite file"),
        (["model.tflite", "--set", "a"], "--set: must be KEY=VALUE, got 'a'"),
        (["model.tflite", "--set", "a:int8=300"], "a: must be from -128 to 127"),
        (["model.tflite", "--set", "a=1", "--type", "b=int8"], "--type: unknown key 'b'"),
        (["model.tflite", "--set", "a=1", "--type", "a=int9"], "a: unknown kind 'int9'"),
        (["model.tflite", "--remove", "hte"], "unknown parameter to remove 'hte'; did you mean the?"),
        (["model.tflite", "--get", "hte"], "unknown parameter 'hte'; did you mean the?"),
        (["model.tflite", "--file", "absent.toml"], "absent.toml: must be a readable file"),
        (["model.tflite", "--file", "list.json"], "list.json: must hold a JSON object, got list"),
    ],
)
def test_wrong_input_is_reported_in_one_line_and_changes_nothing(nas, model, tmp_path, words, line):
    nas("params", model, "the=1")
    (tmp_path / "wrong.tflite").write_bytes(b"no model")
    (tmp_path / "cut.tflite").write_bytes(model.read_bytes()[:900])
    (tmp_path / "list.json").write_text("[1]")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    ended = nas("params", *words)
    assert (ended.code, ended.out, len(ended.complaints)) == (1, "", 1)
    assert line in ended.err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
