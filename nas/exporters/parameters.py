"""The parameters that models carry in their metadata: what a device needs to use the model."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from nas.data.prepared import Scaling
from nas.errors import InputError
from nas.exporters.on_tflm import is_on_tflm, on_tflm
from nas.signal.front_end import FrontEnd
from nas.signal.kind import Kind, row_of
from nas.signal.parameters import to_parameters
from nas.signal.raw import RAW
from nas.study.archive import Archive, Embedded
from nas.study.record import Record
from nas.task.task import Task
from nas.text import kilobytes

# What grows with a file that lies in flash.


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What is known of a model's input and output.

    Attributes:
        class_names: one for each output.
        task: what the model answers.
        scaling: of each channel; None if it is unknown.
        units_scale: factor of each channel that brings whole numbers to units; None if there are none.
        sample_rate_hz: of windows of a signal; None if unknown.
        input_shape: of the input tensor, batch first.
        arena_bytes: the smallest arena with which the model runs on its target.
        front_end: what computes the input from a row of data.
        row_shape: of such a row, without the batch; needed with a front-end only.
    """

    class_names: tuple[str, ...]
    scaling: Scaling | None
    units_scale: tuple[float, ...] | None
    sample_rate_hz: float | None
    input_shape: tuple[int, ...]
    arena_bytes: int
    task: Task
    front_end: FrontEnd = RAW
    row_shape: tuple[int, ...] = ()


def with_parameters(archive: Archive, more: Mapping[str, Any] | None = None) -> Archive:
    """Return an archive whose `.tflite` carries parameters, and whose footprint counts their bytes.

    If the flash limit leaves no room for them, they are left out, and `Archive.parameters` says why.

    Args:
        archive: with the model as it was made; parameters that it carries already stay.
        more: parameters beside those that every export has, or in their place; see `nas.set_params`.

    Raises:
        InputError: one of `more` cannot be stored, or the archive's model is damaged.
    """
    facts = DeviceFacts(
        archive.class_names,
        archive.scaling if archive.is_scaled else None,
        archive.units_scale,
        archive.sample_rate_hz,
        archive.input_shape,
        on_tflm(archive).footprint["arena"]["min"],
        archive.task,
        archive.front_end,
        () if archive.front_end == RAW else archive.row_shape,
    )
    cost, in_flash = archive.footprint, is_on_tflm(archive)  # plain C has no file in its flash
    tflite, carried = embed(archive.tflite, facts, more or {}, room_in(archive.budget, cost) if in_flash else None)
    grown = _grown(cost, carried.bytes, in_flash)
    if in_flash:
        flash = cost["flash"]
        grown["flash"] = {**flash, "model": flash["model"] + carried.bytes}
    trained = archive.trained and replace(
        archive.trained, record=_grown_record(archive.record, carried.bytes, in_flash)
    )
    return replace(archive, tflite=tflite, footprint=grown, trained=trained, parameters=carried)


def room_in(limits: Mapping[str, float], footprint: Mapping[str, Any]) -> int | None:
    """Return how many bytes the flash limit leaves beside a model; None without a limit."""
    limit = limits.get("flash")
    return None if limit is None else int(limit) - int(footprint["flash_bytes"])


def embed(tflite: bytes, facts: DeviceFacts, more: Mapping[str, Any], room: int | None) -> tuple[bytes, Embedded]:
    """Return a `.tflite` that carries parameters, and which.

    Args:
        tflite: the model; parameters that it carries already stay.
        facts: what the parameters say.
        more: parameters beside these, or in their place.
        room: the most bytes that they may add; None for any number.

    Raises:
        InputError: one of `more` cannot be stored, or the model is damaged.
    """
    # FlatBuffers' library takes longer to import than a model card takes to write.
    from nas.model.deploy.params.kinds import make_params
    from nas.model.deploy.params.metadata import ENTRY
    from nas.model.deploy.params.store import read_params, write_params

    try:
        held = read_params(tflite, ENTRY)
        params = held | make_params(_plain(facts, tflite)) | make_params(more)
        written = write_params(tflite, params)
    except InputError:
        raise
    except ValueError as error:
        raise InputError("the model", f"must be a valid .tflite file: {error}") from error
    added = len(written) - len(tflite)
    if room is not None and added > room:
        reason = f"with their {added:,} B the model would exceed its flash limit by {kilobytes(added - room)}"
        return tflite, Embedded(left_out=reason)
    return written, Embedded(tuple(params), added)


def _plain(facts: DeviceFacts, tflite: bytes) -> dict[str, Any]:
    """Return the parameters of every model, by key; equal models have equal ones, so there is no date."""
    from nas.model.deploy.params.store import without_params

    row = row_of(facts.input_shape)
    found = {
        f"{facts.task.names_key}:strings": [name.replace("\0", " ") for name in facts.class_names],
        **facts.task.parameters(),
        "mean:floats": facts.scaling and facts.scaling.mean,
        "std:floats": facts.scaling and facts.scaling.std,
        "units_scale:floats": facts.units_scale,
        "sample_rate_hz:float32": facts.sample_rate_hz,
        "window": row[0] if len(row) == Kind.WINDOW.axes else None,
        "arena_bytes": facts.arena_bytes,
        "digest": hashlib.sha256(without_params(tflite)).digest(),
        **to_parameters(facts.front_end, facts.row_shape),
    }
    return {key: value for key, value in found.items() if value is not None}


def _grown_record(record: Record, added: int, in_flash: bool) -> Record:
    if record.profiled is None:
        return record
    return replace(record, profiled=_grown(record.profiled, added, in_flash))


def _grown(facts: Mapping[str, Any], added: int, in_flash: bool) -> dict[str, Any]:
    """Return a footprint's facts with a file that has `added` bytes more, which TFLM has in its flash."""
    keys = ("file_bytes", "flash_bytes") if in_flash else ("file_bytes",)
    return {**facts, **{key: facts[key] + added for key in keys if key in facts}}
