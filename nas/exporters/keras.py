"""The float model as a Keras file."""

from nas.exporters.format import FORMATS, Files
from nas.study.archive import Archive


@FORMATS.register("keras")
def keras(archive: Archive) -> Files:
    """The float model before its quantization, for Keras 3: its input is scaled as that of the int8 model."""
    return {} if archive.keras is None else {"model.keras": archive.keras}
