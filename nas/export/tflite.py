"""The model file itself."""

from nas.export.bundle import FORMATS, Bundle, Files


@FORMATS.register("tflite")
def tflite(bundle: Bundle) -> Files:
    """The int8 model, to be loaded by any TFLite runtime."""
    return {"model.tflite": bundle.tflite}
