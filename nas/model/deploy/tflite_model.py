"""The outputs of a model for given rows: of a `.tflite` as on the device, of the float network by TensorFlow."""

import contextlib
import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from nas.arrays import Array, Floats
from nas.data.dataset import Part
from nas.errors import InputError
from nas.target.plain_c.batch import batch_of
from nas.task.task import Task

if TYPE_CHECKING:  # TensorFlow takes seconds to import, and LiteRT does without
    from nas.model.network.network import Network

_BATCH = 256


class TfliteModel:
    """A `.tflite` with one input and one output, each float32 or quantized to int8, uint8 or int16, on one thread.

    Life cycle: made from the content of a file that `nas.target.profiler.profile` has accepted; computes any number of
    rows. Where every operator adapts to the batch size of its input, many rows are computed at once; otherwise one by
    one, as on the device.

    A model of int8 whose operators plain C knows is computed by the device's arithmetic
    (`nas.target.plain_c.batch`): its answers are those of TFLM, to the bit. Others run in LiteRT's built-in kernels,
    whose int8 outputs are closest to TFLM's: a few in a thousand differ, by a step or two of 1/256. With the default
    kernels, those of XNNPACK, several times more differ.

    Args:
        tflite: the content of the file.
        place: the file in messages.
        in_litert: whether LiteRT computes in any case.

    Raises:
        InputError: the model has several inputs or outputs, another type of them, an operator that LiteRT does not
            have, or is refused by LiteRT for another reason.
    """

    def __init__(self, tflite: bytes, place: object = "the model", *, in_litert: bool = False) -> None:
        self._place = place
        with self._refusing():
            self._interpreter = Interpreter(
                model_content=tflite,
                num_threads=1,
                experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
            )
        self._input = self._only("input", self._interpreter.get_input_details())
        self._output = self._only("output", self._interpreter.get_output_details())
        self._rows = 0
        self._adapts = self._adapts_to_batch()
        of_int8 = self._input["dtype"] == self._output["dtype"] == np.int8
        self._device = batch_of(tflite) if of_int8 and not in_litert else None

    def _only(self, what: str, details: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the only input or output, which must be float32 or quantized as a whole."""
        if len(details) != 1:
            raise InputError(self._place, f"must have one {what}", got=len(details))
        (detail,) = details
        types = (np.float32, np.int8, np.uint8, np.int16)
        if detail["dtype"] not in types or len(detail["shape"]) < 2:
            got = f"{np.dtype(detail['dtype']).name} {detail['shape'].tolist()}"
            rule = f"its {what} must have a batch axis and be float32, int8, uint8 or int16"
            raise InputError(self._place, rule, got=got)
        return detail

    @contextlib.contextmanager
    def _refusing(self) -> Iterator[None]:
        """Turn what LiteRT raises into an InputError."""
        try:
            yield
        except (RuntimeError, ValueError) as error:
            raise InputError(self._place, "must run in LiteRT", got=str(error).partition("\n")[0]) from error

    @property
    def row_shape(self) -> tuple[int, ...]:
        """Shape of one row, as the model takes it."""
        return tuple(map(int, self._input["shape"][1:]))

    @property
    def outputs(self) -> int:
        """Number of outputs for a row."""
        return int(np.prod(self._output["shape"][1:]))

    @property
    def input_quantization(self) -> tuple[float, int]:
        """Scale and zero point: real = (integer - zero point) * scale; scale 0 for float32."""
        return _quantization(self._input)

    @property
    def output_quantization(self) -> tuple[float, int]:
        """Scale and zero point of the outputs, see `input_quantization`."""
        return _quantization(self._output)

    def quantize(self, x: Floats) -> Array:
        """Return scaled rows [n, ...] as the model's inputs, in its own type."""
        scale, zero = self._input["quantization"]
        kind = self._input["dtype"]
        if kind == np.float32 or not scale:
            return x.astype(kind)
        ends = np.iinfo(kind)
        return np.clip(np.round(x / np.float32(scale)) + zero, ends.min, ends.max).astype(kind)

    def run(self, q: Array) -> Array:
        """Return the outputs [n, outputs] for inputs [n, ...], both in the model's own types."""
        if self._device is not None:
            return self._device.run(q.reshape(len(q), math.prod(self.row_shape)))
        q = q.reshape(len(q), *self.row_shape)
        step = _BATCH if self._adapts else 1
        parts = [self._run(q[start : start + step]) for start in range(0, len(q), step)]
        return np.concatenate(parts) if parts else np.empty((0, self.outputs), self._output["dtype"])

    def predict(self, x: Floats) -> Floats:
        """Return the outputs [n, outputs] for scaled rows `x` [n, ...]; of a classifier, probabilities or logits."""
        scale, zero = self._output["quantization"]
        outputs = self.run(self.quantize(x)).astype(np.float32)
        return np.asarray((outputs - zero) * np.float32(scale) if scale else outputs, np.float32)

    def answered(self, x: Floats, learns: Task) -> tuple[Array, Array | None]:
        """Return what a task's answers to scaled rows [n, ...] are made of: outputs, and rows where it needs them.

        Both are then whole numbers of steps, as on the device, which subtracts one from the other.
        """
        if not learns.reconstructs:
            return self.predict(x), None
        q = self.quantize(x)
        scale, zero = _quantization(self._input)
        own, own_zero = _quantization(self._output)
        # The two scales of a reconstruction differ by less than a thousandth of a step, see `fake_quantize`.
        own = scale if math.isclose(own, scale, rel_tol=1e-5) else own
        steps = self.run(learns.read(q)).astype(np.float64) - own_zero, q.astype(np.float64) - zero
        return steps[0] * (own or 1.0), steps[1] * (scale or 1.0)

    def _run(self, q: Array) -> Array:
        with self._refusing():
            self._resize(len(q))
            self._interpreter.set_tensor(self._input["index"], q)
            self._interpreter.reset_all_variables()  # each row begins anew
            self._interpreter.invoke()
        return np.asarray(self._interpreter.get_tensor(self._output["index"])).reshape(len(q), -1)

    def _resize(self, rows: int) -> None:
        if rows != self._rows:
            self._rows = 0  # unknown, if one of the next lines fails
            self._interpreter.resize_tensor_input(self._input["index"], (rows, *self.row_shape))
            self._interpreter.allocate_tensors()
            self._rows = rows

    def _adapts_to_batch(self) -> bool:
        """Return whether the model computes two rows at once as it computes each of them alone."""
        rows = np.random.default_rng(0).standard_normal((2, *self.row_shape)).astype(np.float32)
        q = self.quantize(rows)
        alone = [self._run(q[:1]), self._run(q[1:])]
        try:
            together = self._run(q)
        except (InputError, ValueError):
            return False
        return np.allclose(together, np.concatenate(alone), rtol=1e-3, atol=1e-4)


def _quantization(detail: dict[str, Any]) -> tuple[float, int]:
    scale, zero = detail["quantization"]
    return float(scale), int(zero)


def judge(tflite: bytes, part: Part, learns: Task, outputs: int) -> tuple[Task, Mapping[str, float]]:
    """Return the metrics of an int8 model with this number of outputs on scaled validation rows, by name.

    Beside them the task, with what it takes from the model's answers.
    """
    answers = learns.answers(*TfliteModel(tflite).answered(part.x, learns))
    learned = learns.calibrated(answers, part.y)
    return learned, learned.scores(learned.tally(answers, part.y, outputs))


def float_outputs(network: "Network", x: Floats) -> Floats:
    """Return a network's outputs [n, outputs], before a softmax or last sigmoid, for scaled rows `x` [n, ...]."""
    x, deployed = x.reshape(len(x), *network.input_shape), network.fold()
    return np.concatenate(
        [np.asarray(network(x[start : start + _BATCH], deployed)) for start in range(0, len(x), _BATCH)]
    )
