"""The trials of a study, kept in Optuna's storage, and the sampler that proposes them.

Optuna writes each sampled dimension to its storage separately, which is slow. So a trial is stored in one piece: when
its training starts, or when it has ended without a training. Neither the sampler nor this process's view of the
storage holds all that is known of all trials, so that a long search needs no more memory or time than a short one.
"""

import copy
import json
import socket
import warnings
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import optuna
from optuna.exceptions import UpdateFinishedTrialError
from optuna.storages import BaseStorage, RDBStorage
from optuna.trial import FrozenTrial, TrialState

from nas.codec import Place
from nas.errors import InputError
from nas.optimizer import owner
from nas.optimizer.peers import Patient, Peers, is_shared
from nas.optimizer.samplers.sampler import SAMPLERS
from nas.optimizer.storage import alone, open_storage, open_study, open_thin, repair
from nas.optimizer.trial import STATES, BeginCandidate, Trial, left_running
from nas.space.dims import Value
from nas.study.changes import refuse_changes
from nas.study.objectives import Direction
from nas.study.record import Record

optuna.logging.set_verbosity(optuna.logging.WARNING)


class Ledger:
    """The trials of one study.

    Life cycle: opening it loads what an earlier run has stored; a study that is not there is made with `begin`, and is
    an InputError without. `ask` or `resume` begins a trial in memory, `start` stores it as running, `finish` stores how
    it ended. A run that is killed leaves running trials behind; `unfinished` returns them to the next run. Facts about
    the whole study are kept with `put` and `get`. A run calls `slim` when it has read what earlier runs have stored.

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
        storage = open_storage(url)
        self._storage: BaseStorage | Patient = storage
        study = open_study(storage, name, directions if begin else None, url)
        self._kept: optuna.Study | None = study
        self._peers: Peers | None = None
        self._owner_key = "owner"
        if [direction.name.lower() for direction in study.directions] != list(directions):
            rule = "must stay what it was when the study began"
            raise InputError(f"study {name}: objective", rule, hint="give another --name")
        self._study_id = self._storage.get_study_id_from_name(name)
        self._one_objective = len(directions) == 1
        self._directions, self._sampler_name, self._seed = directions, sampler, seed
        self._proposed: list[dict[str, Value]] = []
        self._ids: dict[int, int] = {}  # of the running trials: number -> id in the storage
        self._load()

    def records(self) -> list[Record]:
        """Return the records of all trials that have ended."""
        ended = [trial for trial in self._whole().get_trials(deepcopy=False) if trial.state.is_finished()]
        if self._peers is not None:
            self._peers.add(trial.number for trial in ended)
        return [record for trial in ended if (record := self._record(trial)) is not None]

    def _record(self, trial: FrozenTrial) -> Record | None:
        """Return the record of a trial that has ended; None if it was taken from a dead process, which had none."""
        if "record" not in trial.user_attrs:
            return None
        record = Record.from_json(trial.user_attrs["record"], Place(f"study {self.name}, trial {trial.number}"))
        return record if STATES[record.state] == trial.state else None

    def unfinished(self) -> list[Trial]:
        """Return the trials that were running when an earlier run ended.

        In a storage that several processes share, they may run elsewhere; `hear` returns those that nobody runs.
        """
        if self._peers is not None:
            return []
        trials = []
        for frozen in self._left:
            self._ids[frozen.number] = frozen._trial_id
            trials.append(left_running(frozen, *self._begun()))
        return trials

    def propose(self, params: Mapping[str, Value]) -> None:
        """Let the next trial have these dimensions, unless some trial has had them already."""
        if params not in (*self._had, *self._proposed):
            self._proposed.append(dict(params))

    @property
    def proposed(self) -> bool:
        """Whether some proposed dimensions have not been given to a trial yet."""
        return bool(self._proposed)

    def ask(self) -> Trial:
        """Begin a trial."""
        given = self._proposed.pop(0) if self._proposed else None
        return Trial(*self._begun(), given)

    def resume(self, record: Record) -> Trial:
        """Begin a trial that resumes the training of another one, since Optuna accepts only one result for a trial."""
        return Trial(*self._begun(), record.params, record.trial)

    def start(self, trial: Trial) -> int:
        """Store the trial as running, unless an earlier run has; return its number."""
        frozen = trial.running()
        self._sampler.learn(frozen)
        if trial.number is None:
            trial.number = self._store(frozen)
        return trial.number

    def finish(self, trial: Trial, record: Record, violations: Mapping[str, float]) -> bool:
        """Tell the sampler and the storage how the trial ended.

        Returns:
            Whether the trial was still this process's: another one may have taken it, if this one was cut off.
        """
        frozen = trial.ended(record, violations, one_objective=self._one_objective)
        if trial.number is None:
            frozen.user_attrs["record"] = record.to_json()
            trial.number = self._store(frozen)
            del self._ids[trial.number]
        elif not self._end(self._ids.pop(trial.number), frozen, record):
            return False
        self._sampler.learn(frozen)
        if self._peers is not None:
            self._peers.add([trial.number])
        return True

    def _end(self, trial_id: int, frozen: FrozenTrial, record: Record) -> bool:
        """Store how a trial ended that is stored as running; return False if it has ended already."""
        try:
            self._storage.set_trial_user_attr(trial_id, "record", record.to_json())
            for step, reached in frozen.intermediate_values.items():
                self._storage.set_trial_intermediate_value(trial_id, step, reached)
            self._storage.set_trial_state_values(trial_id, frozen.state, record.values)
        except UpdateFinishedTrialError:
            return False
        return True

    def number(self, trial: Trial) -> int:
        """Return the number of a trial; if it is not stored yet, the one that it will have."""
        if trial.number is not None:
            return trial.number
        # If only this process adds trials, all are known here; the storage would read every trial to count them.
        return self._stored if self._peers is None else self.start(trial)

    @property
    def is_shared(self) -> bool:
        """Whether other processes may run the same study now."""
        return self._peers is not None

    @property
    def elsewhere(self) -> int:
        """Number of trials that other processes run in the same study."""
        return 0 if self._peers is None else self._peers.running

    def hear(self) -> tuple[list[Record], list[Trial]]:
        """Return the records of other processes since the last call, and the trials that dead ones have left."""
        if self._peers is None:
            return [], []
        ended, left = self._peers.look(self._ids.values())
        records = []
        for frozen in ended:
            if (record := self._record(frozen)) is not None:
                known = copy.copy(frozen)
                known.number, _ = self._begun()
                self._sampler.learn(known)
                records.append(record)
        return records, [left_running(trial, *self._begun(), stored=False) for trial in left]

    def one_at_a_time(self, waits: Callable[[], bool]) -> AbstractContextManager[bool]:
        """Let only one process at a time do something in the study; see `Peers`."""
        return nullcontext(True) if self._peers is None else self._peers.one_at_a_time(waits)

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
                    self._whole(), evaluator=PedAnovaImportanceEvaluator(), target=lambda trial: trial.values[0]
                )
        except (ValueError, RuntimeError):  # too few complete trials, or no dimension that all of them have
            return {}

    def lock(self, identity: Mapping[str, object], folder: Path) -> None:
        """Let only this process run the study, and check that the study's definition is the same as in earlier runs.

        In a storage that several processes share, others may run it too, each in a folder of its own.

        Raises:
            InputError: another process on this machine runs it, or its identity was another one.
        """
        if is_shared(self._url):
            self._share()
            self._owner_key = f"owner of {socket.gethostname()}:{folder.resolve()}"
        now = json.loads(json.dumps(identity))
        with alone(self._url):
            if (running := owner.other(self.get(self._owner_key))) is not None:
                place = "" if self._peers is None else f" in {folder}"
                hint = "wait until it ends, or give another --name" if self._peers is None else "give another --studies"
                raise InputError(f"study {self.name}", f"is being searched{place} by {running}", hint=hint)
            repair(self._url)
            stored = [trial.state for trial in self._whole().get_trials(deepcopy=False)]
            if self._peers is None and stored != self._loaded:  # an earlier run has ended meanwhile
                self._load()
            refuse_changes(self.name, self.get("identity") or now, now)
            self.put("identity", now)
            for key in {"owner", self._owner_key}:
                self.put(key, owner.me())

    def _share(self) -> None:
        """From now on, reckon with other processes, and wait for a server that is away."""
        assert self._kept is not None
        assert isinstance(self._storage, RDBStorage)
        self._peers = Peers(self._kept, self._storage)
        self._storage = Patient(self._storage)

    def runner(self) -> str | None:
        """Return which other process on this machine runs the study now, in words; None if none does."""
        return owner.other(self.get("owner"))

    def unlock(self) -> None:
        """Let other processes run the study: this one has ended its run, though it may live on, as a notebook does."""
        for key in {"owner", self._owner_key}:
            if owner.is_me(self.get(key)):
                self.put(key, None)

    def slim(self) -> None:
        """Hold no longer what each trial has chosen and how it ended; whoever asks for it reads the storage again."""
        if (thin := open_thin(self._url)) is not None:
            self._kept = None
            self._storage = thin
        self._had.clear()

    def forget(self) -> None:
        """Remove the study from its storage; nothing can be done with it afterwards."""
        self._storage.delete_study(self._study_id)

    def _load(self) -> None:
        """Take up the trials that are stored, and let the sampler learn from them."""
        assert self._kept is not None
        stored = self._kept.get_trials(deepcopy=False)
        self._loaded = [trial.state for trial in stored]
        self._stored = self._place = len(stored)
        # Processes that begin a study together must not propose the same candidates.
        begun = zlib.crc32(owner.me().encode()) if is_shared(self._url) else len(stored)
        self._sampler = SAMPLERS[self._sampler_name](_later(self._seed, begun), self._directions)
        self._left = [trial for trial in stored if trial.state == TrialState.RUNNING]
        self._had = [trial.params for trial in stored]
        for trial in stored:
            if trial.state.is_finished():
                self._sampler.learn(trial)

    def _begun(self) -> tuple[int, BeginCandidate]:
        """Return the place of the next trial, and what lets the sampler begin its candidate."""
        self._place += 1
        return self._place, partial(self._sampler.begin, self._place)

    def _whole(self) -> optuna.Study:
        """Return the study with all that its trials hold."""
        return self._kept or optuna.load_study(study_name=self.name, storage=open_storage(self._url))

    def _store(self, frozen: FrozenTrial) -> int:
        trial_id = self._storage.create_new_trial(self._study_id, template_trial=frozen)
        number: int = self._storage.get_trial(trial_id).number
        self._ids[number] = trial_id
        self._stored += 1
        if self._peers is not None:
            self._peers.beat(trial_id)
        return number


def _later(seed: int, begun: int) -> int:
    """Return the seed of a run, which should not repeat another one's; `begun` tells them apart: the stored trials."""
    return (seed * 1_000_003 + begun) % 2**32
