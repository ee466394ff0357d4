"""A long training on a worker, in legs of a minute: after each, its checkpoint is where it was asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from nas.data.prepared import Prepared
from nas.study.model_spec import ResolvedSpec
from nas.study.retraining import Retraining
from nas.study.tasks import Task


@dataclass(frozen=True, slots=True, eq=False)
class LongTraining:
    """What a worker is given once: all of a training but its checkpoints.

    Attributes:
        name: of the model.
        data: the rows; `digest` is that of the data that they are of.
        plan: the training of an architecture; None for a model that a builder makes.
        resolved: what a builder is given; None for an architecture.
        files: contents of the files in the training's folder, by name: the specification and the user's code.
        weights: name of the file among them that holds the weights to begin with; empty for none.
    """

    name: str
    data: Prepared
    digest: str
    plan: Retraining | None = None
    resolved: ResolvedSpec | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    weights: str = ""


@dataclass(frozen=True, slots=True)
class LegEnd:
    """How far a leg has got.

    Attributes:
        host: name of the machine.
        versions: of what checkpoints depend on.
        epochs: that were trained, each with its number, from 0, and its numbers by name.
        files: that were written, by their path in the training's folder.
        ended: whether the training has ended.
        trouble: why it cannot go on, in the words of an `InputError`; empty if it can.
    """

    host: str
    versions: Mapping[str, str]
    epochs: tuple[tuple[int, Mapping[str, float]], ...]
    files: Mapping[str, bytes]
    ended: bool
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Leg(Task[LegEnd]):
    """Train from the latest checkpoint, one epoch at least, until some time has passed.

    Attributes:
        pause_after: seconds, after which the training pauses at the end of an epoch.
        files: checkpoints, and what callbacks go on writing, by their path in the training's folder.
    """

    pause_after: float
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return "training"
