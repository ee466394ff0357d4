"""A Keras model as a `.tflite`, by each scheme of quantization.

The batch size is fixed to 1 at conversion. With an open one, the device computes shapes at each inference: of a small
network of 10 operators, the file then has 25.
"""

from collections.abc import Callable, Iterator
from typing import Any

from nas.arrays import Floats
from nas.errors import InputError
from nas.model.deploy.keras_layers import hooked, leaves
from nas.model.deploy.recording import LAYER_SCOPE
from nas.model.deploy.refusals import becomes_loop, refusal
from nas.model.deploy.slim import slim
from nas.model.keras_file import dump_keras, keras_shapes, load_keras
from nas.model.runtime import quiet, tf
from nas.study.quantization import OperatorSet, Quantization, Scheme


class KerasSource:
    """A Keras model that is to be converted.

    Args:
        model: a built model with one input and one output.

    Raises:
        InputError: it has several inputs or outputs, or an axis of its input is open.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.row_shape, _ = keras_shapes(model, "model")

    def trained_on(self, rows: Floats, settings: Quantization) -> "KerasSource":
        """Return a copy of the model after quantization-aware training on scaled rows [n, ...]."""
        from nas.model.deploy.aware import train_aware

        copy = load_keras(dump_keras(self.model), "model")
        train_aware(copy, rows, settings)
        return KerasSource(copy)

    def convert(self, scheme: Scheme, settings: Quantization, rows: Floats | None = None) -> bytes:
        """Return the `.tflite` as TensorFlow's converter writes it, with names and metadata.

        Args:
            scheme: the scheme; `int8_qat` is that of a model that was trained on before, see `trained_on`.
            settings: of the converter.
            rows: scaled rows [n, ...] to calibrate on.

        Raises:
            InputError: the converter refuses the model; the message says which operators, and what to change.
        """
        if scheme.is_calibrated and (loops := [layer.name for layer in leaves(self.model) if becomes_loop(layer)]):
            hint = "give it unroll=True; a search of the space lstm_timeseries quantizes LSTMs itself"
            raise InputError(loops[0], "becomes a loop, which int8 and TFLM do not have", hint=hint)
        shape = (1, *self.row_shape)
        call = tf.function(lambda x: self.model(x, training=False), autograph=False)
        with quiet(), hooked(leaves(self.model), _named):
            traced = call.get_concrete_function(tf.TensorSpec(shape, tf.float32))
            converter = tf.lite.TFLiteConverter.from_concrete_functions([traced], self.model)
        return run_converter(converter, scheme, settings, None if rows is None else rows.reshape(-1, *shape))


def _named(layer: Any, call: Callable[[], Any]) -> Any:
    """Put a layer's own name into the names of its tensors; TensorFlow numbers those that it gives anew."""
    with tf.name_scope(f"{LAYER_SCOPE}{layer.name}"):
        return call()


def run_converter(converter: Any, scheme: Scheme, settings: Quantization, rows: Floats | None) -> bytes:
    """Return what a converter of TensorFlow writes with the settings of a scheme.

    Args:
        converter: a `tf.lite.TFLiteConverter`.
        scheme: the scheme.
        settings: of the converter.
        rows: what ranges are measured on [n, 1, ...]; None where the graph has fake-quantization operators.
    """
    _set(converter, scheme, settings)
    if scheme.is_calibrated and rows is not None and converter.optimizations:
        converter.representative_dataset = lambda: _samples(rows)
    try:
        with quiet():
            return bytes(converter.convert())
    except Exception as error:  # the converter raises errors of many types, and gives pages of text
        raise refusal(scheme, str(error)) from None


def deploy(model: Any, settings: Quantization, calibration: Floats, training: Floats) -> bytes:
    """Return a trained Keras model as the `.tflite` that the settings ask to deploy.

    Args:
        model: a Keras model with one input and one output; it is left as it is.
        settings: the scheme, and all that it is made with.
        calibration: scaled rows [n, ...] on which ranges of activations are measured.
        training: scaled rows [n, ...] to train on with quantization, for the scheme `int8_qat`.

    Raises:
        InputError: the model has an operator that the scheme does not allow.
    """
    source = KerasSource(model)
    if settings.deployed is Scheme.INT8_QAT:
        source = source.trained_on(training, settings)
    return finish(source.convert(settings.deployed, settings, calibration), settings)


def finish(tflite: bytes, settings: Quantization) -> bytes:
    """Return a converted file as it is deployed: without names and metadata, if the settings want it so."""
    if not settings.slim:
        return tflite
    try:
        return slim(tflite)
    except NotImplementedError:  # a model of several subgraphs stays as it is
        return tflite


def _samples(rows: Floats) -> Iterator[list[Floats]]:
    for row in rows:
        yield [row]


def _set(converter: Any, scheme: Scheme, settings: Quantization) -> None:
    # The graph is frozen in memory, which is faster than by way of a SavedModel on disk.
    converter.experimental_lower_to_saved_model = False
    converter.exclude_conversion_metadata = True
    converter.allow_custom_ops = settings.allow_custom_ops
    converter.experimental_enable_resource_variables = settings.resource_variables
    converter.experimental_new_converter = settings.new_converter
    converter.experimental_new_quantizer = settings.new_quantizer
    converter._experimental_disable_per_channel = not settings.per_channel
    # TFLM's int16 FULLY_CONNECTED takes one scale for all weights.
    one_scale = scheme is Scheme.INT16X8 or not settings.per_channel_dense
    converter._experimental_disable_per_channel_quantization_for_dense_layers = one_scale
    if scheme is Scheme.CUSTOM:
        _set_custom(converter, settings)
        return
    if scheme is not Scheme.FLOAT32:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if scheme is Scheme.FLOAT16:
        converter.target_spec.supported_types = [tf.float16]
    if scheme in (Scheme.INT8, Scheme.INT8_FLOAT_IO, Scheme.INT8_QAT):
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    if scheme is Scheme.INT16X8:
        converter.target_spec.supported_ops = [tf.lite.OpsSet[OperatorSet.BUILTINS_INT16X8.value]]
    ends = {Scheme.INT8: tf.int8, Scheme.INT8_QAT: tf.int8, Scheme.INT16X8: tf.int16}.get(scheme, tf.float32)
    converter.inference_input_type = converter.inference_output_type = ends


def _set_custom(converter: Any, settings: Quantization) -> None:
    converter.optimizations = [tf.lite.Optimize[name.value] for name in settings.optimizations]
    converter.target_spec.supported_ops = [tf.lite.OpsSet[name.value] for name in settings.supported_ops]
    converter.target_spec.supported_types = [tf.as_dtype(name.value) for name in settings.supported_types]
    converter.inference_input_type = tf.as_dtype(settings.inference_input_type.value)
    converter.inference_output_type = tf.as_dtype(settings.inference_output_type.value)
