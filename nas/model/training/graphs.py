"""The TensorFlow graphs of training and of evaluation, each of which all networks of a form share.

The loop over batches runs inside one graph, on data handed to it whole; a call for every batch takes about three times
as long for networks of this size (benchmarks/training.md). Weights, moments and data are arguments, since what is
captured becomes part of a graph; the variables' shapes are open (`nas.model.network.variables.open_variable`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, NamedTuple

from nas.model.network.form import Settings, Trainable
from nas.model.network.layers import GEOMETRY
from nas.model.network.variables import Weights, followed, trained
from nas.model.runtime import tf
from nas.model.training.augment.augment import Augmentation

# Adam's usual constants (arXiv:1412.6980), epsilon as in Keras.
_ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7}
_EVALUATION_BATCH = 256
# Graphs of each kind that a process keeps; one of training takes 10 MB of memory, one of evaluation 6.
_KEPT = 24
_SETTINGS = Settings(tf.TensorSpec([None, GEOMETRY], tf.int32), tf.TensorSpec([None]), tf.TensorSpec([None]))


class State(NamedTuple):
    """The variables of a training.

    `moments` are Adam's, mean and variance of each trainable weight's gradient; `averages`, if any, those of all
    variables of the network.
    """

    layers: Sequence[Weights]
    moments: Sequence[tuple[Any, Any]]
    averages: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """What the graph of an epoch knows, beside what it is given: fields are `Loop`'s.

    A study has one recipe, which `augmentation` holds whole, so its networks of a form have equal plans.
    """

    form: Trainable
    batch_size: int
    augmentation: Augmentation | None
    averaging: float
    weighted: bool


class _Graph:
    """A function of variables and tensors as a TensorFlow graph.

    Life cycle: traced when it is first called, for any tensors of these `specs`, and for any variables like those of
    the first call.
    """

    def __init__(self, function: Callable[..., Any], *specs: Any) -> None:
        self._function = tf.function(function, autograph=False)
        self._specs = specs
        self._concrete: Any = None

    def __call__(self, variables: Any, *tensors: Any) -> Any:
        if self._concrete is None:
            self._concrete = self._function.get_concrete_function(variables, *self._specs)
        return self._concrete(variables, *tensors)


def training(plan: Plan) -> _Graph:
    """Return the graph that takes steps of training, shared by all networks of a plan."""
    return (_training if plan.form.shared else _training.__wrapped__)(plan)


def evaluation(form: Trainable) -> _Graph:
    """Return the graph that evaluates, shared by all networks of a form."""
    return (_evaluation if form.shared else _evaluation.__wrapped__)(form)


def forget() -> None:
    """Keep no graph any longer."""
    _training.cache_clear()
    _evaluation.cache_clear()


@lru_cache(_KEPT)
def _training(plan: Plan) -> _Graph:
    rows, labels = _row_specs(plan.form)
    batches, rates = tf.TensorSpec([None, plan.batch_size], tf.int32), tf.TensorSpec([None])
    seeds, weights, step = tf.TensorSpec([2], tf.int32), tf.TensorSpec([plan.form.classes]), tf.TensorSpec([], tf.int32)
    return _Graph(partial(_train_rows, plan), _SETTINGS, seeds, weights, rows, labels, batches, rates, step)


@lru_cache(_KEPT)
def _evaluation(form: Trainable) -> _Graph:
    return _Graph(partial(_evaluate_rows, form), _SETTINGS, *_row_specs(form))


def _row_specs(form: Trainable) -> tuple[Any, Any]:
    return tf.TensorSpec([None, *form.input_shape]), tf.TensorSpec([None, form.classes])


def _train_rows(
    plan: Plan,
    state: State,
    settings: Settings,
    seeds: Any,
    class_weights: Any,
    x: Any,
    y: Any,
    batches: Any,
    rates: Any,
    step: Any,
) -> Any:
    """Take one step for each of `batches`; return the sums of losses and of right answers."""
    form, augment = plan.form, plan.augmentation
    weights, given = trained(state.layers), _unstacked(settings, state.layers)
    dropout_seed, change_seed = tf.unstack(seeds, 2)
    # Made here, once: in the body every use of a Python number would be an operator of its own.
    constants = {name: tf.constant(value) for name, value in _ADAM.items()}

    def body(i: Any, loss: Any, right: Any) -> Any:
        rows, labels = tf.gather(x, batches[i]), tf.gather(y, batches[i])
        if augment is not None:
            rows, labels = augment(rows, labels, step + i, change_seed)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(weights)
            logits = form.train(rows, state.layers, given, step + i, dropout_seed)
            losses = _cross_entropy(logits, labels)
            if plan.weighted:
                losses *= tf.linalg.matvec(labels, class_weights)
            total = tf.reduce_mean(losses) + form.penalty(state.layers, given)
        _apply(weights, state.moments, tape.gradient(total, weights), rates[i], step + i + 1, constants)
        _average(state, plan.averaging, step + i + 1)
        return i + 1, loss + total * plan.batch_size, right + _count(logits, labels)

    start = (tf.constant(0), tf.constant(0.0), tf.constant(0.0))
    steps = tf.shape(batches)[0]
    return tf.while_loop(lambda i, *_: i < steps, body, start, parallel_iterations=1)[1:]


def _evaluate_rows(form: Trainable, layers: Sequence[Weights], settings: Settings, x: Any, y: Any) -> Any:
    """Return the sums of losses and of right answers."""
    folded, given = form.fold(layers), _unstacked(settings, layers)

    def body(start: Any, loss: Any, right: Any) -> Any:
        batch = slice(start, start + _EVALUATION_BATCH)
        logits = form.evaluate(x[batch], folded, given)
        losses = _cross_entropy(logits, y[batch])
        return start + _EVALUATION_BATCH, loss + tf.reduce_sum(losses), right + _count(logits, y[batch])

    start = (tf.constant(0), tf.constant(0.0), tf.constant(0.0))
    rows = tf.shape(x)[0]
    return tf.while_loop(lambda i, *_: i < rows, body, start, parallel_iterations=1)[1:]


def _unstacked(settings: Settings, layers: Sequence[Weights]) -> Settings:
    """Return the settings number by number: outside the loop, so that no step does it again."""
    convolutions = sum(len(layer.kernel.shape) == 4 for layer in layers)
    return Settings(*map(tf.unstack, settings, (convolutions, len(layers), len(layers))))


def _apply(
    weights: Sequence[Any],
    moments: Sequence[tuple[Any, Any]],
    gradients: Sequence[Any],
    rate: Any,
    step: Any,
    constants: Mapping[str, Any],
) -> None:
    # Keras's Adam is ten operators a weight, this is one.
    number = tf.cast(step, tf.float32)
    powers = {f"{name}_power": tf.pow(constants[name], number) for name in ("beta1", "beta2")}
    for weight, (mean, variance), gradient in zip(weights, moments, gradients, strict=True):
        tf.raw_ops.ResourceApplyAdam(
            var=weight.handle, m=mean.handle, v=variance.handle, lr=rate, grad=gradient, **constants, **powers
        )


def _average(state: State, decay: float, step: Any) -> None:
    if not decay:
        return
    decay = tf.minimum(decay, tf.cast(step, tf.float32) / tf.cast(step + 9, tf.float32))
    for average, variable in zip(state.averages, (*trained(state.layers), *followed(state.layers)), strict=True):
        average.assign_add((variable - average) * (1 - decay))


def _cross_entropy(logits: Any, labels: Any) -> Any:
    # What `tf.nn` has around the operator takes as long to trace as a convolutional layer.
    losses, _ = tf.raw_ops.SoftmaxCrossEntropyWithLogits(features=logits, labels=labels)
    return losses


def _count(logits: Any, labels: Any) -> Any:
    return tf.reduce_sum(tf.cast(tf.argmax(logits, 1) == tf.argmax(labels, 1), tf.float32))
