"""Samplers: each finds good candidates, repeats itself with its seed, and continues from stored trials."""

from functools import cache
from typing import Any

import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from nas.api.search import search
from nas.errors import InputError
from nas.optimizer.ledger import Ledger, TrialChooser
from nas.optimizer.samplers.evolution import POPULATION, EvolutionSampler
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
    chooser = TrialChooser(asked)
    space.sample(chooser, SHAPE, CLASSES)
    params = chooser.params
    score = sum(units(params)) / LIMIT + list(params.values()).count("l2")
    over = max(0.0, sum(units(params)) / LIMIT - 1)
    values = (score, float(len(units(params))))[: len(book._memory.directions)]
    state = State.OVER_BUDGET if over else State.COMPLETE
    record = Record(book.next_number(), state, "", params, {}, 0, values=None if over else values)
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
    with pytest.raises(InputError, match="--sampler: sampler must be a known one, got 'tpee'; did you mean tpe"):
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


def candidate(age: str, score: float) -> optuna.trial.FrozenTrial:
    """A complete trial with the same value in all dimensions."""
    return optuna.trial.create_trial(
        params=dict.fromkeys(NAMES, age), distributions=dict.fromkeys(NAMES, AGES), value=score
    )


@pytest.mark.parametrize(("recent", "parent"), [(POPULATION - 1, "old"), (POPULATION, "recent")])
def test_a_candidate_leaves_the_population_after_a_while_however_good_it_is(
    recent: int, parent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nas.optimizer.samplers.evolution.TOURNAMENT", 10**6)  # the best of all becomes the parent
    for seed in range(10):
        study = optuna.create_study(direction="maximize", sampler=EvolutionSampler(seed))
        study.add_trial(candidate("old", 1.0))
        study.add_trials([candidate("recent", 0.1)] * recent)
        child = study.ask(dict.fromkeys(NAMES, AGES))
        assert list(child.params.values()).count(parent) > len(NAMES) / 2


distributions = st.one_of(
    st.builds(lambda low, n, step: IntDistribution(low, low + n * step, step=step), *[st.integers(1, 9)] * 3),
    st.builds(lambda n: FloatDistribution(0.5, 0.5 + n / 4, step=0.25), st.integers(1, 9)),
    st.lists(st.text(), min_size=2, unique=True).map(CategoricalDistribution),
)


@settings(max_examples=50)
@given(dims=st.dictionaries(st.text(min_size=1), distributions, min_size=1), seed=st.integers(0, 99), data=st.data())
def test_a_mutant_has_allowed_values_and_differs_from_its_parent(dims: Any, seed: int, data: st.DataObject) -> None:
    parent = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=seed)).ask(dims)
    frozen = parent.study.trials[0]
    mutant = EvolutionSampler(seed)._mutant(frozen)
    assert mutant != frozen.params
    assert all(dim._contains(dim.to_internal_repr(mutant[name])) for name, dim in dims.items())


def test_a_resumed_study_mutates_parents_of_earlier_runs(tmp_path: Any) -> None:
    url = f"sqlite:///{tmp_path / 'study.db'}"
    before = run(Ledger("mine", url, ["maximize"], 0, "evolution"), 2 * STARTUP_TRIALS)
    after = Ledger("mine", url, ["maximize"], 0, "evolution")
    child, _ = trial(after)
    parents = [params for params, score in before if score]
    assert max(sum(child.get(name) == value for name, value in parent.items()) for parent in parents) > 0
    assert GivenChooser(child).choose("dense.count", SPACE.stages[0].count) == child["dense.count"]
