"""A model's specification: one TOML file, or a Python file, that says everything about a model and its training."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nas.codec import Place, from_data, read_toml, to_data, to_toml
from nas.errors import InputError, unknown
from nas.study.augmentation import Augmentation
from nas.study.model_spec_paths import from_folder, in_folder
from nas.study.model_spec_python import read_python
from nas.study.model_spec_tables import (
    DataTable,
    EvaluationTable,
    ModelTable,
    TargetTable,
    TrainingTable,
    plain,
)
from nas.study.quantization import Quantization
from nas.study.recipe import Fidelity, Finals, Recipe

# Files of this name are called after their folder.
FILE = "spec.toml"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """Everything about a model and its training: data, network, settings, quantization, evaluation, target.

    Life cycle: `read_model_spec` reads one, with paths as they are from the current folder; `to_toml(folder)` writes it
    with paths as they are from the folder that the file is written into.

    Attributes:
        name: of the model, letters, digits, '.', '_' and '-'; that of the specification's file by default.
        version: of the model, a text or a whole number.
        description: what the model is for, in a sentence.
        data: what the model is trained on.
        model: which network is trained.
        training: how it is trained.
        augment: random changes of training rows; of architectures only.
        finals: settings of longer trainings, such as quantization-aware epochs; of architectures only.
        quantization: how the trained model is converted.
        evaluation: what it is evaluated on.
        target: where it is to run.
        parameters: values that are written into the `.tflite`'s metadata.
    """

    name: str
    version: str = "1"
    description: str = ""
    data: DataTable = field(default_factory=DataTable)
    model: ModelTable = field(default_factory=ModelTable)
    training: TrainingTable = field(default_factory=TrainingTable)
    augment: Augmentation = field(default_factory=Augmentation)
    finals: Finals = field(default_factory=Finals)
    quantization: Quantization = field(default_factory=Quantization)
    evaluation: EvaluationTable = field(default_factory=EvaluationTable)
    target: TargetTable = field(default_factory=TargetTable)
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            rule = "must begin with a letter or a digit, and have letters, digits, '.', '_' and '-' only"
            raise InputError("name", rule, got=repr(self.name))
        plain(self.parameters, "parameters")

    @property
    def recipe(self) -> Recipe:
        """The settings by which an architecture is trained, as a study has them."""
        return Recipe(self.training.recipe(), self.augment, Fidelity(first_rung=0), self.finals)

    def replace(self, table: str, **settings: Any) -> "ModelSpec":
        """Return a copy with some keys of a table changed; InputError for a value that is out of range."""
        changed = dataclasses.replace(getattr(self, table), **settings)
        return dataclasses.replace(self, **{table: changed})

    def to_json(self) -> dict[str, Any]:
        """Return every key by table, with paths as they are from the current folder."""
        return to_data(self)

    def to_toml(self, folder: Path) -> str:
        """Return the specification as the content of a TOML file in `folder`; keys at their default are left out."""
        return to_toml(_changed(in_folder(self, folder)))


@dataclass(frozen=True, slots=True)
class ResolvedSpec:
    """A specification with what its data show: what a builder, or another function of the user's, is given.

    Attributes:
        name: of the model.
        input_shape: of a row of data: [features], [time, channels] or [height, width, channels].
        class_names: one for each output.
        channel_names: one for each entry of the input's last axis, or empty.
        sample_rate_hz: of windows of a signal; None if unknown.
        rows: number of training rows; None if it is not known.
        options: the table [model.options].
        training: the table [training].
        target: the table [target].
        parameters: the table [parameters].
    """

    name: str
    input_shape: tuple[int, ...]
    class_names: tuple[str, ...]
    channel_names: tuple[str, ...] = ()
    sample_rate_hz: float | None = None
    rows: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    training: TrainingTable = field(default_factory=TrainingTable)
    target: TargetTable = field(default_factory=TargetTable)
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def classes(self) -> int:
        """Number of classes, which is that of the model's outputs."""
        return len(self.class_names)


TABLES = {
    "data": DataTable,
    "model": ModelTable,
    "training": TrainingTable,
    "augment": Augmentation,
    "finals": Finals,
    "quantization": Quantization,
    "evaluation": EvaluationTable,
    "target": TargetTable,
}
"""The tables of a specification that have a fixed set of keys, by name."""


def read_model_spec(path: Path) -> ModelSpec:
    """Read a specification: a TOML file, a Python file, or a folder with a `spec.toml`; no code is run.

    Paths in it start at its own folder.

    Raises:
        InputError: the file cannot be read, a key is unknown, or a value is of a wrong type or out of range.
    """
    file = path / FILE if path.is_dir() else path
    tables = read_python(file, TABLES) if file.suffix == ".py" else read_toml(file)
    return make_model_spec(tables, file)


def make_model_spec(tables: Mapping[str, Any], file: Path) -> ModelSpec:
    """Make a specification of the content of `file`, whose folder is where paths in it start.

    Raises:
        InputError: at `file: table.key`, for an unknown key, or a value of a wrong type or out of range.
    """
    place = Place(file)
    for key in tables:
        if key not in _KEYS:
            raise _unknown_key(place, key)
    values = {"name": _name_of(file), **tables}
    if isinstance(values.get("version"), int) and not isinstance(values["version"], bool):
        values["version"] = str(values["version"])
    try:
        spec = from_data(ModelSpec, values, place)
    except InputError as error:
        # A table checks ranges by itself and does not know in which document it stands.
        raise error if str(error).startswith(f"{place}: ") else InputError(place, str(error)) from None
    return from_folder(spec, file.parent)


_KEYS = tuple(one.name for one in dataclasses.fields(ModelSpec))


def _unknown_key(place: Place, key: str) -> InputError:
    """Return the error for an unknown key at the top; one of a table is said to belong there."""
    homes = [name for name, kind in TABLES.items() if key in {one.name for one in dataclasses.fields(kind)}]
    if homes:
        return InputError(place, f"the key {key} must stand in a table", hint=f"put it below [{homes[0]}]")
    return unknown(place, "key", key, _KEYS)


def _name_of(file: Path) -> str:
    """Return the name that a file gives its model; `spec.toml` is called after its folder."""
    named = file.resolve().parent.name if file.name == FILE else file.stem
    return re.sub(r"[^A-Za-z0-9._-]+", "_", named).lstrip("._-") or "model"


def _changed(spec: ModelSpec) -> dict[str, Any]:
    """Return the keys of a specification that differ from their defaults, by table; the name always."""
    data, default = to_data(spec), to_data(ModelSpec(spec.name))
    changed: dict[str, Any] = {"name": spec.name}
    for key, value in data.items():
        if key in TABLES:
            value = {name: entry for name, entry in value.items() if entry != default[key][name]}
        if value and value != default[key]:
            changed[key] = value
    return changed
