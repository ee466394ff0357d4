"""Which settings of a specification apply to a Keras model of a builder, and which to an architecture of a space."""

import dataclasses
from collections.abc import Mapping

from nas.data.sound.changes import SoundChanges
from nas.data.splits import Splits
from nas.errors import InputError
from nas.signal.kind import Kind
from nas.signal.triples import triples
from nas.study.augmentation import OF_IMAGES, OF_WINDOWS, Augmentation
from nas.study.model_spec import ModelSpec
from nas.study.model_spec_tables import UNTIL_STOPPED, TrainingTable
from nas.study.recipe import Finals
from nas.task.task import TASKS

# An architecture is trained as in a search.
_OF_BUILDERS = (
    *("optimizer", "optimizer_options", "loss", "loss_options", "labels", "metrics", "schedule", "schedule_options"),
    *("keep", "shuffle", "callbacks", "tensorboard"),
)
# Keras trains the model of a builder.
_OF_ARCHITECTURES = ("averaging", "min_steps", "rows", "restarts", "soft_labels")
_OF_SOUND = (*(field.name for field in dataclasses.fields(SoundChanges)), "time_mask", "frequency_mask")


def require_for_architecture(table: TrainingTable) -> None:
    """Raise an InputError for a setting that does not apply to architectures."""
    default = TrainingTable()
    for name in _OF_BUILDERS:
        if getattr(table, name) != getattr(default, name):
            hint = "leave it out: an architecture is trained as in a search; or name a builder"
            raise InputError(f"training.{name}", "must belong to a model with a builder", hint=hint)
    if table.epochs == UNTIL_STOPPED:
        raise InputError("training.epochs", "must be 1 or more for an architecture", got=table.epochs)
    if isinstance(table.class_weights, Mapping):
        raise InputError("training.class_weights", 'must be true, false or "balanced" for an architecture')


def require_for_builder(spec: ModelSpec) -> None:
    """Raise an InputError for a setting that does not apply to the model of a builder."""
    default = TrainingTable()
    set_here = [f"training.{name}" for name in _OF_ARCHITECTURES if _differs(spec.training, default, name)]
    set_here += ["augment"] if spec.augment != Augmentation() else []
    set_here += ["finals"] if spec.finals != Finals() else []
    if set_here:
        hint = "leave it out, or name an architecture; Keras has optimizer_options and layers for the like"
        raise InputError(set_here[0], "must belong to a model with an architecture", hint=hint)


def _differs(table: TrainingTable, default: TrainingTable, name: str) -> bool:
    return bool(getattr(table, name) != getattr(default, name))


def require_for_rows(augment: Augmentation, splits: Splits, rate_hz: float | None) -> None:
    """Raise an InputError for a change of rows that is asked for and does not apply to them; defaults may stand.

    Args:
        augment: the recipe's table.
        splits: the data.
        rate_hz: of a front-end of sound, samples a second; None for any other.
    """
    default, is_sound, learns = Augmentation(), rate_hz is not None, TASKS[splits.task]()
    found = {field.name: getattr(augment, field.name) for field in dataclasses.fields(augment)}
    for name, value in found.items():
        if not value or value == getattr(default, name):
            continue
        if learns.reconstructs:
            rule = "does not apply to the detection of anomalies: networks learn to give rows as they are"
            raise InputError(f"augment.{name}", rule, got=value, hint="leave it out")
        if name in _OF_SOUND and not is_sound:
            rule = "is for sound behind a front-end, which the network has not"
            hint = "leave it out, or take a space with a front-end, such as --space cnn_audio"
            raise InputError(f"augment.{name}", rule, got=value, hint=hint)
        for kind, only in ((Kind.IMAGE, OF_IMAGES), (Kind.WINDOW, OF_WINDOWS)):
            if name in only and splits.kind != kind:
                rule = f"is for {kind.plural}, and these rows are {splits.kind.plural}"
                raise InputError(f"augment.{name}", rule, got=value, hint="leave it out")
    if augment.rotation not in (0, default.rotation) and not triples(splits.channel_names):
        rule = "turns sensors whose channels are named alike but for a last x, y and z, as acc_x, acc_y and acc_z"
        got = f"channels {', '.join(splits.channel_names)}" if splits.channel_names else "channels without names"
        hint = "name the channels in the data, or leave it out"
        raise InputError("augment.rotation", rule, got=got, hint=hint)
    if augment.background != default.background and augment.background and not splits.noise:
        hint = "put them into a folder _background_noise_ of the data, or name one with --noise FOLDER"
        raise InputError("augment.background", "needs recordings of noise for training", hint=hint)
