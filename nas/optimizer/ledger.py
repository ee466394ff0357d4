"""The trials of a study: sampled in memory, kept in Optuna's storage.

Optuna writes each sampled dimension to its storage separately, which is slow. So trials are sampled by a study in
memory, and each is stored in one piece: when its training starts, or when it has ended without a training.
"""

import itertools
import json
import os
import socket
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import optuna
import psutil
from optuna.storages import BaseStorage
from optuna.trial import Trial, TrialState

from nas.codec import Place
from nas.errors import InputError
from nas.optimizer.samplers.sampler import SAMPLERS
from nas.optimizer.storage import open_storage, repair
from nas.space.dims import Choice, Dim, Value
from nas.study.changes import refuse_changes
from nas.study.objectives import Direction
from nas.study.record import Record, State

optuna.logging.set_verbosity(optuna.logging.WARNING)

_OPTUNA_STATES = {
    State.COMPLETE: TrialState.COMPLETE,
    State.OVER_BUDGET: TrialState.PRUNED,
    State.PRUNED: TrialState.PRUNED,
    State.DUPLICATE: TrialState.PRUNED,
    State.FAILED: TrialState.FAIL,
}
# By how much the time at which a process began may differ between two readings, since the clock may be corrected.
_CLOCK_SECONDS = 2
# A trial's attribute: the number of the trial whose training it resumes.
_CONTINUES = "continues"


class TrialChooser:
    """Chooses the dimensions of a candidate as an Optuna trial suggests them.

    Attributes:
        params: the chosen values. Optuna's own `params` differ by rounding: 0.1 + 2 * 0.1 in place of 0.3.
    """

    def __init__(self, trial: Trial) -> None:
        self.params: dict[str, Value] = {}
        self._trial = trial

    def choose(self, name: str, dim: Dim) -> Value:
        self.params[name] = self._suggest(name, dim)
        return self.params[name]

    def _suggest(self, name: str, dim: Dim) -> Value:
        numbers = _evenly_spaced(dim)
        if not numbers:
            value = self._trial.suggest_categorical(name, dim.values)
            assert value is not None
            return value
        low, high, step = numbers[0], numbers[-1], numbers[1] - numbers[0]
        if isinstance(low, int) and isinstance(step, int):
            return self._trial.suggest_int(name, low, int(high), step=step)
        suggested = self._trial.suggest_float(name, low, high, step=round(step, 12))
        return min(numbers, key=lambda number: abs(number - suggested))


def _evenly_spaced(dim: Dim) -> list[int | float]:
    """Return a dimension's values if they are numbers at equal distances, which a sampler takes for neighbours."""
    numbers = [n for n in dim.values if isinstance(n, int | float) and not isinstance(n, bool)]
    steps = [b - a for a, b in itertools.pairwise(numbers)]
    if len(numbers) < len(dim.values) or not steps or min(steps) <= 0:
        return []
    if isinstance(dim, Choice) and (len(set(steps)) > 1 or not all(isinstance(n, int) for n in numbers)):
        return []
    return numbers


class Ledger:
    """The trials of one study.

    Life cycle: opening it loads what an earlier run has stored; a study that is not there is made with `begin`, and is
    an InputError without. `ask` or `resume` begins a trial in memory, `start` stores it as running, `finish` stores how
    it ended. A run that is killed leaves running trials behind; `unfinished` returns them to the next run. Facts about
    the whole study are kept with `put` and `get`.

    Numbers of trials are always those of the storage.
    """

    def __init__(
        self,
        name: str,
        url: str,
        directions: Sequence[Direction],
        seed: int,
        sampler: str = "tpe",
        *,
        begin: bool = True,
    ) -> None:
        self.name = name
        self._url = url
        self._storage = open_storage(url)
        self._kept = _open_study(self._storage, name, directions if begin else None, url)
        if [direction.name.lower() for direction in self._kept.directions] != list(directions):
            rule = "must stay what it was when the study began"
            raise InputError(f"study {name}: objective", rule, hint="give another --name")
        self._study_id = self._storage.get_study_id_from_name(name)
        trials = self._kept.trials
        self._memory = optuna.create_study(
            directions=list(directions), sampler=SAMPLERS[sampler](_later(seed, len(trials)))
        )
        self._ids: dict[int, int] = {}  # number in memory -> id in the storage
        self._numbers: dict[int, int] = {}  # number in memory -> number in the storage
        for trial in trials:
            self._memory.add_trial(trial)
            self._ids[len(self._ids)] = trial._trial_id
            self._numbers[len(self._numbers)] = trial.number

    def records(self) -> list[Record]:
        """Return the records of all trials that have ended."""
        return [
            Record.from_json(trial.user_attrs["record"], Place(f"study {self.name}, trial {trial.number}"))
            for trial in self._kept.get_trials(deepcopy=False)
            if trial.state.is_finished() and "record" in trial.user_attrs
        ]

    def unfinished(self) -> list[tuple[Trial, int]]:
        """Return the trials that were running when an earlier run ended, each with its number."""
        return [
            (Trial(self._memory, trial._trial_id), self._numbers[trial.number])
            for trial in self._memory.get_trials(deepcopy=False, states=[TrialState.RUNNING])
        ]

    def propose(self, params: Mapping[str, Value]) -> None:
        """Let the next trial have these dimensions, unless some trial has had them already."""
        self._memory.enqueue_trial(dict(params), skip_if_exists=True)

    @property
    def proposed(self) -> bool:
        """Whether some proposed dimensions have not been given to a trial yet."""
        return bool(self._memory.get_trials(deepcopy=False, states=[TrialState.WAITING]))

    def ask(self) -> Trial:
        """Begin a trial; its dimensions are chosen through `TrialChooser`."""
        return self._memory.ask()

    def resume(self, record: Record) -> Trial:
        """Begin a trial that resumes the training of another one, since Optuna accepts only one result for a trial.

        `proposed` must be false, since proposed dimensions would be given to this trial.
        """
        assert not self.proposed
        self._memory.enqueue_trial(dict(record.params), user_attrs={_CONTINUES: record.trial})
        return self._memory.ask()

    def continues(self, trial: Trial) -> int | None:
        """Return the number of the trial whose training this one resumes; None for a new candidate."""
        number: int | None = trial.user_attrs.get(_CONTINUES)
        return number

    def start(self, trial: Trial) -> int:
        """Store the trial as running; return its number."""
        return self._store(trial)

    def finish(self, trial: Trial, record: Record, violations: Mapping[str, float]) -> None:
        """Tell the sampler and the storage how the trial ended."""
        for name, fraction in violations.items():
            trial.set_constraint(name, fraction)
        state = _OPTUNA_STATES[record.state]
        # Optuna takes no intermediate values in studies of several objectives.
        step, reached = _reached(record) if len(self._memory.directions) == 1 else (0, None)
        if reached is not None:
            trial.report(reached, step)
        self._memory.tell(trial, list(record.values) if state == TrialState.COMPLETE and record.values else None, state)
        if trial.number in self._ids:
            trial_id = self._ids[trial.number]
            self._storage.set_trial_user_attr(trial_id, "record", record.to_json())
            if reached is not None:
                self._storage.set_trial_intermediate_value(trial_id, step, reached)
            self._storage.set_trial_state_values(trial_id, state, record.values)
        else:
            self._store(trial, record)

    def next_number(self) -> int:
        """Return the number that the next stored trial will have."""
        # Only this process adds trials, so all are known here; the storage would read every trial to count them.
        return len(self._ids)

    def put(self, key: str, value: object) -> None:
        self._storage.set_study_user_attr(self._study_id, key, value)

    def get(self, key: str) -> Any:
        """Return what `put` kept under `key`; None if nothing was."""
        return self._storage.get_study_user_attrs(self._study_id).get(key)

    def append(self, key: str, value: object) -> None:
        """Add a value to the list that `listed` returns; what is already in it is not written again."""
        self.put(f"{key}[{len(self.listed(key))}]", value)

    def listed(self, key: str) -> list[Any]:
        """Return what `append` has added under `key`, in order."""
        kept = self._storage.get_study_user_attrs(self._study_id)
        # Earlier releases kept the whole list as one value.
        values = list(kept.get(key) or [])
        while f"{key}[{len(values)}]" in kept:
            values.append(kept[f"{key}[{len(values)}]"])
        return values

    def importances(self) -> dict[str, float]:
        """Return the share of the first objective's variance that each dimension explains; empty if unknown."""
        from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return get_param_importances(
                    self._memory, evaluator=PedAnovaImportanceEvaluator(), target=lambda trial: trial.values[0]
                )
        except (ValueError, RuntimeError):  # too few complete trials, or no dimension that all of them have
            return {}

    def lock(self, identity: Mapping[str, object]) -> None:
        """Let only this process run the study, and check that the study's definition is the same as in earlier runs.

        Raises:
            InputError: another process on this machine runs it, or its identity was another one.
        """
        if (owner := self.runner()) is not None:
            rule, hint = "must be run by one process at a time", "end that process first, or give another --name"
            raise InputError(f"study {self.name}", rule, got=f"{owner} running it", hint=hint)
        repair(self._url)
        now = json.loads(json.dumps(identity))
        refuse_changes(self.name, self.get("identity") or now, now)
        self.put("identity", now)
        self.put("owner", _me())

    def runner(self) -> str | None:
        """Return which other process on this machine runs the study now, in words; None if none does."""
        owner: str | None = self.get("owner")
        if owner is None or not _alive(owner):
            return None
        host, pid, *_ = owner.split(":")
        # On one host, a living process with this number is this one.
        return None if pid == str(os.getpid()) else f"process {pid} of {host}"

    def unlock(self) -> None:
        """Let other processes run the study: this one has ended its run, though it may live on, as a notebook does."""
        self.put("owner", None)

    def forget(self) -> None:
        """Remove the study from its storage; nothing can be done with it afterwards."""
        self._storage.delete_study(self._study_id)

    def _store(self, trial: Trial, record: Record | None = None) -> int:
        frozen = self._memory.get_trials(deepcopy=False)[trial.number]
        if record is not None:
            frozen.user_attrs["record"] = record.to_json()
        self._ids[trial.number] = self._storage.create_new_trial(self._study_id, template_trial=frozen)
        number = self._storage.get_trial(self._ids[trial.number]).number
        self._numbers[trial.number] = number
        return number


def _reached(record: Record) -> tuple[int, float | None]:
    """Return the epoch at which a candidate was pruned, and its best validation accuracy until then."""
    curve = record.history.get("val_accuracy", ())
    return len(curve), max(curve) if curve and record.state == State.PRUNED else None


class NoTrialsError(InputError):
    """A study's trials are not where its definition says."""

    def __init__(self, name: str, place: object) -> None:
        super().__init__(place, f"must hold the trials of study {name}", hint="run the study with `nas search` first")


def _open_study(storage: BaseStorage, name: str, begin: Sequence[Direction] | None, url: str) -> optuna.Study:
    """Load the study, or begin it with these directions if it is not there.

    Loading writes nothing, since another process may be running the study.
    """
    try:
        return optuna.load_study(study_name=name, storage=storage)
    except KeyError:
        if begin is None:
            raise NoTrialsError(name, url) from None
        repair(url)
        # Another process may have begun it in the meantime.
        return optuna.create_study(storage=storage, study_name=name, directions=list(begin), load_if_exists=True)


def _later(seed: int, trials: int) -> int:
    """Return the seed of a run that begins with `trials` stored trials, so that it does not repeat an earlier run's."""
    return (seed * 1_000_003 + trials) % 2**32


def _me() -> str:
    """Return what tells this process from all others: the host, its number, and when it began in seconds."""
    return f"{socket.gethostname()}:{os.getpid()}:{psutil.Process().create_time():.0f}"


def _alive(owner: str) -> bool:
    """Return whether a process still runs.

    After a reboot, or in another container, its number may belong to another process, which began at another time.
    """
    # Earlier releases did not keep the time.
    host, pid, *began = owner.split(":")
    try:
        found = psutil.Process(int(pid)).create_time() if host == socket.gethostname() else None
        return found is not None and all(abs(found - float(time)) <= _CLOCK_SECONDS for time in began)
    except (psutil.NoSuchProcess, ValueError):
        return False
    except psutil.AccessDenied:
        return True
