"""Samplers: each finds good candidates, repeats itself with its seed, and continues from stored trials."""

from functools import cache
from typing import Any

import numpy as np
import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
from optuna.samplers._tpe.sampler import default_weights

from nas.api.search import search
from nas.errors import InputError
from nas.optimizer.ledger import Ledger
from nas.optimizer.samplers import parzen
from nas.optimizer.samplers.evolution import POPULATION, EvolutionSampler
from nas.optimizer.samplers.grid import grid
from nas.optimizer.samplers.history import History, sorted_fronts
from nas.optimizer.samplers.sampler import SAMPLERS, STARTUP_TRIALS
from nas.space.dims import GivenChooser, Value
from nas.space.file import load_space
from nas.space.space import Space
from nas.study.objectives import Direction
from nas.study.record import Record, State
from nas.study.study import Study

SPACE = load_space("mlp_tabular")
SHAPE, CLASSES = (20,), 4
LIMIT = 2 * 64


def ledger(sampler: str, seed: int = 0, directions: tuple[Direction, ...] = ("maximize",)) -> Ledger:
    """A ledger that stores trials in memory, since writing them would take most of the time of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nas.optimizer.ledger.open_storage", lambda url: optuna.storages.InMemoryStorage())
        return Ledger("mine", "memory", directions, seed, sampler)


def units(params: dict[str, Value]) -> list[int]:
    return [int(value) for name, value in params.items() if name.endswith(".units")]


def trial(book: Ledger, space: Space = SPACE) -> tuple[dict[str, Value], float]:
    """One trial: the more units the better, up to a limit, and l2 everywhere."""
    asked = book.ask()
    space.sample(asked, SHAPE, CLASSES)
    params = asked.params
    score = sum(units(params)) / LIMIT + list(params.values()).count("l2")
    over = max(0.0, sum(units(params)) / LIMIT - 1)
    values = (score, float(len(units(params))))[: len(book._directions)]
    state = State.OVER_BUDGET if over else State.COMPLETE
    record = Record(book.number(asked), state, "", params, {}, 0, values=None if over else values)
    book.finish(asked, record, {"weights": over})
    return params, 0.0 if over else score


def run(book: Ledger, trials: int) -> list[tuple[dict[str, Value], float]]:
    return [trial(book) for _ in range(trials)]


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_sampler_repeats_itself_with_its_seed_and_keeps_to_the_space(name: str) -> None:
    one, two, other = (run(ledger(name, seed), 24) for seed in (3, 3, 4))
    assert one == two
    assert one != other
    for params, _ in one:
        SPACE.from_params(params, SHAPE, CLASSES)


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_sampler_serves_several_objectives(name: str) -> None:
    for params, _ in run(ledger(name, directions=("maximize", "minimize")), 24):
        SPACE.from_params(params, SHAPE, CLASSES)


# Optuna's NSGA-II crosses only the dimensions that all trials have; this space has one.
@pytest.mark.parametrize("name", sorted(set(SAMPLERS) - {"random", "nsga2"}))
def test_a_sampler_that_learns_beats_random_sampling(name: str) -> None:
    assert late(name) > 1.1 * late("random")


@cache
def late(name: str) -> float:
    return sum(score for _, score in run(ledger(name), 80)[-30:])


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_study_names_its_sampler(name: str) -> None:
    assert Study(space="mlp_tabular", budget_kb=1, sampler=name).definition()["sampler"] == name


def test_the_error_for_an_unknown_sampler_suggests_a_known_one() -> None:
    with pytest.raises(InputError, match="sampler: unknown sampler 'tpee'; did you mean tpe"):
        search(Study(space="mlp_tabular", budget_kb=1, sampler="tpee"))


def evolved(book: Ledger) -> tuple[dict[str, Value], list[dict[str, Value]]]:
    """A child, and all that may be its parents."""
    before = [params for params, score in run(book, 2 * STARTUP_TRIALS) if score]
    return trial(book)[0], before


@pytest.mark.parametrize("seed", range(8))
def test_a_mutant_differs_from_some_feasible_parent_in_few_dimensions(seed: int) -> None:
    child, parents = evolved(ledger("evolution", seed))
    shared = [sum(child.get(name) == value for name, value in parent.items()) / len(parent) for parent in parents]
    assert max(shared) >= 0.5


NAMES = [f"d{i}" for i in range(20)]
AGES = CategoricalDistribution(("old", "recent"))


def candidate(number: int, params: dict[str, Any], dims: dict[str, Any], score: float) -> optuna.trial.FrozenTrial:
    """A complete trial."""
    trial = optuna.trial.create_trial(params=params, distributions=dims, value=score)
    trial.number = number
    return trial


@pytest.mark.parametrize(("recent", "parent"), [(POPULATION - 1, "old"), (POPULATION, "recent")])
def test_a_candidate_leaves_the_population_after_a_while_however_good_it_is(
    recent: int, parent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nas.optimizer.samplers.evolution.TOURNAMENT", 10**6)  # the best of all becomes the parent
    for seed in range(10):
        sampler = EvolutionSampler(seed, ["maximize"])
        for number in range(recent + 1):
            age, score = ("recent", 0.1) if number else ("old", 1.0)
            sampler.learn(candidate(number, dict.fromkeys(NAMES, age), dict.fromkeys(NAMES, AGES), score))
        suggest = sampler.begin(recent + 1)
        assert [suggest(name, AGES) for name in NAMES].count(parent) > len(NAMES) / 2


distributions = st.one_of(
    st.builds(lambda low, n, step: IntDistribution(low, low + n * step, step=step), *[st.integers(1, 9)] * 3),
    st.builds(lambda n: FloatDistribution(0.5, 0.5 + n / 4, step=0.25), st.integers(1, 9)),
    st.lists(st.text(), min_size=2, unique=True).map(CategoricalDistribution),
)


@settings(max_examples=50)
@given(dims=st.dictionaries(st.text(min_size=1), distributions, min_size=1), seed=st.integers(0, 99))
def test_a_mutant_has_allowed_values_and_differs_from_its_parent(dims: Any, seed: int) -> None:
    parent = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=seed)).ask(dims)
    sampler = EvolutionSampler(seed, ["maximize"])
    sampler.learn(candidate(0, parent.params, dims, 1.0))
    mutant = sampler.mutant(sampler._population[0])
    assert mutant != parent.params
    assert all(dim._contains(dim.to_internal_repr(mutant[name])) for name, dim in dims.items())


@settings(max_examples=60)
@given(dim=distributions, data=st.data())
def test_a_parzen_estimator_gives_each_value_the_probability_that_optuna_s_gives_it(dim: Any, data: Any) -> None:
    values = grid(dim).values
    # Different values: where some are equal, Optuna leaves it to chance which of them has the wider kernel.
    indices = data.draw(st.lists(st.integers(0, len(values) - 1), unique=True))
    kernels = parzen.kernels(np.array(indices, np.int64), len(values), is_ordered=grid(dim).is_ordered)
    ours = parzen.weights(len(indices)) @ kernels
    internal = np.array([dim.to_internal_repr(value) for value in values])
    settings = _ParzenEstimatorParameters(1.0, True, False, default_weights, True)
    oracle = _ParzenEstimator({"x": internal[indices]}, {"x": dim}, settings)
    assert ours == pytest.approx(np.exp(oracle.log_pdf({"x": internal})), abs=1e-9)


@pytest.mark.parametrize("count", [0, 1, 24, 25, 26, 400])
def test_older_observations_weigh_less_as_in_optuna(count: int) -> None:
    expected = np.append(default_weights(count), 1.0)
    assert parzen.weights(count) == pytest.approx(expected / expected.sum())


def test_tpe_learns_from_a_bounded_number_of_trials_and_never_forgets_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nas.optimizer.samplers.history.BEST", 4)
    monkeypatch.setattr("nas.optimizer.samplers.history.LATEST", 16)
    history, dims = History(["maximize"]), {"x": IntDistribution(0, 9)}
    for number in range(200):
        history.add(candidate(number, {"x": number % 10}, dims, 1 / (1 + number)))
        assert len(history._seen) <= 2 * (4 + 16)
    assert {0, 1, 2, 3, 199, 198} <= set(history._seen)
    best, _ = history.split(3)
    assert best["x"].tolist() == [0, 1, 2]
    assert history.ended == 200


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=30))
def test_fronts_come_in_order(points: list[tuple[int, int]]) -> None:
    order = list(sorted_fronts(np.array(points, np.float64)))
    assert sorted(order) == list(range(len(points)))
    for place, i in enumerate(order):
        beaten_by_later = [
            j for j in order[place + 1 :] if points[j] != points[i] and all(np.less_equal(points[j], points[i]))
        ]
        assert not beaten_by_later


def test_a_resumed_study_mutates_parents_of_earlier_runs(tmp_path: Any) -> None:
    url = f"sqlite:///{tmp_path / 'study.db'}"
    before = run(Ledger("mine", url, ["maximize"], 0, "evolution"), 2 * STARTUP_TRIALS)
    after = Ledger("mine", url, ["maximize"], 0, "evolution")
    child, _ = trial(after)
    parents = [params for params, score in before if score]
    assert max(sum(child.get(name) == value for name, value in parent.items()) for parent in parents) > 0
    assert GivenChooser(child).choose("dense.count", SPACE.stages[0].count) == child["dense.count"]
