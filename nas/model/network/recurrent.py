"""Long short-term memory as TensorFlow computes it for all steps at once, forward and backward.

A state h and cells c, of `units` values each, begin at 0. A step reads x and h (Hochreiter & Schmidhuber, 1997):

    i, f, g, o = sigmoid, sigmoid, tanh, sigmoid of the quarters of [x, h] kernel + bias
    c = f c + i g
    h = o tanh(c), which is the output

Kernel [inputs + units, 4 units] and bias [4 units] are those of keras.layers.LSTM, whose two kernels are one here.
"""

from typing import Any

import numpy as np

from nas.arrays import Floats
from nas.model.runtime import tf


def initial_lstm(units: int, inputs: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return a random kernel and a bias, as Keras initializes them.

    The kernel of inputs is uniform (Glorot & Bengio, 2010), that of the state orthogonal (Saxe et al., 2013); biases
    are 0, and 1 for the forget gate, so that cells remember at first.
    """
    limit = np.sqrt(6 / (inputs + 4 * units))
    of_inputs = rng.uniform(-limit, limit, (inputs, 4 * units))
    of_state, _ = np.linalg.qr(rng.normal(size=(4 * units, units)))
    bias = np.repeat([0.0, 1.0, 0.0, 0.0], units)
    return np.concatenate([of_inputs, of_state.T]).astype(np.float32), bias.astype(np.float32)


def lstm(x: Any, kernel: Any, bias: Any) -> Any:
    """Return the states [n, steps, units] after each step for sequences [n, steps, inputs]."""
    return tf.transpose(lstm_states(x, kernel, bias)[0], (1, 0, 2))


def lstm_states(x: Any, kernel: Any, bias: Any) -> tuple[Any, Any]:
    """Return the states and the cells, [steps, n, units] each, for sequences [n, steps, inputs]."""
    return _block(tf.transpose(x, (1, 0, 2)), *map(tf.convert_to_tensor, (kernel, bias)))


@tf.custom_gradient
def _block(x: Any, kernel: Any, bias: Any) -> Any:
    """Compute sequences [steps, n, inputs] by an operator of TensorFlow.

    The gradient that is registered for it is that of an older one, which has another order of gates.
    """
    steps, rows = tf.unstack(tf.shape(x))[:2]
    units = tf.shape(bias)[0] // 4
    start, unused = tf.zeros((rows, units)), tf.zeros((units,))
    given = {
        "seq_len_max": tf.cast(steps, tf.int64),
        "x": x,
        "cs_prev": start,
        "h_prev": start,
        "w": kernel,
        **dict.fromkeys(("wci", "wcf", "wco"), unused),
        "b": bias,
        "use_peephole": False,
    }
    found = tf.raw_ops.BlockLSTMV2(**given, cell_clip=-1.0)

    def gradient(of_states: Any, of_cells: Any) -> Any:
        own = tf.raw_ops.BlockLSTMGradV2(**given, **found._asdict(), h_grad=of_states, cs_grad=of_cells)
        return own.x_grad, own.w_grad, own.b_grad

    return (found.h, found.cs), gradient
