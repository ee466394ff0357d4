"""Parameters in a `.tflite`: read them, set and remove some."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nas.codec import parse_json, read_toml
from nas.errors import InputError, unknown
from nas.files import read_regular, write_atomic
from nas.keywords import explains_keywords
from nas.target.profiler import MOST_FILE_BYTES, profile
from nas.target.target import DEFAULT_TARGET
from nas.text import counted

if TYPE_CHECKING:
    from nas.model.deploy.params.kinds import Param, Value


@dataclass(frozen=True, slots=True, repr=False)
class Params:
    """The parameters of a `.tflite`; `nas.params` gives them.

    Attributes:
        file: the model's path; empty for bytes.
        entry: name of the metadata's entry that holds them; None if there are none.
        values: by key: booleans, numbers, texts, bytes, and tuples of numbers or texts.
        kinds: by key, how the value is stored: `bool`, `int8` to `uint64`, `float32`, `float64`, `string`, `bytes`, and
            the lists `strings`, `ints` (of int32) and `floats` (of float32).
        cost_bytes: bytes that they add to the file, with the entry itself.
    """

    file: str
    entry: str | None
    values: "Mapping[str, Value]" = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    cost_bytes: int = 0

    def __getitem__(self, key: str) -> "Value":
        """Return a value; InputError with the nearest key if there is none."""
        if key not in self.values:
            raise unknown(self.file or "model", "parameter", key, self.values)
        return self.values[key]

    def to_json(self) -> dict[str, Any]:
        """Return the parameters as a document; bytes are hexadecimal text."""
        plain = {key: value.hex() if isinstance(value, bytes) else value for key, value in self.values.items()}
        facts = {"file": self.file, "entry": self.entry, "cost_bytes": self.cost_bytes}
        return {**facts, "params": plain, "kinds": dict(self.kinds)}

    def __repr__(self) -> str:
        where = f" in {self.entry}, {self.cost_bytes:,} B" if self.entry else ""
        return f"<nas.Params: {counted(len(self.values), 'parameter')}{where}: {', '.join(self.values)}>"


@explains_keywords
def params(model: str | Path | bytes, *, entry: str | None = None) -> Params:
    """Read the parameters in the metadata of a `.tflite`.

    Args:
        model: the file's path, or its bytes.
        entry: name of the metadata's entry; by default ours, `NAS_PARAMS`, or else that of Silicon Labs, `SL_PARAMSv1`.

    Raises:
        InputError: the file cannot be read or is no `.tflite`, or its parameters are damaged.
    """
    file = "" if isinstance(model, bytes) else str(model)
    return _described(_content(model), file, entry)


@explains_keywords
def set_params(
    model: str | Path,
    values: Mapping[str, Any] | None = None,
    *,
    file: str | Path | None = None,
    kinds: Mapping[str, str] | None = None,
    remove: Sequence[str] = (),
    entry: str | None = None,
    out: str | Path | None = None,
) -> Params:
    """Set and remove parameters in the metadata of a `.tflite`; its graph and its other metadata stay as they are.

    Args:
        model: the file's path.
        values: by key, what to set; a key may name its kind, `threshold:uint8`. See `Params.kinds`.
        file: a TOML or JSON file with more values, which `values` override; entries of a table become `table.key`.
        kinds: by key, the kind to store it as; by default the one that holds the value.
        remove: keys to remove, or `*` for all.
        entry: name of the metadata's entry; by default the one that the file has, or `NAS_PARAMS`. A new `SL_PARAMSv1`
            begins with the file's other parameters, by the keys of Silicon Labs' tools.
        out: where to write; by default over the model.

    Returns:
        The parameters that the written file has.

    Raises:
        InputError: a file cannot be read or is none of its kind, a value does not fit, or a key to remove is not there.
    """
    from nas.model.deploy.params.kinds import make_params
    from nas.model.deploy.params.metadata import ENTRY, SILABS_ENTRY, entry_of
    from nas.model.deploy.params.store import for_silabs, read_params, write_params

    given = {**(_read_values(Path(file)) if file else {}), **(values or {})}
    changed = make_params(_with_kinds(given, kinds or {}))
    content = _content(model)
    profile(content, DEFAULT_TARGET)  # checks what will be walked
    try:
        found = entry_of(content)
        entry = entry or found or ENTRY
        held = read_params(content, entry)
        if entry == SILABS_ENTRY and found == ENTRY and not held:
            held = for_silabs(read_params(content, ENTRY))
        kept = {key: param for key, param in held.items() if key not in _removed(remove, held, model)}
        written = write_params(content, {**kept, **changed}, entry)
    except InputError:
        raise
    except ValueError as error:
        raise InputError(model, f"must be a valid .tflite file: {error}") from error
    path = write_atomic(Path(out or model), written)
    return _described(written, str(path), entry)


def _content(model: str | Path | bytes) -> bytes:
    return model if isinstance(model, bytes) else read_regular(Path(model), MOST_FILE_BYTES)


def _described(content: bytes, file: str, entry: str | None) -> Params:
    """Return the parameters of a file's bytes; InputError if it is no `.tflite`, or they are damaged."""
    from nas.model.deploy.params.metadata import entry_of
    from nas.model.deploy.params.store import read_params, write_params

    try:
        entry = entry or entry_of(content)
        found: Mapping[str, Param] = {} if entry is None else read_params(content, entry)
        cost = len(content) - len(write_params(content, {}, entry)) if entry and found else 0
    except ValueError as error:
        raise InputError(file or "model", f"must be a valid .tflite file: {error}") from error
    values = {key: param.value for key, param in found.items()}
    return Params(file, entry if found else None, values, {key: param.kind for key, param in found.items()}, cost)


def _read_values(file: Path) -> Mapping[str, Any]:
    """Return the content of a JSON or TOML file."""
    if file.suffix.lower() != ".json":
        return read_toml(file)
    values = parse_json(read_regular(file, MOST_FILE_BYTES), file)
    if not isinstance(values, dict):
        raise InputError(file, "must hold a JSON object", got=type(values).__name__)
    return values


def _with_kinds(values: Mapping[str, Any], kinds: Mapping[str, str]) -> dict[str, Any]:
    """Return values with their kinds in their keys; InputError for the kind of a key that is not given."""
    for key in kinds:
        if key not in values:
            raise unknown("--type", "key", key, values)
    return {f"{key}:{kinds[key]}" if key in kinds else key: value for key, value in values.items()}


def _removed(keys: Sequence[str], held: Mapping[str, Any], model: str | Path) -> set[str]:
    """Return the keys to remove; InputError for one that is not there."""
    if "*" in keys:
        return set(held)
    for key in keys:
        if key not in held:
            raise unknown(model, "parameter to remove", key, held)
    return set(keys)
