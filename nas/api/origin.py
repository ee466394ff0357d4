"""A model that is converted: its Keras network is loaded once, and the rows of the comparison are answered once."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from nas.api.calibration import calibration_of
from nas.api.model import Model
from nas.arrays import Floats
from nas.data.dataset import Part
from nas.study.quantization import Quantization, Scheme

if TYPE_CHECKING:
    from nas.model.deploy.tflite_model import TfliteModel


class Origin:
    """What files are made from, and compared with.

    Args:
        model: with a Keras model, a `.tflite` or both.
        rows: scaled rows [n, *model.input_shape] to answer.
    """

    def __init__(self, model: Model, rows: Floats) -> None:
        self.model, self.rows = model, rows

    def quantize(self, parts: Mapping[str, Part] | None, settings: Quantization) -> tuple[str, ...]:
        """Make the int8 `.tflite` from Keras if there is none yet; return what to know of how it was made."""
        if self.model.tflite is not None or self.model.keras is None:
            return ()
        from nas.model.deploy.schemes import KerasSource, finish

        calibration = calibration_of(settings, parts, self.model.input_shape, self.model.scaled)
        content = KerasSource(self.network).convert(Scheme.INT8, settings, calibration.rows)
        self.model = replace(self.model, tflite=finish(content, settings))
        return calibration.notes

    @cached_property
    def network(self) -> Any:
        """The Keras model."""
        from nas.model.keras_file import load_keras

        return load_keras(self.model.keras or b"", self.model.origin)

    @cached_property
    def int8(self) -> "TfliteModel":
        """The `.tflite` in LiteRT."""
        from nas.model.deploy.tflite_model import TfliteModel

        return TfliteModel(self.model.tflite or b"", self.model.origin, in_litert=True)

    @cached_property
    def keras_answers(self) -> Floats:
        """The outputs of Keras for the rows [n, outputs]."""
        from nas.model.keras_runtime import keras_outputs

        return keras_outputs(self.network, self.rows)

    @cached_property
    def int8_answers(self) -> Floats:
        """The outputs of the `.tflite` in LiteRT for the rows [n, outputs]."""
        return self.int8.predict(self.rows)
