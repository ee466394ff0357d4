"""What a model answers: the int8 one through LiteRT, the float one through TensorFlow, on the same rows."""

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from nas.arrays import Floats, Ints
from nas.model.network.network import Network

_BATCH = 256


class Int8Model:
    """A `.tflite` with int8 input and output, on one thread.

    Life cycle: made of the file's bytes, slimmed; takes any number of rows, since every operator
    follows the batch size of a resized input.

    LiteRT's built-in kernels come nearest to TFLM's: a few outputs in a thousand are a step of 1/256 off. With
    XNNPACK's, the default, it is several times as many.
    """

    def __init__(self, tflite: bytes) -> None:
        self._interpreter = Interpreter(
            model_content=tflite,
            num_threads=1,
            experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        )
        self._input = self._interpreter.get_input_details()[0]
        self._output = self._interpreter.get_output_details()[0]
        self._rows = 0

    @property
    def input_quantization(self) -> tuple[float, int]:
        """Scale and zero point: real = (int8 - zero point) * scale."""
        scale, zero = self._input["quantization"]
        return float(scale), int(zero)

    @property
    def output_quantization(self) -> tuple[float, int]:
        """Scale and zero point of the probabilities or logits."""
        scale, zero = self._output["quantization"]
        return float(scale), int(zero)

    def quantize(self, x: Floats) -> npt.NDArray[np.int8]:
        """Return scaled rows as the int8 numbers that the model reads."""
        scale, zero = self._input["quantization"]
        return np.clip(np.round(x / np.float32(scale)) + zero, -128, 127).astype(np.int8)

    def run(self, q: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
        """Return the raw outputs [n, outputs] for raw inputs [n, ...]."""
        q = q.reshape(len(q), *self._input["shape"][1:])
        return np.concatenate([self._run(q[start : start + _BATCH]) for start in range(0, len(q), _BATCH)])

    def predict(self, x: Floats) -> Floats:
        """Return probabilities [n, classes] for scaled rows `x` [n, ...]; logits of a model without a SOFTMAX."""
        scale, zero = self._output["quantization"]
        outputs = self.run(self.quantize(x)).astype(np.float32)
        return np.asarray((outputs - zero) * np.float32(scale), np.float32)

    def labels(self, x: Floats) -> Ints:
        """Return the most probable class [n] of scaled rows `x` [n, ...]."""
        return np.argmax(self.run(self.quantize(x)), axis=1)

    def _run(self, q: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
        if len(q) != self._rows:
            self._rows = len(q)
            self._interpreter.resize_tensor_input(self._input["index"], q.shape)
            self._interpreter.allocate_tensors()
        self._interpreter.set_tensor(self._input["index"], q)
        self._interpreter.invoke()
        outputs: npt.NDArray[np.int8] = self._interpreter.get_tensor(self._output["index"])
        return outputs


def float_logits(network: Network, x: Floats) -> Floats:
    """Return the logits [n, classes] that a network gives to scaled rows `x` [n, ...]."""
    x, folded = x.reshape(len(x), *network.input_shape), network.fold()
    return np.concatenate(
        [np.asarray(network(x[start : start + _BATCH], folded)) for start in range(0, len(x), _BATCH)]
    )


def float_labels(network: Network, x: Floats) -> Ints:
    """Return the most probable class [n] that a network gives to scaled rows `x` [n, ...]."""
    return np.argmax(float_logits(network, x), axis=1)


def accuracy(labels: Ints, y: Ints) -> float:
    """Return the share of rows that are labelled right."""
    return float(np.mean(labels == y))
