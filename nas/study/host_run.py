"""How long an interpreter takes for a model on this computer, and what it answers, as plain data."""

from dataclasses import dataclass, field

import numpy as np

from nas.arrays import Floats


@dataclass(frozen=True, slots=True, eq=False)
class HostRun:
    """A model in one interpreter on one thread.

    Attributes:
        times_us: microseconds of each inference.
        arena_bytes: bytes of the arena that TFLM uses; None for another interpreter.
        outputs: real numbers [n, outputs] for the given rows; None if none were given.
    """

    times_us: tuple[float, ...]
    arena_bytes: int | None = None
    outputs: Floats | None = field(default=None, repr=False)

    def quantile_us(self, share: float) -> float:
        """Return the time that this share of the inferences stays below; 0.5 for the median."""
        return float(np.quantile(self.times_us, share))
