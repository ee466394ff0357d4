"""Optuna's own samplers."""

from optuna.samplers import BaseSampler, NSGAIISampler, RandomSampler, TPESampler

from nas.optimizer.samplers.sampler import SAMPLERS, STARTUP_TRIALS


@SAMPLERS.register("random")
def random(seed: int) -> BaseSampler:
    """Draw every value with equal probability."""
    return RandomSampler(seed=seed)


@SAMPLERS.register("tpe")
def tpe(seed: int) -> BaseSampler:
    """Tree-structured Parzen estimator."""
    return TPESampler(seed=seed, n_startup_trials=STARTUP_TRIALS)


@SAMPLERS.register("nsga2")
def nsga2(seed: int) -> BaseSampler:
    """Genetic algorithm with non-dominated sorting (NSGA-II), on the dimensions that all candidates have."""
    # A study has a few hundred candidates; Optuna's 50 a generation would leave it only a handful of generations.
    return NSGAIISampler(population_size=STARTUP_TRIALS, seed=seed)
