"""What turns a window's features into the network's int8 input, and a window of noise with its known answer."""

import math

import numpy as np

from nas.data.prepared import Scaling
from nas.exporters.front_ends.fixed_point import SHIFT, Factors, answered, noise
from nas.signal.window_front_end import WindowFrontEnd
from nas.study.archive import Archive, Example, Quantization

# Greater factors would let a product exceed 64 bits; with these, half a unit of a value is all of int8.
_MOST_FACTOR = 2.0**40


def input_factors(front_end: WindowFrontEnd, scaling: Scaling, quantization: Quantization) -> Factors:
    """Return what turns a frame's whole numbers into int8, (value * mul + add) >> 32, int64 [values x channels]."""
    units, offsets = (values.astype(np.float64) for values in front_end.feature_units())
    step, zero = quantization.scale, quantization.zero_point
    mean, std = np.array(scaling.mean), np.array(scaling.std)
    mul = np.rint(np.minimum(units / (std * step) * 2.0**SHIFT, _MOST_FACTOR))
    add = np.rint((zero + 0.5) * 2.0**SHIFT - (mean - offsets) / units * mul)
    return mul.astype(np.int64), add.astype(np.int64)


def noise_units(front_end: WindowFrontEnd) -> str:
    """Return what a step of the noise is in the units of each channel, as the inside of a C array of floats."""
    return ", ".join(f"{1 / factor!r}f" for factor in front_end.sample_factors.tolist())


def noise_example(archive: Archive, front_end: WindowFrontEnd) -> Example:
    """Return what a device makes of a window of `noise`: the network's input, and its answer."""
    samples = noise(math.prod(archive.row_shape)).reshape(1, *archive.row_shape)
    factors = input_factors(front_end, archive.scaling, archive.input)
    return answered(archive, front_end.compute(samples), factors)
