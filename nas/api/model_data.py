"""Data for a trained model, read as its training data were."""

from dataclasses import fields, replace
from pathlib import Path

from nas.api.model import Model
from nas.arrays import Array
from nas.data.options import READER_OPTIONS, DataOptions
from nas.data.readers.picture import ENDINGS as PICTURES
from nas.data.readers.sound import ENDINGS
from nas.data.source import READERS, Reader, options_of
from nas.errors import InputError
from nas.signal.kind import Kind
from nas.task.choice import judge_of
from nas.task.classification import Classification
from nas.task.task import Task, name_of

_OF_ONE_FOLDER = ("labels", "group_regex", "merge_parts", "drop_outliers")
"""Options of the training data that say nothing of other data."""


def like_training(model: Model, source: str | Reader, options: DataOptions) -> DataOptions:
    """Return how to read other data for a model: as asked, else as the training data were, else by the model's input.

    Windows get the length of the model's input, and recordings with times its sample rate; pictures get its size.

    Args:
        model: the model.
        source: name of a data source, path of a file or folder, or the reader of rows in memory.
        options: what the user asks for; None in a field leaves it open.
    """
    known = DataOptions() if model.data is None else model.data.options
    usable = source.options if isinstance(source, Reader) else _applicable(source)
    asked = {}
    for field in fields(DataOptions):
        value = getattr(options, field.name)
        if value is None and field.name not in _OF_ONE_FOLDER:
            value = getattr(known, field.name)
            value = None if field.name in READER_OPTIONS and field.name not in usable else value
        asked[field.name] = value
    wanted = DataOptions(**asked)
    if len(model.input_shape) <= max(kind.axes for kind in Kind):
        wanted = replace(wanted, kind=wanted.kind or Kind.of(model.input_shape))
    if wanted.kind == Kind.IMAGE and "image_size" in usable:
        height, width, channels = model.input_shape
        color = {1: "grey", 3: "rgb"}.get(channels)
        wanted = replace(wanted, image_size=f"{width}x{height}", image_color=color)
    if wanted.kind == Kind.WINDOW and "window" in usable:
        rate = wanted.rate_hz or model.sample_rate_hz
        wanted = replace(wanted, window=wanted.window or model.input_shape[0], rate_hz=rate)
    return wanted


def _applicable(source: str) -> frozenset[str]:
    """Return which options apply to a source; to a single audio file or picture those of a folder of such files."""
    ending = Path(source).suffix.lower()
    reader = "audio" if ending in ENDINGS else "pictures" if ending in PICTURES else None
    return options_of(source) if reader is None else READERS.find(reader, source).options


def is_own_data(model: Model, source: str) -> bool:
    """Return whether a source is the one that a model was trained on, as far as its path tells.

    Archives name data by the file alone, as do models of another machine: a file of that name is then taken for them.
    """
    if model.data is None:
        return False
    own, given = Path(model.data.source), Path(source)
    if source == model.data.source or not given.exists():
        return source == model.data.source
    return given.samefile(own) if own.exists() else given.resolve().name == own.name


def check_task(model: Model, source: object, y: Array) -> None:
    """Raise an InputError for rows with targets or labels where the model gives classes, and the other way round.

    A file that nothing is known of may give values: those of its outputs, as they are. Its one output may be the
    probability, or the logit, of the second of two classes.

    Args:
        model: the model.
        source: of the rows, for the message.
        y: what is known of them: classes [n], or labels or measured targets [n, k].
    """
    own, given = model.task, judge_of(model.task, y)
    if given is own or (model.scaling is None and _may_give(model, given)):
        return
    raise InputError(source, own.needs, got=given.truth, hint=f"see --task {name_of(own)}")


def gives_one_of_two(model: Model, y: Array) -> bool:
    """Return whether a model's one output is the probability of one of two classes, where rows hold classes `y`."""
    return len(model.class_names) == 1 and y.ndim == 1 and not model.task.reconstructs


def _may_give(model: Model, given: Task) -> bool:
    """Return whether the outputs of a file that nothing is known of may be what is asked of it."""
    if isinstance(model.task, Classification):
        return model.is_logit or not given.measured
    return len(model.class_names) == 1 and isinstance(given, Classification)
