"""A trial that has begun: it chooses the dimensions of its candidate as a sampler suggests them."""

import itertools
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import FrozenTrial, TrialState

from nas.optimizer.samplers.sampler import Suggest
from nas.space.dims import Choice, Dim, Value
from nas.study.record import Record, State
from nas.task.task import validation_curve

BeginCandidate: TypeAlias = Callable[[], Suggest]
"""Lets the sampler begin a candidate."""

STATES: Mapping[State, TrialState] = {
    State.COMPLETE: TrialState.COMPLETE,
    State.OVER_BUDGET: TrialState.PRUNED,
    State.PRUNED: TrialState.PRUNED,
    State.DUPLICATE: TrialState.PRUNED,
    State.FAILED: TrialState.FAIL,
}
"""How the state of a record is stored; Optuna has fewer states."""

# A trial's attribute: the number of the trial whose training it resumes.
_CONTINUES = "continues"


class Trial:
    """A trial, which chooses the dimensions of its candidate.

    Args:
        place: its place in the order in which this process began trials, by which the sampler knows it.
        begin: lets the sampler begin the candidate; called when a value is wanted that is not given.
        given: values that are not asked for.
        continues: number of the trial whose training this one resumes; None for a new candidate.
        number: of the stored trial; None as long as the trial is not stored.

    Attributes:
        params: the chosen values. Optuna's own differ by rounding: 0.1 + 2 * 0.1 in place of 0.3.
    """

    def __init__(
        self,
        place: int,
        begin: BeginCandidate,
        given: Mapping[str, Value] | None = None,
        continues: int | None = None,
        number: int | None = None,
    ) -> None:
        self.place = place
        self.number = number
        self.continues = continues
        self.params: dict[str, Value] = {}
        self._distributions: dict[str, BaseDistribution] = {}
        self._begin = begin
        self._suggest: Suggest | None = None
        self._given = given or {}

    def choose(self, name: str, dim: Dim) -> Value:
        """Return one of `dim.values` for the dimension called `name`."""
        numbers, distribution = _described(dim)
        self._distributions[name] = distribution
        value: Value = self._given[name] if name in self._given else self._suggested(name, distribution)
        if value in numbers:
            value = numbers[numbers.index(value)]  # an 8 may be given as 8.0
        elif numbers:
            value = min(numbers, key=lambda number: abs(number - float(value)))
        self.params[name] = value
        return value

    def _suggested(self, name: str, distribution: BaseDistribution) -> Any:
        if self._suggest is None:
            self._suggest = self._begin()
        return self._suggest(name, distribution)

    def running(self) -> FrozenTrial:
        """Return the trial as it is stored while its candidate is trained."""
        return self._frozen(TrialState.RUNNING)

    def ended(self, record: Record, violations: Mapping[str, float], *, one_objective: bool) -> FrozenTrial:
        """Return the trial as it is stored at its end, without its record."""
        state = STATES[record.state]
        step, reached = _reached(record)
        return self._frozen(
            state,
            values=list(record.values) if state == TrialState.COMPLETE and record.values else None,
            # Optuna takes no intermediate values in studies of several objectives.
            reached={step: reached} if reached is not None and one_objective else None,
            violations=violations,
        )

    def _frozen(
        self,
        state: TrialState,
        values: list[float] | None = None,
        reached: dict[int, float] | None = None,
        violations: Mapping[str, float] | None = None,
    ) -> FrozenTrial:
        """Return the trial as Optuna has it; made at once, since `create_trial` checks each value, which takes long."""
        now = datetime.now()
        frozen = FrozenTrial(
            number=self.place,
            trial_id=-1,
            state=state,
            value=None,
            values=values,
            datetime_start=now,
            datetime_complete=now if state.is_finished() else None,
            params=dict(self.params),
            distributions=self._distributions,
            user_attrs={} if self.continues is None else {_CONTINUES: self.continues},
            system_attrs={},
            intermediate_values=reached or {},
        )
        for name, excess in (violations or {}).items():
            frozen.set_constraint(name, float(excess))
        return frozen


def left_running(frozen: FrozenTrial, place: int, begin: BeginCandidate, *, stored: bool = True) -> Trial:
    """Return the trial that an earlier run, or another process, has left running, with the values that it had chosen.

    Args:
        frozen: the trial.
        place: see `Trial`.
        begin: see `Trial`.
        stored: whether it goes on under its number; if not, it gets a new one.
    """
    continues = frozen.user_attrs.get(_CONTINUES)
    return Trial(place, begin, frozen.params, continues, frozen.number if stored else None)


@cache
def _described(dim: Dim) -> tuple[tuple[int | float, ...], BaseDistribution]:
    """Return a dimension's values if a sampler takes them for neighbours, and Optuna's description of it."""
    numbers = _evenly_spaced(dim)
    if not numbers:
        return (), CategoricalDistribution(dim.values)
    low, high, step = numbers[0], numbers[-1], numbers[1] - numbers[0]
    if isinstance(low, int) and isinstance(step, int):
        return numbers, IntDistribution(low, int(high), step=step)
    return numbers, FloatDistribution(low, high, step=round(step, 12))


def _evenly_spaced(dim: Dim) -> tuple[int | float, ...]:
    """Return a dimension's values if they are numbers at equal distances, which a sampler takes for neighbours."""
    numbers = tuple(n for n in dim.values if isinstance(n, int | float) and not isinstance(n, bool))
    steps = [b - a for a, b in itertools.pairwise(numbers)]
    if len(numbers) < len(dim.values) or not steps or min(steps) <= 0:
        return ()
    if isinstance(dim, Choice) and (len(set(steps)) > 1 or not all(isinstance(n, int) for n in numbers)):
        return ()
    return numbers


def _reached(record: Record) -> tuple[int, float | None]:
    """Return the epoch at which a candidate was pruned, and its best validation accuracy until then."""
    curve = validation_curve(record.history)
    return len(curve), max(curve) if curve and record.state == State.PRUNED else None
