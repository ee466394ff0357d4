"""The outputs of a model for given rows: of the int8 model by LiteRT, of the float network by TensorFlow."""

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from nas.arrays import Floats
from nas.model.network.network import Network

_BATCH = 256


class Int8Model:
    """A `.tflite` with int8 input and output, on one thread.

    Life cycle: made from the content of a slimmed file; computes any number of rows at once, since every operator
    adapts to the batch size of its input.

    It uses LiteRT's built-in kernels, whose outputs are closest to TFLM's: a few in a thousand differ, by one step of
    1/256. With the default kernels, those of XNNPACK, several times more differ.
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
    def row_shape(self) -> tuple[int, ...]:
        """Shape of one row, as the model takes it."""
        return tuple(map(int, self._input["shape"][1:]))

    @property
    def input_quantization(self) -> tuple[float, int]:
        """Scale and zero point: real = (int8 - zero point) * scale."""
        scale, zero = self._input["quantization"]
        return float(scale), int(zero)

    @property
    def output_quantization(self) -> tuple[float, int]:
        """Scale and zero point of the outputs, see `input_quantization`."""
        scale, zero = self._output["quantization"]
        return float(scale), int(zero)

    def quantize(self, x: Floats) -> npt.NDArray[np.int8]:
        """Return scaled rows [n, ...] as the model's int8 inputs."""
        scale, zero = self._input["quantization"]
        return np.clip(np.round(x / np.float32(scale)) + zero, -128, 127).astype(np.int8)

    def run(self, q: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
        """Return the int8 outputs [n, outputs] for int8 inputs [n, ...]."""
        q = q.reshape(len(q), *self._input["shape"][1:])
        return np.concatenate([self._run(q[start : start + _BATCH]) for start in range(0, len(q), _BATCH)])

    def predict(self, x: Floats) -> Floats:
        """Return the outputs [n, outputs] for scaled rows `x` [n, ...]; of a classifier, probabilities or logits."""
        scale, zero = self._output["quantization"]
        outputs = self.run(self.quantize(x)).astype(np.float32)
        return np.asarray((outputs - zero) * np.float32(scale), np.float32)

    def _run(self, q: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
        if len(q) != self._rows:
            self._rows = len(q)
            self._interpreter.resize_tensor_input(self._input["index"], q.shape)
            self._interpreter.allocate_tensors()
        self._interpreter.set_tensor(self._input["index"], q)
        self._interpreter.invoke()
        outputs: npt.NDArray[np.int8] = self._interpreter.get_tensor(self._output["index"])
        return outputs


def float_outputs(network: Network, x: Floats) -> Floats:
    """Return a network's outputs [n, outputs], before a softmax, for scaled rows `x` [n, ...]."""
    x, deployed = x.reshape(len(x), *network.input_shape), network.fold()
    return np.concatenate(
        [np.asarray(network(x[start : start + _BATCH], deployed)) for start in range(0, len(x), _BATCH)]
    )
