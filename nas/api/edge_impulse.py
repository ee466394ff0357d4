"""Edge Impulse: data uploaded and downloaded, a model profiled and built there."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nas.api import STUDIES
from nas.api.labelled import DataSource
from nas.api.loading import load
from nas.api.model import Model
from nas.data.acquisition import DEVICE_TYPE, check_form
from nas.data.choice import DataChoice
from nas.data.given import Data
from nas.data.layouts.edge_impulse import CATEGORIES, file_stem
from nas.data.samples import recordings_of, windows_of
from nas.errors import InputError
from nas.exporters.edge_impulse.answer import RefusedError
from nas.exporters.edge_impulse.client import Client
from nas.exporters.edge_impulse.deployment import Blueprint, build_there, profile_there, project_of
from nas.exporters.edge_impulse.download import receive
from nas.exporters.edge_impulse.key import hmac_key
from nas.exporters.edge_impulse.upload import Sample, Sent, send
from nas.files import write_atomic
from nas.keywords import explains_keywords
from nas.signal.kind import Kind
from nas.target.numbers import Numbers, numbers_of
from nas.target.profiler import profile
from nas.target.target import DEFAULT_TARGET
from nas.text import kilobytes

if TYPE_CHECKING:
    from nas.data.tables.reading import Frame

_MOST_TOLD = 3


@dataclass(frozen=True, slots=True, repr=False)
class Uploaded:
    """What became of each sample of an upload.

    Attributes:
        samples: one after the other.
        signed: whether they were signed.
    """

    samples: tuple[Sent, ...]
    signed: bool

    @property
    def failed(self) -> tuple[Sent, ...]:
        return tuple(sent for sent in self.samples if sent.error is not None)

    @property
    def counts(self) -> Mapping[str, int]:
        """Number of samples that were stored, that were there already, and that failed."""
        known = sum(sent.is_known for sent in self.samples)
        failed = len(self.failed)
        return {"stored": len(self.samples) - known - failed, "known": known, "failed": failed}

    def to_json(self) -> dict[str, Any]:
        """Return the document of `nas edge-impulse upload --json`."""
        return {**self.counts, "signed": self.signed, "samples": [asdict(sent) for sent in self.samples]}

    def frame(self) -> "Frame":
        """Return a pandas DataFrame, one row a sample."""
        from nas.data.tables.reading import to_frame

        return to_frame([asdict(sent) for sent in self.samples])

    def reasons(self) -> list[str]:
        """Return why samples failed, the most frequent reasons first, with their number."""
        found = Counter(sent.error for sent in self.failed)
        return [f"{reason} ({number} samples)" for reason, number in found.most_common(_MOST_TOLD)]

    def __repr__(self) -> str:
        words = ", ".join(f"{number:,} {what}" for what, number in self.counts.items())
        return f"<nas.Uploaded: {words}>"


@dataclass(frozen=True, slots=True)
class DeployedThere:
    """A model in a project of Edge Impulse.

    Attributes:
        project: its number.
        model: what the project says of the model: tensors, and memory and time by device.
        file: the build; None if none was asked for.
        ours: weights, smallest arena and file as `nas.profile` has them, in bytes.
    """

    project: int
    model: Mapping[str, Any]
    file: str | None
    ours: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        """Return the document of `nas edge-impulse deploy --json`."""
        return {"project": self.project, "model": dict(self.model), "file": self.file, "ours": dict(self.ours)}

    def lines(self) -> list[str]:
        """Return our figures, theirs, and the build, a line each."""
        ours = ", ".join(f"{name.removesuffix('_bytes')} {kilobytes(size)}" for name, size in self.ours.items())
        there = json.dumps(self.model.get("profileInfo"), sort_keys=True)
        built = [f"build: {self.file}"] if self.file else []
        return [f"project {self.project}", f"here: {ours}", f"there: {there}", *built]


@explains_keywords
def upload_to_edge_impulse(
    data: DataSource,
    *,
    whole: bool = False,
    form: str = "json",
    device: str = DEVICE_TYPE,
    client: Client | None = None,
    told: Callable[[Sent], None] = lambda sent: None,
) -> Uploaded:
    """Upload labelled windows, or whole recordings, to the project that the key belongs to.

    Training and validation rows become training samples there, test rows testing samples; a group becomes metadata.
    They are signed if `EI_HMAC_KEY` is set. What the project holds already is not stored again, so an upload that was
    interrupted is repeated as it is.

    Args:
        data: a name, a path, one with options, or rows in memory.
        whole: upload each recording of a folder as it is, in place of the windows cut from it.
        form: `json` or `cbor`.
        device: the kind of device that recorded them.
        client: of the project; by default one with the key in `EI_API_KEY` or the keyring.
        told: is called for each sample.

    Raises:
        InputError: the data cannot be read, are no signal, or have no sample rate; there is no key, or the server
            refuses it; the server does not answer. What was stored until then stays.
    """
    check_form(form)
    samples = list(_samples(data, whole, device))
    key = hmac_key()
    return Uploaded(tuple(send(client or Client(), samples, form, key, told)), key is not None)


@explains_keywords
def download_from_edge_impulse(
    folder: str | Path,
    *,
    form: str = "json",
    project: int | None = None,
    client: Client | None = None,
    told: Callable[[str], None] = lambda name: None,
) -> list[Path]:
    """Write a project's samples as Edge Impulse exports them, which `nas data FOLDER` reads; return the files.

    Args:
        folder: where to write; a download that was interrupted goes on there.
        form: `json` or `cbor`.
        project: its number; by default that of the key's project.
        client: see `upload_to_edge_impulse`.
        told: is called with the name of each sample.

    Raises:
        InputError: there is no key, the server refuses it or does not answer, or a sample is no recording of sensors.
    """
    check_form(form)
    client = client or Client()
    try:
        number = project_of(client) if project is None else project
        return receive(client, number, Path(folder), form, told)
    except RefusedError as error:
        raise InputError("Edge Impulse", "must give the samples, but refuses", got=error) from error


@explains_keywords
def deploy_to_edge_impulse(
    model: Model | str | Path,
    *,
    blueprint: Mapping[str, Any] | None = None,
    project: int | None = None,
    folder: str | Path = ".",
    client: Client | None = None,
    root: str | Path = STUDIES,
) -> DeployedThere:
    """Upload an int8 model to a project as one of your own, profile it there, and download a build of it.

    Args:
        model: a model, or what `nas.load` takes.
        blueprint: `device` to profile for, the `build` target (`zip` by default; None for none), the `engine`.
        project: its number; by default that of the key's project.
        folder: where to write the build, as `<name>-<build>.zip`.
        client: see `upload_to_edge_impulse`.
        root: folder of studies.

    Raises:
        InputError: the model is not int8, there is no key, the server refuses it or does not answer, or a job fails.
    """
    loaded = model if isinstance(model, Model) else load(model, root)
    plan, ours = _plan(loaded, blueprint or {})
    client = client or Client()
    try:
        number = project_of(client) if project is None else project
        there = profile_there(client, number, plan)
        if plan.build is None:
            return DeployedThere(number, there, None, ours)
        file = Path(folder) / f"{file_stem(loaded.name)}-{file_stem(plan.build)}.zip"
        write_atomic(file, build_there(client, number, plan))
    except RefusedError as error:
        raise InputError("Edge Impulse", "must take the model, but refuses", got=error) from error
    return DeployedThere(number, there, str(file), ours)


def _samples(data: DataSource, whole: bool, device: str) -> Iterator[Sample]:
    if whole and isinstance(data, Data):
        raise InputError("data", "must be a folder to be uploaded as whole recordings", got="rows in memory")
    if not isinstance(data, Data):
        choice = DataChoice(data) if isinstance(data, str) else data
        found = recordings_of(choice) if whole else windows_of(choice)
    else:
        found = windows_of(data)
    for each in found:
        yield Sample(
            replace(each.recording, device_type=device),
            each.label,
            CATEGORIES[each.part],
            each.spans,
            (("group", each.group),) if each.group else (),
        )


def _plan(model: Model, settings: Mapping[str, Any]) -> tuple[Blueprint, dict[str, int]]:
    if model.tflite is None:
        raise InputError(model.origin, "must hold a .tflite to be deployed", hint="make one with nas quantize")
    footprint = profile(model.tflite, DEFAULT_TARGET)
    if numbers_of(footprint) is not Numbers.INT8:
        hint = "make one with nas quantize"
        raise InputError(model.origin, "must be an int8 model", got=numbers_of(footprint).words, hint=hint)
    window = model.input_shape[0] if Kind.of(model.input_shape) is Kind.WINDOW else None
    try:
        plan = Blueprint(
            model.tflite,
            f"{model.name}.tflite",
            model.class_names,
            model.sample_rate_hz if window else None,
            window,
            **settings,
        )
    except TypeError as error:
        raise InputError("blueprint", "must have the keys device, build and engine", got=", ".join(settings)) from error
    ours = {
        "weights_bytes": footprint.weights_bytes,
        "arena_bytes": footprint.ram_bytes,
        "file_bytes": len(model.tflite),
    }
    return plan, ours
