"""Which settings of a specification apply to a Keras model of a builder, and which to an architecture of a space."""

from collections.abc import Mapping

from nas.errors import InputError
from nas.study.augmentation import Augmentation
from nas.study.model_spec import ModelSpec
from nas.study.model_spec_tables import UNTIL_STOPPED, TrainingTable
from nas.study.recipe import Finals

# An architecture is trained as in a search.
_OF_BUILDERS = (
    *("optimizer", "optimizer_options", "loss", "loss_options", "labels", "metrics", "schedule", "schedule_options"),
    *("keep", "shuffle", "callbacks", "tensorboard"),
)
# Keras trains the model of a builder.
_OF_ARCHITECTURES = ("averaging", "min_steps", "rows", "restarts", "soft_labels")


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
