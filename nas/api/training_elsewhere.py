"""A training on a worker of a cluster: its rows and code go there once, its epochs and checkpoints come home."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nas.api.training_architecture import plan_of
from nas.api.training_data import TrainingData
from nas.api.training_progress import TrainingProgress
from nas.api.training_request import Request
from nas.errors import InputError
from nas.files import write_atomic
from nas.model.training_leg import CHECKPOINTS, initialize, perform
from nas.optimizer.executor.choice import workers_of
from nas.optimizer.executor.executor import Executor, Failed
from nas.optimizer.executor.work import Work
from nas.study.model_spec import FILE, ModelSpec
from nas.study.model_spec_paths import is_code, moved
from nas.study.training_leg import Leg, LegEnd, LongTraining
from nas.study.training_result import Checkpoints

FIRST_LEG_SECONDS, LEG_SECONDS = 10.0, 60.0
"""The first leg is short, so that the user soon sees an epoch; the later ones are each twice as long, up to a minute.
That much is lost at most with a worker or with this process."""
TICK_SECONDS = 0.5
# What callbacks go on writing in the next leg.
_GOES_ON = ("epochs.csv",)
_WEIGHTS = "initial-weights"


@dataclass(slots=True)
class Elsewhere:
    """How a training went on workers.

    Attributes:
        resumed_at: epochs of earlier runs.
        epochs: that have been trained in all.
        hosts: names of the machines, in the order in which they were used.
    """

    resumed_at: int = 0
    epochs: int = 0
    hosts: list[str] = field(default_factory=list)

    def checkpoints(self, asked: Checkpoints, *, numbered: bool) -> Checkpoints:
        """Return from which checkpoint a training is ended: the last of the workers', by its number if it has one."""
        return replace(asked, resume=True, epoch=self.epochs if numbered and self.epochs else asked.epoch)

    @property
    def note(self) -> str:
        """Where the epochs were trained, for the user."""
        return f"trained on {', then '.join(self.hosts)}"


def train_elsewhere(
    request: Request, data: TrainingData, checkpoints: Checkpoints, view: TrainingProgress | None
) -> Elsewhere:
    """Train all epochs on a worker; their checkpoints are here then, and the training can be ended here.

    A leg whose worker is lost is trained once more on another one. What is lost if this process ends is the leg that
    runs.

    Args:
        request: what is trained, and where its folder is; `request.cluster` says by whom.
        data: its rows.
        checkpoints: where they are, and whether to go on from one.
        view: shows the epochs.

    Raises:
        InputError: the cluster cannot be used, the rows are not in memory, or the training cannot go on.
    """
    assert request.cluster is not None
    files = _carried(request.folder, checkpoints)
    training = _long_training(request, data)
    _say(view, f"connecting to {request.cluster}")
    executor = workers_of(request.cluster)(training, 1, work=Work(initialize, perform))
    try:
        return _legs(executor, request.folder, files, view)
    finally:
        executor.close()


def _legs(executor: Executor, folder: Path, files: dict[str, bytes], view: TrainingProgress | None) -> Elsewhere:
    """Train one leg after the other until the training has ended."""
    went, seconds = Elsewhere(), FIRST_LEG_SECONDS
    while True:
        executor.submit(Leg(seconds, files))
        end = _ended(executor, view)
        _refuse_others(end)
        if end.host not in went.hosts[-1:]:
            went.hosts.append(end.host)
            _say(view, f"training on {end.host}")
        _bring_home(folder, end.files)
        if end.epochs:
            went.resumed_at = went.resumed_at if went.epochs else end.epochs[0][0]
            went.epochs = end.epochs[-1][0] + 1
        for number, numbers in end.epochs if view is not None else ():
            view.epoch(number, numbers)  # type: ignore[union-attr]
        if end.trouble:
            raise InputError(end.host, end.trouble)
        if end.ended:
            return went
        files, seconds = _next(files, end.files), min(2 * seconds, LEG_SECONDS)


def _ended(executor: Executor, view: TrainingProgress | None) -> LegEnd:
    """Wait for the leg that runs, and tell what the user should know meanwhile."""
    told: str | None = None
    while True:
        for _, answer in executor.collect(TICK_SECONDS):
            if isinstance(answer, LegEnd):
                return answer
            why = answer.reason if isinstance(answer, Failed) else "it has given another answer than asked for"
            hint = "the checkpoints are kept; go on with --resume"
            raise InputError("--cluster", f"must be able to train ({why})", hint=hint)
        if executor.notice != told and view is not None and executor.notice is not None:
            view.note(executor.notice)
        told = executor.notice


def _refuse_others(end: LegEnd) -> None:
    """Raise an InputError for a machine on which checkpoints are others than here."""
    from nas.model import runtime

    here = runtime.versions()
    differing = [f"{name} {found}, here {here[name]}" for name, found in end.versions.items() if found != here[name]]
    if differing:
        raise InputError(f"--cluster: {end.host}", "must have the versions of this machine", got="; ".join(differing))


def _long_training(request: Request, data: TrainingData) -> LongTraining:
    """Return what a worker is given once."""
    spec = request.spec
    if data.dataset is not None:
        hint = "return arrays (x, y), or train without --cluster"
        raise InputError("--cluster", "needs rows in memory, and has a tf.data.Dataset", hint=hint)
    if spec.model.architecture:
        return LongTraining(spec.name, data.prepared, data.digest, plan=plan_of(request, data))
    files = {FILE: _beside_code(spec).to_toml(Path()).encode()}
    files |= {name: (request.folder / name).read_bytes() for name in _code(spec)}
    weights = "" if request.weights is None else f"{_WEIGHTS}{''.join(request.weights.suffixes)}"
    if request.weights is not None:
        files[weights] = request.weights.read_bytes()
    return LongTraining(
        spec.name, data.prepared, data.digest, resolved=data.resolved(spec), files=files, weights=weights
    )


def _beside_code(spec: ModelSpec) -> ModelSpec:
    """Return a specification whose file lies beside the user's code."""
    return moved(spec, lambda text: text.rpartition("/")[2] if is_code(text) else text)


def _code(spec: ModelSpec) -> list[str]:
    """Return the names of the files with the user's code, which are in the training's folder."""
    found: list[str] = []

    def see(text: str) -> str:
        if is_code(text):
            found.append(Path(text.rpartition(":")[0]).name)
        return text

    moved(spec, see)
    return list(dict.fromkeys(found))


def _carried(folder: Path, checkpoints: Checkpoints) -> dict[str, bytes]:
    """Return the files from which a training goes on."""
    if not checkpoints.resume:
        return {}
    from nas.model.keras_training.checkpoint import path_of
    from nas.model.keras_training.fit import find_checkpoint

    chosen = find_checkpoint(checkpoints)
    files = [path for path in checkpoints.folder.glob("*") if not path.name.startswith("epoch-")]
    files += [] if chosen is None else [path_of(checkpoints.folder, chosen.epochs)]
    files += [folder / name for name in _GOES_ON if (folder / name).is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _next(sent: Mapping[str, bytes], written: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files from which the next leg goes on: of numbered checkpoints the latest alone."""
    known = {**sent, **written}
    numbered = sorted(name for name in (written or sent) if name.startswith(f"{CHECKPOINTS}/epoch-"))
    kept = [name for name in known if name in _GOES_ON or name.startswith(f"{CHECKPOINTS}/")]
    return {name: known[name] for name in kept if name in numbered[-1:] or "/epoch-" not in name}


def _bring_home(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        if ".." in Path(name).parts or Path(name).is_absolute():
            raise InputError(name, "must be a path in the training's folder")
        write_atomic(path, content)


def _say(view: Any, text: str) -> None:
    if view is not None:
        view.phase(text)
