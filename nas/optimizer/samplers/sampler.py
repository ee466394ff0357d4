"""The contract of a sampler, which proposes the next candidates, and the registry of all of them."""

from collections.abc import Callable
from typing import TypeAlias

from optuna.samplers import BaseSampler

from nas.registry import Registry

# Number of candidates that are drawn at random, or given by the space, before a sampler learns from results.
STARTUP_TRIALS = 16

Sampler: TypeAlias = Callable[[int], BaseSampler]
"""Makes Optuna's sampler for a seed. The sampler must accept studies of several objectives. It must read all that it
learns from the study's trials, so that a study can go on in another process."""

SAMPLERS: Registry[Sampler] = Registry("sampler", "nas.optimizer.samplers", loads=("optuna",))
