"""One file says everything about a model: it is read as written, and a slip is refused in one line."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.errors import InputError
from nas.study.model_spec import ModelSpec, make_model_spec, read_model_spec
from nas.study.model_spec_keys import spec_keys
from nas.study.model_spec_python import defines_build
from nas.study.model_spec_tables import DataTable, ModelTable, TrainingTable


@pytest.mark.parametrize(
    ("text", "defines"),
    [
        ("def build(spec):\n    return 1", True),
        ("import x\ndef build(spec, more=2): ...", True),
        ("def build(): ...", False),
        ("def built(spec): ...", False),
        ("class A:\n    def build(self): ...", False),
        ("build = lambda spec: 1", False),
        ("def build(spec:", False),
        ("x = 1\0", False),
        ("", False),
    ],
)
def test_a_python_file_is_a_specification_if_it_defines_build_at_its_top_level(text: str, defines: bool) -> None:
    assert defines_build(text) is defines


FULL = """
name = "posture"
version = 3
description = "Which way a person stands"
[data]
source = "recordings.npz"
window = 64
seed = 5
[model]
builder = "net.py:build"
[model.options]
filters = [8, 16]
[training]
epochs = -1
optimizer = "sgd"
optimizer_options = {momentum = 0.9}
loss = "losses.py:focal"
class_weights = {still = 2.0}
[[training.callbacks]]
name = "EarlyStopping"
patience = 4
[[training.callbacks]]
name = "LearningRateScheduler"
schedule = "net.py:rate"
[quantization]
schemes = ["int8", "float32"]
calibration = "val"
[evaluation]
rows_per_class = 20
[target]
name = "cortex-m7"
budget_kb = 20
[parameters]
threshold = 0.5
"fe.bands" = [1, 2]
"""


def written(folder: Path, text: str, name: str = "posture.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_every_table_of_a_specification_is_read(tmp_path: Path) -> None:
    spec = read_model_spec(written(tmp_path, FULL))
    assert (spec.name, spec.version, spec.data.window, spec.data.seed) == ("posture", "3", 64, 5)
    assert spec.model.options == {"filters": [8, 16]}
    assert [one.name for one in spec.training.callbacks] == ["EarlyStopping", "LearningRateScheduler"]
    assert spec.training.callbacks[0].arguments == {"patience": 4}
    assert spec.target.budget_kb == 20
    assert spec.parameters == {"threshold": 0.5, "fe.bands": [1, 2]}


def test_paths_start_at_the_folder_of_the_specification(tmp_path: Path) -> None:
    spec = read_model_spec(written(tmp_path, FULL))
    assert spec.data.source == str(tmp_path / "recordings.npz")
    assert spec.model.builder == f"{tmp_path}/net.py:build"
    assert spec.training.loss == f"{tmp_path}/losses.py:focal"
    assert spec.training.callbacks[1].arguments == {"schedule": f"{tmp_path}/net.py:rate"}


def test_names_that_nas_knows_are_no_paths(tmp_path: Path) -> None:
    spec = read_model_spec(written(tmp_path, '[data]\nsource = "digits"\n[target]\nname = "cortex-m7"'))
    assert (spec.data.source, spec.target.name) == ("digits", "cortex-m7")
    assert read_model_spec(written(tmp_path, '[data]\nsource = "./digits"')).data.source == str(tmp_path / "digits")


def test_a_specification_in_another_folder_names_the_same_files(tmp_path: Path) -> None:
    spec, other = read_model_spec(written(tmp_path, FULL)), tmp_path / "models" / "posture"
    other.mkdir(parents=True)
    (other / "spec.toml").write_text(spec.to_toml(other))
    again = read_model_spec(other)
    assert Path(again.data.source).resolve() == Path(spec.data.source).resolve()
    assert read_model_spec(written(tmp_path, again.to_toml(tmp_path))) == spec


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
plain = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(texts, plain, max_size=4), st.dictionaries(texts, plain, max_size=4))
def test_values_of_every_kind_come_back_from_the_written_file(options: dict, parameters: dict) -> None:
    spec = ModelSpec("m", model=ModelTable(builder="/net.py:build", options=options), parameters=parameters)
    assert make_model_spec(tomllib.loads(spec.to_toml(Path("/"))), Path("/m.toml")) == spec


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[training]\nepoch = 3", r"spec.toml: training: unknown key 'epoch'; did you mean epochs\?"),
        ("[trainin]\nepochs = 3", r"spec.toml: unknown key 'trainin'; did you mean training\?"),
        ("epochs = 3", r"spec.toml: the key epochs must stand in a table; put it below \[training\]"),
        ("[training]\nepochs = 0", r"spec.toml: training.epochs: must be 1 or more, got 0"),
        ("[training]\nkeep = 'bets'", r"training.keep: unknown value 'bets'; did you mean best\?"),
        (
            "[training]\nclass_weights = 'even'",
            r"training.class_weights: must be true, false, \"balanced\", or a table",
        ),
        ("[[training.callbacks]]\npatience = 3", r"training.callbacks\[0\]: must be a table with the key name"),
        ("[quantization]\nschemes = ['int9']", r"quantization.schemes\[0\]: unknown value 'int9'"),
        ("[data]\nsource = 'a.npz'\nfunction = 'b.py:c'", r"data: must have a source or a function, not both"),
        ("[parameters]\ndate = 2026-01-02", r"parameters.date: must be a number, a text, .*, got date"),
        ("name = '../up'", r"name: must begin with a letter or a digit"),
    ],
)
def test_a_slip_is_refused_in_one_line_that_says_where(tmp_path: Path, text: str, line: str) -> None:
    with pytest.raises(InputError, match=line) as refused:
        read_model_spec(written(tmp_path, text, "spec.toml"))
    assert "\n" not in str(refused.value)


PYTHON = '''"""Recognizes postures.

More about it."""
import keras

EPOCHS = 12
DATA = "recordings.npz"
TARGET = "cortex-m7"
SEED = 4
OPTIONS = {"filters": 16}
CALLBACKS = [{"name": "EarlyStopping", "patience": 8}]
QUANTIZATION = {"calibration_rows": 100}
FILTERS = 3 * 4


def load_data(): ...


def build(spec): ...
'''


def test_a_python_file_is_a_specification_named_by_its_file(tmp_path: Path) -> None:
    spec = read_model_spec(written(tmp_path, PYTHON.replace('DATA = "recordings.npz"', ""), "my_model.py"))
    assert (spec.name, spec.description) == ("my_model", "Recognizes postures.")
    assert spec.model == ModelTable(builder=f"{tmp_path}/my_model.py:build", options={"filters": 16})
    assert spec.data == DataTable(function=f"{tmp_path}/my_model.py:load_data", seed=4)
    assert (spec.training.epochs, spec.training.seed, spec.quantization.calibration_rows) == (12, 4, 100)
    assert spec.training.callbacks[0].arguments == {"patience": 8}


def test_reading_a_python_file_runs_nothing_in_it(tmp_path: Path) -> None:
    code = f"open({str(tmp_path / 'ran')!r}, 'w')\ndef build(spec): ...\n"
    read_model_spec(written(tmp_path, code, "my_model.py"))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("EPOCHS = 3", r"my_model.py: must define the function build\(spec\), which returns a Keras model"),
        ("EPOCHS = 2 * n\ndef build(spec): ...", r"my_model.py:1: EPOCHS: must be a plain value, .*, got 2 \* n"),
        ("EPOCH = 2\ndef build(spec): ...", r"my_model.py:1: a name in capitals .*, got EPOCH; did you mean EPOCHS\?"),
        ("EPOCHS = 'x'\ndef build(spec): ...", r"my_model.py: training.epochs: must be a whole number, got 'x'"),
        ("def build(spec) ...", r"my_model.py:1: must be Python: expected ':'"),
    ],
)
def test_a_python_file_that_is_no_specification_is_refused(tmp_path: Path, code: str, line: str) -> None:
    with pytest.raises(InputError, match=line):
        read_model_spec(written(tmp_path, code, "my_model.py"))


def test_every_key_is_explained() -> None:
    assert [f"{one.table}.{one.name}" for one in spec_keys() if not one.description] == []


def test_the_listed_defaults_are_those_that_a_specification_has() -> None:
    listed = {one.name: one.default for one in spec_keys() if one.table == "training"}
    table = TrainingTable()
    assert listed == {name: getattr(table, name) for name in listed}
    assert {"patience", "optimizer"} <= set(listed)


def test_a_written_specification_has_what_differs_from_the_defaults_and_its_name(tmp_path: Path) -> None:
    assert ModelSpec("mine").to_toml(tmp_path) == 'name = "mine"\n'
    spec = ModelSpec("mine", training=TrainingTable(epochs=7))
    assert tomllib.loads(spec.to_toml(tmp_path)) == {"name": "mine", "training": {"epochs": 7}}
