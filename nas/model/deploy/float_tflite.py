"""A float `.tflite` that nobody has the Keras model of, quantized by TensorFlow's calibrator."""

from collections.abc import Iterator
from typing import Any

from nas.arrays import Floats
from nas.errors import InputError
from nas.model.deploy.refusals import refusal
from nas.model.deploy.tflite_model import TfliteModel
from nas.model.deploy.weights_only import half_weights, int8_weights
from nas.model.runtime import quiet, tf
from nas.study.quantization import Quantization, Scheme


def convert_tflite(tflite: bytes, scheme: Scheme, settings: Quantization, rows: Floats | None) -> bytes:
    """Return a float model by another scheme.

    TensorFlow's quantizer ends the process for some models; call this in a process of its own.

    Args:
        tflite: a file that `nas.target.profiler.profile` has accepted, with one input and one output.
        scheme: the scheme.
        settings: whether each channel of weights has a scale of its own.
        rows: scaled rows [n, ...] to calibrate on.

    Raises:
        InputError: the scheme needs the Keras model, or the quantizer refuses an operator.
    """
    if scheme is Scheme.FLOAT32:
        return tflite
    if scheme is Scheme.FLOAT16:
        return half_weights(tflite)
    if scheme is Scheme.DYNAMIC_RANGE:
        return int8_weights(tflite)
    if scheme in (Scheme.INT8_QAT, Scheme.CUSTOM) or rows is None:
        raise InputError(scheme, "needs the Keras model", got="a .tflite", hint="give the .keras file")
    try:
        with quiet():
            shape = TfliteModel(tflite).row_shape
            return _calibrated(tflite, scheme, settings, rows.reshape(-1, 1, *shape))
    except Exception as error:  # the quantizer raises errors of many types
        raise refusal(scheme, str(error)) from None


def _calibrated(tflite: bytes, scheme: Scheme, settings: Quantization, rows: Floats) -> bytes:
    # Here, since `nas.model.runtime` must be the first to import TensorFlow.
    from tensorflow.lite.python.convert import mlir_quantize
    from tensorflow.lite.python.optimize import calibrator
    from tensorflow.lite.python.util import modify_model_io_type

    one = calibrator.Calibrator(calibrator.add_intermediate_tensors(tflite))

    def samples() -> Iterator[list[Floats]]:
        for row in rows:
            yield [row]

    if scheme is Scheme.INT16X8:
        wide: Any = one.calibrate_and_quantize(
            samples,
            tf.float32,
            tf.float32,
            allow_float=False,
            activations_type=tf.int16,
            bias_type=tf.int64,
            disable_per_channel=not settings.per_channel,
            disable_per_channel_quantization_for_dense_layers=True,
        )
        return bytes(modify_model_io_type(wide, tf.int16, tf.int16))
    ends = tf.float32 if scheme is Scheme.INT8_FLOAT_IO else tf.int8
    return bytes(
        mlir_quantize(
            one.calibrate(samples),
            disable_per_channel=not settings.per_channel,
            input_data_type=ends,
            output_data_type=ends,
            disable_per_channel_for_dense_layers=not settings.per_channel_dense,
        )
    )
