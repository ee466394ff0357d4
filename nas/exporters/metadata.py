"""All facts of an archive except the model's bytes, for programs."""

import hashlib
from collections.abc import Sequence
from typing import Any

from nas.codec import to_data
from nas.exporters.format import FORMATS, Files
from nas.signal.front_end import FrontEnd
from nas.signal.raw import RAW
from nas.study.archive import Archive
from nas.task.documents import to_document
from nas.text import document


@FORMATS.register("json")
def metadata(archive: Archive) -> Files:
    """Scaling, quantization, classes, footprint, architecture and accuracies as one JSON document."""
    return {"metadata.json": document(describe(archive))}


def describe(archive: Archive) -> dict[str, Any]:
    """Return the data of the JSON document; it names no file outside the folder that it is written to."""
    return {
        "study": archive.name,
        "command": archive.command,
        "sha256": hashlib.sha256(archive.tflite).hexdigest(),
        **({} if archive.keras is None else {"keras_sha256": hashlib.sha256(archive.keras).hexdigest()}),
        "bare_sha256": _bare_sha256(archive),
        "architecture": archive.record.architecture,
        "class_names": archive.class_names,
        "input": {
            "shape": archive.input_shape,
            "channel_names": archive.channel_names,
            "sample_rate_hz": archive.sample_rate_hz,
            "units_scale": archive.units_scale,
            "scaling": to_data(archive.scaling),
            "quantization": to_data(archive.input),
            **describe_front_end(archive.front_end, archive.record.architecture["input_shape"]),
        },
        "output": _output(archive),
        "footprint": {**archive.footprint, "file": "model.tflite"},
        "parameters": to_data(archive.parameters),
        "budget": archive.budget,
        "data": archive.data,
        "recipe": archive.recipe.to_json(),
        # Without the answers for single test rows, which belong to the data.
        "winner": {key: value for key, value in archive.found.to_json().items() if key != "test_answers"},
    }


def _output(archive: Archive) -> dict[str, Any]:
    """Return what the outputs mean, and what brings them to answers."""
    found = {"is": archive.output_is, "quantization": to_data(archive.output)}
    return {**found, **to_document(archive.task)}


def describe_front_end(front_end: FrontEnd, row_shape: Sequence[int]) -> dict[str, Any]:
    """Return what computes the input from a row of data of a shape, if anything does."""
    return {} if front_end == RAW else {"front_end": front_end.to_json(), "row_shape": list(row_shape)}


def _bare_sha256(archive: Archive) -> str:
    """Return the digest of the model without its parameters, which stays when `nas params` changes them."""
    if not archive.parameters.keys:
        return hashlib.sha256(archive.tflite).hexdigest()
    from nas.model.deploy.params.store import without_params

    return hashlib.sha256(without_params(archive.tflite)).hexdigest()
