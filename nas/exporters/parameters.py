"""The parameters that exported models carry in their metadata: what a device needs to use the model."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nas.study.archive import Archive
from nas.text import kilobytes


def with_parameters(archive: Archive, more: Mapping[str, Any] | None = None) -> Archive:
    """Return an archive whose `.tflite` carries parameters; its footprint counts their bytes.

    If the flash limit leaves no room for them, they are left out, and the archive's `parameters_note` says so.

    Args:
        archive: with a model as it was made, whose own parameters stay.
        more: parameters beside those that every export has, or in their place; see `nas.set_params`.

    Raises:
        InputError: one of `more` cannot be stored.
    """
    # Reading and writing them takes the room of models, which other formats can do without.
    from nas.model.deploy.params.kinds import make_params
    from nas.model.deploy.params.store import read_params, write_params

    params = {**make_params(parameters_of(archive)), **make_params(more or {})}
    tflite = write_params(archive.tflite, {**read_params(archive.tflite), **params})
    added = len(tflite) - len(archive.tflite)
    facts, limit = archive.footprint, archive.budget.get("flash")
    if limit is not None and facts["flash_bytes"] + added > limit:
        note = f"left out, since {added:,} B of parameters would exceed the flash limit of {kilobytes(limit)}"
        return replace(archive, parameters_note=note)
    flash = {**facts["flash"], "model": facts["flash"]["model"] + added}
    grown = {key: facts[key] + added for key in ("file_bytes", "flash_bytes")}
    return replace(archive, tflite=tflite, footprint={**facts, **grown, "flash": flash})


def parameters_of(archive: Archive) -> dict[str, Any]:
    """Return what is known of every model, by key; the bytes of equal archives are equal, so there is no date."""
    from nas.model.deploy.params.store import without_params

    shape, rate = archive.input_shape, archive.sample_rate_hz
    found = {
        "class_names:strings": [name.replace("\0", " ") for name in archive.class_names],
        "mean:floats": archive.scaling.mean,
        "std:floats": archive.scaling.std,
        "units_scale:floats": archive.units_scale,
        "sample_rate_hz": None if rate is None else int(rate) if rate == int(rate) else rate,
        "window": shape[2] if len(shape) == 4 and shape[1] == 1 else None,
        "arena_bytes": archive.footprint["arena"]["min"],
        "digest": hashlib.sha256(without_params(archive.tflite)).digest(),
    }
    return {key: value for key, value in found.items() if value is not None}
