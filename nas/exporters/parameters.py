"""The parameters that exported models carry in their metadata: what a device needs to use the model."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nas.errors import InputError
from nas.study.archive import Archive, Embedded
from nas.study.record import Record
from nas.text import kilobytes


def with_parameters(archive: Archive, more: Mapping[str, Any] | None = None) -> Archive:
    """Return an archive whose `.tflite` carries parameters, and whose footprint counts their bytes.

    If the flash limit leaves no room for them, they are left out, and `Archive.parameters` says why.

    Args:
        archive: with the model as it was made; parameters that it carries already stay.
        more: parameters beside those that every export has, or in their place; see `nas.set_params`.

    Raises:
        InputError: one of `more` cannot be stored, or the archive's model is damaged.
    """
    # FlatBuffers' library takes longer to import than a model card takes to write.
    from nas.model.deploy.params.kinds import make_params
    from nas.model.deploy.params.store import ENTRY, read_params, write_params

    try:
        held = read_params(archive.tflite, ENTRY)
        params = held | make_params(parameters_of(archive)) | make_params(more or {})
        tflite = write_params(archive.tflite, params)
    except InputError:
        raise
    except ValueError as error:
        raise InputError(f"study {archive.name}", f"must hold a valid .tflite file: {error}") from error
    added, facts, limit = len(tflite) - len(archive.tflite), archive.footprint, archive.budget.get("flash")
    if limit is not None and facts["flash_bytes"] + added > limit:
        reason = f"with their {added:,} B the model would exceed the flash limit of {kilobytes(limit)}"
        return replace(archive, parameters=Embedded(left_out=reason))
    flash = {**facts["flash"], "model": facts["flash"]["model"] + added}
    return replace(
        archive,
        tflite=tflite,
        footprint={**_grown(facts, added), "flash": flash},
        trained=replace(archive.trained, record=_grown_record(archive.record, added)),
        parameters=Embedded(tuple(params), added),
    )


def _grown_record(record: Record, added: int) -> Record:
    return record if record.profiled is None else replace(record, profiled=_grown(record.profiled, added))


def _grown(facts: Mapping[str, Any], added: int) -> dict[str, Any]:
    return {**facts, **{key: facts[key] + added for key in ("file_bytes", "flash_bytes") if key in facts}}


def parameters_of(archive: Archive) -> dict[str, Any]:
    """Return the parameters of every export, by key; equal archives have equal ones, so there is no date."""
    from nas.model.deploy.params.store import without_params

    shape, rate = archive.input_shape, archive.sample_rate_hz
    found = {
        "class_names:strings": [name.replace("\0", " ") for name in archive.class_names],
        "mean:floats": archive.scaling.mean,
        "std:floats": archive.scaling.std,
        "units_scale:floats": archive.units_scale,
        "sample_rate_hz:float32": rate,
        "window": shape[2] if len(shape) == 4 and shape[1] == 1 else None,
        "arena_bytes": archive.footprint["arena"]["min"],
        "digest": hashlib.sha256(without_params(archive.tflite)).digest(),
    }
    return {key: value for key, value in found.items() if value is not None}
