"""The user's builder, called and checked: it must return a Keras model whose outputs are the classes of the data."""

from typing import Any

from nas.errors import InputError
from nas.model.keras_runtime import keras, noise
from nas.model.user_code import UserFunction
from nas.study.model_spec import ResolvedSpec


def build(builder: UserFunction, spec: ResolvedSpec) -> Any:
    """Return the model that a builder gives, with fresh weights; equal seeds give equal ones.

    Raises:
        InputError: the builder raises, returns no Keras model, or one that does not take the rows or has another
            number of outputs than there are classes.
    """
    keras.utils.set_random_seed(spec.training.seed)
    model = builder(spec)
    if not isinstance(model, keras.Model):
        hint = "such as return keras.Sequential([...])"
        raise InputError(builder.place, "must return a Keras model", got=type(model).__name__, hint=hint)
    rows = noise(spec.input_shape)
    shape = _output_shape(model, rows, builder, spec)
    if shape != (spec.classes,):
        hint = f"end it with keras.layers.Dense({spec.classes}), or Dense(spec.classes)"
        raise InputError(
            builder.place, f"the model must have {spec.classes} outputs, one a class", got=_words(shape), hint=hint
        )
    return model


def _output_shape(model: Any, rows: Any, builder: UserFunction, spec: ResolvedSpec) -> tuple[int, ...]:
    try:
        found = model(rows, training=False)
    except Exception as error:  # a layer may raise anything for rows of another shape
        text = next(filter(None, map(str.strip, str(error).splitlines())), type(error).__name__)
        rule = f"the model must take rows of the shape {_words(spec.input_shape)}"
        hint = "begin it with keras.Input(spec.input_shape)"
        raise InputError(builder.place, rule, got=f"{type(error).__name__}: {text}", hint=hint) from error
    if isinstance(found, dict | list | tuple):
        raise InputError(builder.place, "the model must have one output", got=f"{len(found)}")
    return tuple(found.shape[1:])


def _words(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "one without an axis for classes"
