"""The model file itself."""

from nas.exporters.format import FORMATS, Files
from nas.study.archive import Archive


@FORMATS.register("tflite")
def tflite(archive: Archive) -> Files:
    """The int8 model, to be loaded by any TFLite runtime."""
    return {"model.tflite": archive.tflite}
