"""The contract of a sampler, which proposes the next candidates, and the registry of all of them."""

from collections.abc import Callable
from typing import TypeAlias

from optuna.samplers import BaseSampler

from nas.registry import Registry

# Candidates drawn at random, or given by the space, before a sampler that learns begins to.
STARTUP_TRIALS = 16

Sampler: TypeAlias = Callable[[int], BaseSampler]
"""Makes Optuna's sampler for a seed; it must serve studies of several objectives, and the first line of its docstring
describes it. What it learns must be read from the study's trials, so that a study can go on in another process."""

SAMPLERS: Registry[Sampler] = Registry("sampler", "nas.optimizer.samplers", loads=("optuna",))
