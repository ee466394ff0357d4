"""How a trained model becomes a `.tflite`: the table [quantization] of a model specification."""

import math
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from typing import Any

from nas.codec import Place, from_data, to_data
from nas.errors import InputError
from nas.keywords import explains_fields


class Scheme(StrEnum):
    """Which numbers of a model are integers, and of how many bits."""

    FLOAT32 = "float32"
    FLOAT16 = "float16"
    DYNAMIC_RANGE = "dynamic_range"
    INT8 = "int8"
    INT8_FLOAT_IO = "int8_float_io"
    INT16X8 = "int16x8"
    INT8_QAT = "int8_qat"
    CUSTOM = "custom"

    @property
    def summary(self) -> str:
        """The scheme in a line."""
        return _SUMMARIES[self]

    @property
    def is_calibrated(self) -> bool:
        """Whether ranges of activations are measured on rows."""
        return self not in (Scheme.FLOAT32, Scheme.FLOAT16, Scheme.DYNAMIC_RANGE)


_SUMMARIES = {
    Scheme.FLOAT32: "nothing is quantized",
    Scheme.FLOAT16: "weights are float16, which a microcontroller must turn back into float32",
    Scheme.DYNAMIC_RANGE: "weights are int8, activations float32: a hybrid model, which TFLM does not run",
    Scheme.INT8: "weights and activations are int8, the input and the output too",
    Scheme.INT8_FLOAT_IO: "as int8, with float32 input and output",
    Scheme.INT16X8: "weights are int8, activations int16, the input and the output too",
    Scheme.INT8_QAT: "as int8, after epochs of quantization-aware training",
    Scheme.CUSTOM: "what optimizations, supported_ops, supported_types and the types of input and output say",
}

COMPARED = (
    Scheme.FLOAT32,
    Scheme.FLOAT16,
    Scheme.DYNAMIC_RANGE,
    Scheme.INT8,
    Scheme.INT8_FLOAT_IO,
    Scheme.INT16X8,
)
"""The schemes that are compared by default: those that need no training."""


class Optimization(StrEnum):
    """A member of `tf.lite.Optimize`."""

    DEFAULT = "DEFAULT"
    EXPERIMENTAL_SPARSITY = "EXPERIMENTAL_SPARSITY"


class OperatorSet(StrEnum):
    """A member of `tf.lite.OpsSet`: the operators that a converted model may have."""

    BUILTINS = "TFLITE_BUILTINS"
    BUILTINS_INT8 = "TFLITE_BUILTINS_INT8"
    BUILTINS_INT16X8 = "EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8"
    SELECT_TF_OPS = "SELECT_TF_OPS"
    STABLEHLO = "EXPERIMENTAL_STABLEHLO_OPS"


class NumberType(StrEnum):
    """A type that the converter can give weights, inputs or outputs."""

    FLOAT32 = "float32"
    FLOAT16 = "float16"
    INT8 = "int8"
    UINT8 = "uint8"
    INT16 = "int16"


@explains_fields()
@dataclass(frozen=True, slots=True)
class Quantization:
    """How a trained model is converted: the table [quantization] of a model specification.

    Attributes:
        deployed: the scheme of the `.tflite` that a training ends with.
        schemes: those that `nas quantize` compares.
        calibration: the rows on which ranges of activations are measured: `train`, `val`, or the path of an `.npz` or
            `.npy` file with rows in the data's units.
        calibration_rows: how many of them; of labelled rows, the same number of each class.
        seed: seed of the choice of these rows, and of quantization-aware training.
        report: measure the error of each layer between the float and the int8 model.
        slim: leave out what a microcontroller does not need: names, metadata, signatures.
        per_channel: give the weights of each output channel a scale of their own; else each tensor has one.
        per_channel_dense: the same for dense layers alone. In int16x8 they have one scale always, as TFLM wants it.
        qat_epochs: epochs of quantization-aware training, for the scheme `int8_qat`.
        qat_learning_rate: peak learning rate of these epochs.
        allow_custom_ops: write operators that TFLite does not have as custom ones, for which the firmware then needs a
            kernel of its own; else they are refused.
        resource_variables: allow state that outlives an inference (`experimental_enable_resource_variables`).
        new_converter: `experimental_new_converter` of TensorFlow's converter.
        new_quantizer: `experimental_new_quantizer` of TensorFlow's converter.
        optimizations: members of `tf.lite.Optimize`; these and all keys below are for the scheme `custom`.
        supported_ops: members of `tf.lite.OpsSet`.
        supported_types: types that weights may have; all that the optimizations know if empty.
        inference_input_type: type of the input.
        inference_output_type: type of the output.
    """

    deployed: Scheme = Scheme.INT8
    schemes: tuple[Scheme, ...] = COMPARED
    calibration: str = "train"
    calibration_rows: int = 512
    seed: int = 0
    report: bool = True
    slim: bool = True
    per_channel: bool = True
    per_channel_dense: bool = True
    qat_epochs: int = 5
    qat_learning_rate: float = 5e-4
    allow_custom_ops: bool = False
    resource_variables: bool = False
    new_converter: bool = True
    new_quantizer: bool = True
    optimizations: tuple[Optimization, ...] = (Optimization.DEFAULT,)
    supported_ops: tuple[OperatorSet, ...] = (OperatorSet.BUILTINS_INT8,)
    supported_types: tuple[NumberType, ...] = ()
    inference_input_type: NumberType = NumberType.FLOAT32
    inference_output_type: NumberType = NumberType.FLOAT32

    @classmethod
    def of(cls, **settings: Any) -> "Quantization":
        """Make settings of texts and numbers by name; see `replace`."""
        return cls().replace(**settings)

    def replace(self, **settings: Any) -> "Quantization":
        """Return a copy with some settings changed; `schemes` may be text with commas, or `all` but `custom`."""
        schemes = settings.get("schemes")
        if isinstance(schemes, str):
            every = [scheme for scheme in Scheme if scheme is not Scheme.CUSTOM]
            settings["schemes"] = every if schemes == "all" else [name.strip() for name in schemes.split(",")]
        return from_data(Quantization, {**to_data(self), **settings}, Place("quantization"))

    def __post_init__(self) -> None:
        for name in ("calibration_rows", "qat_epochs"):
            if getattr(self, name) < 1:
                raise InputError(f"quantization.{name}", "must be 1 or more", got=getattr(self, name))
        if not 0 < self.qat_learning_rate < math.inf:
            raise InputError("quantization.qat_learning_rate", "must be above 0", got=self.qat_learning_rate)
        if not self.schemes or len(set(self.schemes)) < len(self.schemes):
            raise InputError(
                "quantization.schemes", "must name each scheme once", got=", ".join(self.schemes) or "none"
            )
        if not self.supported_ops:
            raise InputError("quantization.supported_ops", "must name a set of operators", got="none")
        self._check_custom()

    def _check_custom(self) -> None:
        """Refuse settings of the scheme `custom` where it is not asked for, since they would have no effect."""
        if Scheme.CUSTOM in (self.deployed, *self.schemes):
            return
        for field in fields(self):
            if field.name in _CUSTOM_KEYS and field.default not in (MISSING, getattr(self, field.name)):
                rule = "applies to the scheme custom only"
                raise InputError(f"quantization.{field.name}", rule, hint="add custom to quantization.schemes")


_CUSTOM_KEYS = ("optimizations", "supported_ops", "supported_types", "inference_input_type", "inference_output_type")
