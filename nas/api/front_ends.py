"""The front-end of a model in a file, for what it costs; found without the libraries that predictions need."""

from pathlib import Path
from typing import TYPE_CHECKING

from nas.signal.parameters import MARKS
from nas.study.manifest import METADATA, SUFFIX
from nas.target.footprint import Footprint
from nas.target.front_end import with_front_end
from nas.target.target import Target

if TYPE_CHECKING:
    from nas.api.model import Model


def with_front_end_of(footprint: Footprint, model: "Model", target: Target) -> Footprint:
    """Return the footprint of a model's network with the cost of its front-end."""
    compared = model.task.reconstructs
    return with_front_end(footprint, model.front_end, model.input_shape, target, compared=compared)


def with_its_front_end(footprint: Footprint, content: bytes, file: str, target: Target) -> Footprint:
    """Return the footprint of a model with the cost of the front-end that its file or what lies beside it describes.

    Args:
        footprint: of the network alone.
        content: the `.tflite`.
        file: its path, or that of an archive that holds it; empty for a model in memory.
        target: where both run.
    """
    model = _described(content, file)
    return footprint if model is None else with_front_end_of(footprint, model, target)


def _described(content: bytes, file: str) -> "Model | None":
    """Return the model of a file that may have a front-end; None for one that has none."""
    beside = Path(file).parent / METADATA
    if file.endswith(SUFFIX):
        from nas.api.loading import archived_model
        from nas.study.archive_zip import read_archive

        return archived_model(read_archive(Path(file)))
    if any(mark.encode() in content for mark in MARKS):
        from nas.api.carried import with_carried
        from nas.api.loading import plain_model

        return with_carried(plain_model(content, Path(file or "model")))
    if file and beside.is_file() and b'"front_end"' in beside.read_bytes():
        from nas.api.loading import load

        return load(file)
    return None
