"""The model file itself."""

from nas.exporters.format import FORMATS, Files
from nas.study.archive import Bundle


@FORMATS.register("tflite")
def tflite(bundle: Bundle) -> Files:
    """The int8 model, to be loaded by any TFLite runtime."""
    return {"model.tflite": bundle.tflite}
