"""Evaluation of a trained model: float and int8 side by side on the same rows."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import numpy as np

from nas.api import STUDIES
from nas.api.loading import load
from nas.api.model import Model
from nas.api.model_data import check_task, gives_one_of_two, is_own_data, like_training
from nas.api.studies import open_study
from nas.arrays import Array
from nas.data.choice import DataChoice
from nas.data.given import Data
from nas.data.options import DataOptions
from nas.data.selection import select
from nas.data.source import load as load_source
from nas.errors import InputError
from nas.evaluation.class_names import match_one_output
from nas.evaluation.rows import ALL, Rows, as_model_reads, given_rows, own_rows, some_of_each_class
from nas.keywords import explains_keywords
from nas.optimizer.run import open_ledger
from nas.optimizer.test_set import count_test_use
from nas.study.archive_file import load_archive
from nas.study.archive_zip import Contents, read_archive, write_archive
from nas.study.model_spec import FILE, read_model_spec
from nas.target.profiler import profile
from nas.target.target import DEFAULT_TARGET, Target, find_target
from nas.task.anomaly import Anomaly
from nas.task.choice import judge_of
from nas.task.multi_label import MultiLabel

ARCHIVED = "evaluation/"
"""The folder of evaluations in an archive."""

if TYPE_CHECKING:
    from nas.evaluation.evaluation import Evaluation, Subject
    from nas.evaluation.regression import RegressionEvaluation


class EvaluationSettings(TypedDict, total=False):
    """What is evaluated, and what is shown beside."""

    weights: str | Path
    """File of other weights, of which the float model alone is evaluated: a checkpoint, `.keras` or `.weights.h5`."""
    part: str
    """`train`, `val`, `test` or `all`; by default the test rows that the data give or had in training, else all."""
    rows_per_class: int
    """At most so many rows of each class, drawn at random."""
    seed: int
    """Of that draw, and of a part that other data do not give."""
    with_float: bool
    """Whether to evaluate the float model beside the `.tflite`, if there is one; True by default."""
    target: str | Target
    """The target on which the `.tflite`'s footprint is told beside its figures."""


@explains_keywords
def evaluate(
    model: Model | str | Path,
    *,
    data: str | Data | None = None,
    options: DataOptions | None = None,
    root: Path | str = STUDIES,
    **settings: Unpack[EvaluationSettings],
) -> "Evaluation | RegressionEvaluation":
    """Evaluate a model: its `.tflite` and its float model on the same rows, group by group and class by class.

    Args:
        model: a model, or what `nas.load` takes: a study's name or folder, the folder of a training, an archive, or
            the path of a `.tflite` or `.keras` file.
        data: name of a data source, path of a file or folder, or rows in memory; None for the data that the model was
            trained on. Of these, the test rows are used, which the study counts.
        options: how files become rows; what is left open is read as the training data were.
        root: folder of studies.
        settings: see `EvaluationSettings`.

    Returns:
        All figures, with `frame()` for the classes and `to_json()` for everything; of a model with measured targets,
        its errors, of several labels the figures of each, and of a detector of anomalies its alarms.

    Raises:
        InputError: the model or the data cannot be read, nothing is known of the model's data, or the rows do not fit
            the model: another shape, a class that it does not know, a channel that is missing.
    """
    from nas.evaluation.anomalies import evaluate_detector
    from nas.evaluation.evaluation import evaluate_rows
    from nas.evaluation.labels import evaluate_labels
    from nas.evaluation.regression import evaluate_targets

    loaded = model if isinstance(model, Model) else load(model, root)
    settings = {**_of_specification(loaded), **settings}
    if (weights := settings.get("weights")) is not None:
        loaded = _with_weights(loaded, Path(weights))
    rows = _rows(loaded, data, options or DataOptions(), settings)
    _check_shape(loaded, rows)
    int8, before = _outputs(loaded, rows, settings.get("with_float", True))
    about, judge = _about(loaded, rows, settings.get("target")), judge_of(loaded.task, rows.part.y)
    if isinstance(judge, Anomaly):
        return evaluate_detector(rows.part, about, judge, int8, before)
    if isinstance(judge, MultiLabel):
        return evaluate_labels(rows.part, about, np.asarray(rows.mean), judge, int8, before)
    if judge.measured:
        return evaluate_targets(rows.part, about, np.asarray(rows.mean), int8, before)
    return evaluate_rows(rows.part, about, int8, before)


@explains_keywords
def archive_evaluation(evaluation: "Evaluation | RegressionEvaluation", file: Path | str) -> Path:
    """Add an evaluation to an archive, in place of an earlier one: its page, pictures and figures.

    Args:
        evaluation: of the model in the archive.
        file: path of the `.nas.zip`; it is written anew, whole or not at all.

    Raises:
        InputError: the file is no archive, is damaged, or cannot be written.
    """
    from nas.reports.evaluation.files import evaluation_files

    known = read_archive(Path(file))
    kept = {name: content for name, content in known.members.items() if not name.startswith(ARCHIVED)}
    added = {f"{ARCHIVED}{name}": content for name, content in evaluation_files(evaluation).items()}
    manifest = known.manifest
    contents = Contents(manifest.name, manifest.kind, {**kept, **added}, manifest.about, manifest.mlflow_run_id)
    return write_archive(Path(file), contents)


def _about(model: Model, rows: Rows, target: str | Target | None) -> "Subject":
    """Return what is evaluated; where it is a study's test set, this use is counted."""
    from nas.evaluation.evaluation import Subject

    uses, notes = _count(model, rows) if rows.trained_on else (None, ())
    return Subject(
        model=model.name,
        data=Path(rows.source).name,
        part=rows.name,
        class_names=rows.class_names,
        majority=rows.majority,
        trained_on=rows.trained_on,
        tflite_is=_type(model),
        channel_names=rows.channel_names,
        seconds_per_row=rows.seconds_per_row,
        test_uses=uses,
        footprint=None if target is None or model.tflite is None else _footprint(model.tflite, target),
        notes=(*rows.notes, *notes),
    )


def _of_specification(model: Model) -> EvaluationSettings:
    """Return what the specification in a training's folder says of its evaluation; nothing for other models."""
    if not (model.origin / FILE).is_file():
        return {}
    table = read_model_spec(model.origin).evaluation
    few: EvaluationSettings = {"rows_per_class": table.rows_per_class} if table.rows_per_class else {}
    return {"part": table.part, "seed": table.seed, **few}


def _with_weights(model: Model, file: Path) -> Model:
    """Return the float model alone with the weights in a file; InputError if they are not of this network."""
    from nas.model.keras_file import dump_keras, load_keras
    from nas.model.keras_training.weights import load_weights
    from nas.model.runtime import quiet

    if model.keras is None:
        rule = "must hold the float model, a .keras file, to take other weights"
        raise InputError(
            model.origin, rule, hint="give the study, its .nas.zip or its .keras file: a .tflite has no float model"
        )
    network = load_keras(model.keras, model.origin)
    with quiet():
        load_weights(network, file)
    return replace(model, tflite=None, keras=dump_keras(network), name=f"{model.name}, weights of {file.name}")


def _rows(model: Model, data: str | Data | None, options: DataOptions, settings: EvaluationSettings) -> Rows:
    """Return the rows to evaluate, with the model's classes and channels."""
    part, seed = settings.get("part"), settings.get("seed")
    if data is None and model.data is None:
        raise InputError(model.origin, "the data that it was trained on are not known", hint="give --data")
    if model.data is not None and (data is None or (isinstance(data, str) and is_own_data(model, data))):
        rows = own_rows(_choice(model.data, data, options).splits(), part)
    else:
        rows = _given(model, data, options, part, (model.data.seed if model.data else 0) if seed is None else seed)
    check_task(model, rows.source, rows.part.y)
    if gives_one_of_two(model, rows.part.y):
        names, note = match_one_output(rows.class_names, model.class_names[0], rows.source)
        model, rows = replace(model, class_names=names), replace(rows, notes=(*rows.notes, note))
    rows = as_model_reads(rows, model.class_names, model.channel_names)
    if model.scaling is None:
        raw = "nothing is known of the model's scaling, so that rows are given to it as they are"
        rows = replace(rows, notes=(*rows.notes, raw))
    most = settings.get("rows_per_class")
    return rows if most is None else some_of_each_class(rows, most, seed or 0)


def _choice(own: DataChoice, data: str | Data | None, options: DataOptions) -> DataChoice:
    """Return the data that a model was trained on, at the path and with the options that are given now."""
    source = data if isinstance(data, str) else own.source
    return replace(own, source=source, options=own.options if options == DataOptions() else options)


def _given(model: Model, data: str | Data | None, options: DataOptions, part: str | None, seed: int) -> Rows:
    if isinstance(data, Data):
        return given_rows(select(data.dataset(), options), part, seed, options)
    assert data is not None
    wanted = like_training(model, data, options)
    return given_rows(load_source(data, seed=seed, options=wanted), part, seed, wanted)


def _check_shape(model: Model, rows: Rows) -> None:
    shape, wanted = rows.part.x.shape[1:], model.input_shape
    if shape != wanted:
        swapped = len(shape) == 2 and shape[::-1] == wanted
        raise InputError(
            rows.source,
            f"rows must have the shape of the model's input, {' x '.join(map(str, wanted))}",
            got=" x ".join(map(str, shape)),
            hint="add --channels-first true" if swapped else None,
        )


def _outputs(model: Model, rows: Rows, with_float: bool) -> tuple[Array | None, Array | None]:
    """Return the probabilities of the `.tflite` and of the float model; None for one that there is not."""
    # A file that nothing is known of is taken for what the rows ask: values are not logits, for example.
    model = replace(model, task=judge_of(model.task, rows.part.y), is_logit=model.is_logit and not rows.mean)
    x = model.scaled(rows.part.x)
    int8 = None if model.tflite is None else _whole(model, model.answer(x), rows)
    wanted = with_float or int8 is None
    return int8, _whole(model, model.answer_float(x), rows) if wanted and model.keras is not None else None


def _whole(model: Model, outputs: Array, rows: Rows) -> Array:
    """Return a probability for each class; InputError for outputs that are none."""
    if not np.isfinite(outputs).all():
        raise InputError(model.origin, "its outputs must be finite numbers", got="an infinite or missing one")
    if outputs.shape[1] == 1 and len(rows.class_names) == 2 and not rows.mean:
        outputs = np.concatenate([1 - outputs, outputs], axis=1)
    if outputs.shape[1] != len(rows.class_names):
        rule = f"must have an output for each of its {len(rows.class_names)} classes"
        raise InputError(model.origin, rule, got=outputs.shape[1])
    return outputs


def _type(model: Model) -> str:
    """Return what tables call the `.tflite`: the type of its input, or `.tflite` if that is a float."""
    if model.tflite is None:
        return "int8"
    tensors = profile(model.tflite, DEFAULT_TARGET).tensors
    kinds = {tensor.dtype for tensor in tensors if tensor.kind in ("input", "output")} - {"float32"}
    return ", ".join(sorted(kinds)) or ".tflite"


def _footprint(tflite: bytes, target: str | Target) -> dict[str, object]:
    board = find_target(target) if isinstance(target, str) else target
    return {"target": board.name, **profile(tflite, board).summary()}


def _count(model: Model, rows: Rows) -> tuple[int | None, tuple[str, ...]]:
    """Count that a study's test rows were used again; return how often they were by now, and what to say of it."""
    if rows.name not in ("test", ALL) or not (model.origin / "study.toml").is_file():
        return None, ()
    study, folder = open_study(str(model.origin))
    archive = load_archive(folder)
    uses = count_test_use(open_ledger(study, folder, begin=False), archive.record.trial)
    notes = [
        f"the study has evaluated {uses} times on its test set by now; if you choose between models by these figures, "
        "they become too optimistic"
    ]
    if archive.data.get("digest", rows.digest) != rows.digest:
        notes.append("the data are no longer those that the study was run with, so that rows may be others")
    return uses, tuple(notes)
