"""The training of an architecture that a specification names: a search's winner, or a network written by hand."""

import io
from pathlib import Path

import numpy as np

from nas.api.training_data import TrainingData
from nas.api.training_files import write_float_model
from nas.api.training_progress import TrainingProgress
from nas.api.training_request import Request
from nas.api.training_source import Source
from nas.arrays import Floats
from nas.codec import parse_json
from nas.errors import InputError
from nas.files import read_regular
from nas.signal.front_end import FrontEnd
from nas.signal.raw import RAW
from nas.space.architecture import Architecture
from nas.study.manifest import ARCHITECTURE
from nas.study.retraining import Retraining
from nas.study.training_result import Checkpoints, TrainedModel
from nas.study.winner_spec import retraining_of

_MOST_JSON_BYTES, _MOST_LABELS_BYTES = 1 << 20, 1 << 30
_THREADS = "TensorFlow had computed in this process before, with several threads: another run may give other weights"


def train_named_architecture(
    request: Request, data: TrainingData, checkpoints: Checkpoints, view: TrainingProgress | None
) -> TrainedModel:
    """Train the architecture that a specification names, quantize it, and write its float model.

    The same call gives the same bytes, also when it goes on after a kill.

    Args:
        request: what is trained, and where.
        data: its rows.
        checkpoints: where they are, and whether to go on from them.
        view: shows the epochs; quantization-aware ones are counted on.

    Raises:
        InputError: a file cannot be read, the architecture is for other data, a setting applies to builders only, the
            checkpoints belong to another training, or the loss is no finite number.
    """
    plan = plan_of(request, data)
    made = _fit(plan, data, checkpoints, request.spec.name, view)
    write_float_model(request.folder, made.keras, made.history, made.best_epoch)
    return made


def front_end_of(source: Source) -> FrontEnd:
    """Return the front-end of the architecture that a specification names, before a training has its own copy of it.

    Raises:
        InputError: the file cannot be read.
    """
    path = source.spec.model.architecture
    if not path:
        return RAW
    content = source.files[ARCHITECTURE] if ARCHITECTURE in source.files else read_regular(Path(path), _MOST_JSON_BYTES)
    return _read(content, Path(path)).front_end


def _read(content: bytes, path: Path) -> Architecture:
    return Architecture.from_json(parse_json(content, path), str(path))


def plan_of(request: Request, data: TrainingData) -> Retraining:
    """Return the training of the architecture that a specification names.

    Args:
        request: what is trained; for the few rows of a dry run, there are no soft labels.
        data: its rows.

    Raises:
        InputError: a file cannot be read, the architecture is for other data, or a setting applies to builders only.
    """
    spec, rows = request.spec, data.prepared
    if request.weights is not None:
        raise InputError("--weights", "must be left out for an architecture, which begins with weights of its seed")
    path = Path(spec.model.architecture)
    member = _read(read_regular(path, _MOST_JSON_BYTES), path)
    learns = member.task if isinstance(member.task, type(rows.learns)) else rows.learns
    outputs = learns.outputs(rows.train.y, rows.class_names, rows.row_shape)
    wanted = {"input_shape": (member.input_shape, data.row_shape), "outputs": (member.outputs, outputs)}
    for key, (own, other) in wanted.items():
        if own != other:
            raise InputError(f"{path}: {key}", f"must be that of the data, {_words(other)}", got=_words(own))
    if learns is not member.task:
        raise InputError(f"{path}: task", f"must be {rows.task}, as the data are", hint="search for one on these data")
    labels = None if request.test or not spec.training.soft_labels else _read_labels(Path(spec.training.soft_labels))
    return retraining_of(spec, member, len(rows.train), len(rows.val), labels)


def _fit(
    plan: Retraining, data: TrainingData, checkpoints: Checkpoints, name: str, view: TrainingProgress | None
) -> TrainedModel:
    from nas.model.architecture_training import Epoch, train_architecture
    from nas.model.keras_file import dump_keras
    from nas.model.keras_model import architecture_to_keras

    if checkpoints.epoch is not None:
        hint = "give --resume: of an architecture's training, only the newest checkpoint is kept"
        raise InputError("--resume-epoch", "must belong to a model with a builder", hint=hint)

    def tell(epoch: Epoch) -> None:
        if view is None:
            return
        if epoch.stage != "float" and epoch.number == 1:
            view.phase("quantization-aware epochs: training with the rounding of int8")
        view.epoch(plan.position(epoch.number, quantization_aware=epoch.stage != "float"), epoch.numbers)

    trained = train_architecture(plan, data.prepared, checkpoints.folder, resume=checkpoints.resume, progress=tell)
    model = architecture_to_keras(plan.architecture, trained.weights, name)
    return TrainedModel(
        keras=dump_keras(model),
        weights=tuple(model.get_weights()),
        tflite=trained.tflite,
        history={**trained.history, **{f"qat_{name}": curve for name, curve in trained.qat_history.items()}},
        best_epoch=trained.best_epoch,
        val_score=trained.val_metrics.get(plan.architecture.task.main_metric),
        float_val_score=trained.float_val_accuracy,
        probabilities=plan.architecture.lower().ops[-1].kind in ("SOFTMAX", "LOGISTIC"),
        stopped_by=trained.stopped_by,
        resumed_at=trained.resumed_at,
        notes=() if trained.is_repeatable else (_THREADS,),
        task=trained.learned,
    )


def _read_labels(path: Path) -> Floats:
    content = read_regular(path, _MOST_LABELS_BYTES)
    try:
        labels = np.load(io.BytesIO(content), allow_pickle=False)
        return np.asarray(labels, np.float32)
    except (ValueError, EOFError) as error:
        raise InputError(path, "must be an .npy file of numbers", got=error) from None


def _words(value: object) -> str:
    return " x ".join(map(str, value)) if isinstance(value, tuple) else str(value)
