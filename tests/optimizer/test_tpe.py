"""The sampler `tpe` beside Optuna's `TPESampler`, after the same trials."""

import random
from typing import Any

import numpy as np
import optuna
import pytest
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers import TPESampler
from optuna.samplers._tpe import parzen_estimator
from optuna.samplers._tpe.sampler import _split_trials, default_gamma
from optuna.trial import FrozenTrial, TrialState, create_trial

from nas.optimizer.samplers.grid import grid
from nas.optimizer.samplers.tpe import TpeSampler

DIMS: dict[str, BaseDistribution] = {
    "count": IntDistribution(1, 4),
    "filters": IntDistribution(4, 32, step=4),
    "kind": CategoricalDistribution(("plain", "separable")),
    "rate": FloatDistribution(0.0, 1.0, step=0.25),
    "kernel": CategoricalDistribution((3, 5, 7, 9)),  # of every second trial
}


class StableSort:
    """NumPy, but equal values keep their order, where Optuna leaves it to chance which has the wider kernel."""

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)

    def argsort(self, values: Any) -> Any:
        return np.argsort(values, kind="stable")


def trials(count: int, draw: random.Random) -> list[FrozenTrial]:
    """Trials that were trained, stopped at a rung, beyond the budget or duplicates of others."""
    made = []
    for number in range(count):
        dims = {name: dim for name, dim in DIMS.items() if name != "kernel" or draw.random() < 0.5}
        params = {name: draw.choice(grid(dim).values) for name, dim in dims.items()}
        facts: dict[str, Any] = draw.choice(
            [
                {"state": TrialState.COMPLETE, "value": draw.random()},
                {"state": TrialState.PRUNED, "intermediate_values": {draw.choice([2, 6]): draw.random()}},
                {"state": TrialState.PRUNED, "constraints": {"weights": draw.random(), "ram": 0.0}},
                {"state": TrialState.PRUNED},
            ]
        )
        made.append(create_trial(params=params, distributions=dims, **facts))
        made[-1].number = number
    return made


@pytest.mark.parametrize("count", [16, 40, 150])
def test_after_the_same_trials_tpe_has_the_probabilities_of_optunas_sampler(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parzen_estimator, "np", StableSort())
    ours, theirs = TpeSampler(0, ["maximize"]), TPESampler(seed=0)
    study = optuna.create_study(direction="maximize", sampler=theirs)
    for trial in trials(count, random.Random(count)):
        ours.learn(trial)
        study.add_trial(trial)
    model = ours._describe()
    below, above = _split_trials(study, study.get_trials(deepcopy=False), default_gamma(count))

    def likelihood(names: list[str], chosen: list[np.ndarray], *, best: bool) -> np.ndarray:
        dims = {name: DIMS[name] for name in names}
        estimator = theirs._build_parzen_estimator(study, dims, below if best else above, best)
        known = zip(dims.items(), chosen, strict=True)
        return np.exp(
            estimator.log_pdf(
                {name: np.array([dim.to_internal_repr(grid(dim).values[i]) for i in own]) for (name, dim), own in known}
            )
        )

    assert set(model.together) == set(DIMS) - {"kernel"}
    drawn = [np.random.default_rng(0).integers(len(grid(DIMS[name]).values), size=24) for name in model.together]
    for which, best in enumerate((True, False)):
        assert model._likelihood(which, drawn) == pytest.approx(likelihood([*model.together], drawn, best=best))
    single = model.single("kernel")
    assert single is not None
    every = [np.arange(4)]
    good, others = (likelihood(["kernel"], every, best=best) for best in (True, False))
    assert np.diff(single[0], prepend=0.0) == pytest.approx(good)
    assert single[1] == pytest.approx(good / others)
