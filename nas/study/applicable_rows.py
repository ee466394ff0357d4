"""Which settings of a recipe apply to rows: one that is asked for and would change nothing is refused."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from nas.data.sound.changes import CHANGES, SoundChanges
from nas.data.splits import Splits
from nas.errors import InputError
from nas.signal.front_end import FrontEnd
from nas.signal.kind import Kind
from nas.signal.triples import triples
from nas.study.augmentation import OF_IMAGES, OF_WINDOWS, Augmentation
from nas.study.recipe import Training
from nas.task.task import TASKS

_MASKS = ("time_mask", "frequency_mask")
_OF_SOUND = (*(field.name for field in dataclasses.fields(SoundChanges)), *_MASKS)
# Settings of sound that only say how other changes are made, with those.
_REFINES: Mapping[str, tuple[str, ...]] = {
    "variants": CHANGES,
    "reverb_s": ("reverb",),
    "background_snr_db": ("background",),
    "colored_noise_snr_db": ("colored_noise",),
}


def require_for_rows(augment: Augmentation, splits: Splits, front_ends: Iterable[FrontEnd]) -> None:
    """Raise an InputError for a change of rows that is asked for and does not apply to them; defaults may stand.

    Args:
        augment: the recipe's table.
        splits: the data.
        front_ends: those that a network may have; a change must apply behind one of them.
    """
    default, members = Augmentation(), tuple(front_ends)
    for field in dataclasses.fields(augment):
        name, value = field.name, getattr(augment, field.name)
        if not value or value == getattr(default, name):
            continue
        if TASKS[splits.task].reconstructs:
            rule = "does not apply to the detection of anomalies: networks learn to give rows as they are"
            raise InputError(f"augment.{name}", rule, got=value, hint="leave it out")
        if name in _OF_SOUND:
            _require_sound(augment, name, splits, members)
        for kind, only in ((Kind.IMAGE, OF_IMAGES), (Kind.WINDOW, OF_WINDOWS)):
            if name in only and splits.kind != kind:
                rule = f"is for {kind.plural}, and these rows are {splits.kind.plural}"
                raise InputError(f"augment.{name}", rule, got=value, hint="leave it out")
        if name in _OF_FEATURES:
            _require_features(name, value, splits, members)


def require_for_targets(training: Training, splits: Splits) -> None:
    """Raise an InputError for a setting of classes that is asked for and does not apply to the targets of rows."""
    default, learns = Training(), TASKS[splits.task]()
    for name in ("class_weights", "label_smoothing"):
        value = getattr(training, name)
        if not value or value == getattr(default, name):
            continue
        if learns.class_weights(splits.train.y, len(splits.class_names)) is None:
            rule = "is for classes, and these rows have none"
            raise InputError(f"training.{name}", rule, got=value, hint="leave it out")


def _require_sound(augment: Augmentation, name: str, splits: Splits, members: tuple[FrontEnd, ...]) -> None:
    value = getattr(augment, name)
    if all(front_end.rate_hz is None for front_end in members):
        rule = "is for sound behind a front-end, which the network has not"
        hint = "leave it out, or take a space with a front-end, such as --space cnn_audio"
        raise InputError(f"augment.{name}", rule, got=value, hint=hint)
    if name in _MASKS:
        return
    changes = _REFINES.get(name, ())
    if changes and not any(getattr(augment, change) for change in changes):
        rule = f"says how rows are changed by {' or '.join(changes)}, and none of that is asked for"
        raise InputError(f"augment.{name}", rule, got=value, hint=f"leave it out, or give {changes[0]} too")
    if not augment.variants:
        rule = "needs changed copies of the rows, and variants is 0"
        raise InputError(f"augment.{name}", rule, got=value, hint="leave one of them out")
    if name == "background" and not splits.noise:
        hint = "put them into a folder _background_noise_ of the data, or name one with --noise FOLDER"
        raise InputError("augment.background", "needs recordings of noise for training", hint=hint)


def _require_features(name: str, value: float, splits: Splits, members: tuple[FrontEnd, ...]) -> None:
    rule, applies = _OF_FEATURES[name]
    found = [_features(splits, front_end) for front_end in members]
    if any(applies(value, *one) for one in found):
        return
    shape, names = found[0]
    if name == "rotation" and _is_window(shape):
        got = f"channels {', '.join(names)}" if names else "channels without names"
        raise InputError("augment.rotation", rule, got=got, hint="name the channels in the data, or leave it out")
    got = f"{value} where the network reads rows of shape {shape}"
    raise InputError(f"augment.{name}", rule, got=got, hint="leave it out")


def _features(splits: Splits, front_end: FrontEnd) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return the shape of what a network reads behind a front-end, and the names of its channels."""
    return front_end.shape(splits.input_shape), front_end.channel_names(splits.channel_names)


def _is_window(shape: tuple[int, ...]) -> bool:
    return Kind.of(shape) == Kind.WINDOW


# Of changes of what networks read: which features they apply to, given value, shape and the names of channels.
_OF_FEATURES: Mapping[str, tuple[str, Callable[[Any, tuple[int, ...], tuple[str, ...]], bool]]] = {
    "rotation": (
        "turns sensors whose channels are named alike but for a last x, y and z, as acc_x, acc_y and acc_z",
        lambda _, shape, names: _is_window(shape) and bool(triples(names)),
    ),
    "scaling": ("is for channels over time", lambda _, shape, __: _is_window(shape)),
    "time_warp": ("is for channels over several steps", lambda _, shape, __: _is_window(shape) and shape[0] > 1),
    "shift": (
        "must move channels over time by a step or more",
        lambda share, shape, _: _is_window(shape) and int(share * shape[0]) > 0,
    ),
}
