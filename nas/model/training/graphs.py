"""The TensorFlow graphs of training and of evaluation; networks of one topology share them.

The loop over the steps of training is inside the graph, which gets all rows at once; a call for each batch takes about
three times as long with networks of this size (benchmarks/training.md). Evaluation, of larger batches, has no loop, so
that its graph takes less time to trace. Weights, the optimizer's moments and the rows are arguments, because captured
variables would bind a graph to one network. The shapes of variables are open
(`nas.model.network.variables.open_variable`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, NamedTuple

from nas.model.losses import LOSSES, Loss
from nas.model.network.layers import GEOMETRY
from nas.model.network.topology import Deployed, LayerNumbers, Trainable
from nas.model.network.variables import MOMENTUM, Form, Shapes, layers_of
from nas.model.runtime import tf
from nas.model.training.augment.augment import Augmentation

# Adam's usual constants (arXiv:1412.6980), epsilon as in Keras.
_ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7}
# Graphs of each kind that a process keeps; one of training and one of evaluation take about 5 MB of memory together.
_KEPT = 48
_SHAPES = Shapes(*(tf.TensorSpec(shape, tf.int32) for shape in ([None], [None, 4], [None, 2])))
_NUMBERS = LayerNumbers(tf.TensorSpec([None, GEOMETRY], tf.int32), tf.TensorSpec([None]), tf.TensorSpec([None]))


class Variables(NamedTuple):
    """The variables that a training changes: vectors, each of the values of all layers, one after the other.

    A graph with a variable for each kernel and bias takes longer to trace (benchmarks/training.md).

    Attributes:
        weights: what the optimizer changes, in the order of `nas.model.network.variables.trainable`.
        statistics: the moving averages of the batches' statistics, in that of `moving`.
        moments: Adam's two: moving averages of the gradient and of its square.
        averages: moving averages of `weights` and of `statistics`; empty without averaging.
    """

    weights: Any
    statistics: Any
    moments: tuple[Any, Any]
    averages: Sequence[Any]


class Examples(NamedTuple):
    """Rows and their targets: inputs [n, ...] and target values [n, outputs], float32 tensors."""

    x: Any
    targets: Any

    @property
    def rows(self) -> int:
        return int(self.x.shape[0])


class Steps(NamedTuple):
    """Consecutive training steps.

    Attributes:
        batches: int32 [steps, batch_size], the numbers of the rows in the batch of each step.
        rates: [steps], the learning rates.
        first: int32, the number of steps that were taken before.
    """

    batches: Any
    rates: Any
    first: Any


class Constants(NamedTuple):
    """Tensors that stay the same during a training.

    Attributes:
        seeds: int32 [2], of dropout and of augmentation.
        class_weights: [outputs], the weight in the loss of a row with the target 1 for this output.
    """

    seeds: Any
    class_weights: Any


@dataclass(frozen=True, slots=True)
class Plan:
    """What is fixed in a graph of training; all fields but `topology` and `forms` are arguments of `Trainer`.

    All networks of a study have the same recipe, so those of one topology have equal plans and share a graph.
    """

    topology: Trainable
    forms: tuple[Form, ...]
    loss: str
    batch_size: int
    augmentation: Augmentation | None
    averaging: float
    weighted: bool


class _Graph:
    """A function of a network's variables or folded weights, and of other tensors, as a TensorFlow graph.

    Life cycle: traced at the first call; may be called with any tensors of these `specs`, and with any variables, or
    tensors in their place, of the same structure as in the first call. Other networks may only use it if it is shared.
    """

    def __init__(self, function: Callable[..., Any], *specs: Any, shared: bool) -> None:
        self._function = tf.function(function, autograph=False)
        self._specs = specs
        self._shared = shared
        self._concrete: Any = None

    @property
    def is_traced(self) -> bool:
        """Whether it has been called before."""
        return self._concrete is not None

    def __call__(self, variables: Any, *tensors: Any) -> Any:
        # Operators one after the other: on one core, queues between threads only cost time.
        with tf.experimental.function_executor_type("SINGLE_THREADED_EXECUTOR"):
            if self._concrete is None:
                known = tf.nest.map_structure(self._spec, variables)
                self._concrete = self._function.get_concrete_function(known, *self._specs)
            return self._concrete(variables, *tensors)

    def _spec(self, value: Any) -> Any:
        """Return the spec of a tensor, for any length of its axes if the graph is shared; a variable stays as it is."""
        if not isinstance(value, tf.Tensor):
            return value
        return tf.TensorSpec([None] * len(value.shape) if self._shared else value.shape, value.dtype)


def training(plan: Plan) -> _Graph:
    """Return the graph that takes training steps; networks with equal plans share it."""
    return shared_training(plan) if plan.topology.shared else _training(plan)


def evaluation(topology: Trainable, loss: str) -> _Graph:
    """Return the graph that evaluates; networks with equal topologies share it."""
    return shared_evaluation(topology, loss) if topology.shared else _evaluation(topology, loss)


def forget() -> None:
    """Drop all shared graphs."""
    shared_training.cache_clear()
    shared_evaluation.cache_clear()


def _training(plan: Plan) -> _Graph:
    constants = Constants(tf.TensorSpec([2], tf.int32), tf.TensorSpec([plan.topology.outputs]))
    steps = Steps(tf.TensorSpec([None, plan.batch_size], tf.int32), tf.TensorSpec([None]), tf.TensorSpec([], tf.int32))
    specs = (_NUMBERS, _SHAPES, constants, _example_specs(plan.topology), steps)
    return _Graph(partial(_train_rows, plan), *specs, shared=plan.topology.shared)


def _evaluation(topology: Trainable, loss: str) -> _Graph:
    return _Graph(
        partial(_evaluate_batch, topology, LOSSES[loss]), _NUMBERS, _example_specs(topology), shared=topology.shared
    )


shared_training = lru_cache(_KEPT)(_training)
shared_evaluation = lru_cache(_KEPT)(_evaluation)


def _example_specs(topology: Trainable) -> Examples:
    return Examples(tf.TensorSpec([None, *topology.input_shape]), tf.TensorSpec([None, topology.outputs]))


def _train_rows(
    plan: Plan,
    variables: Variables,
    numbers: LayerNumbers,
    shapes: Shapes,
    constants: Constants,
    examples: Examples,
    steps: Steps,
) -> Any:
    """Take the steps; return the sums over the rows of losses and of scores."""
    topology, augment, loss = plan.topology, plan.augmentation, LOSSES[plan.loss]
    dropout_seed, augmentation_seed = tf.unstack(constants.seeds, 2)
    # Made outside the loop: inside it, each use of a Python number would become an operator.
    adam = {name: tf.constant(value) for name, value in _ADAM.items()}

    def body(i: Any, losses_sum: Any, scores_sum: Any) -> Any:
        step = steps.first + i
        x, targets = tf.gather(examples.x, steps.batches[i]), tf.gather(examples.targets, steps.batches[i])
        if augment is not None:
            x, targets = augment(x, targets, step, augmentation_seed)
        # Split inside the loop: each tensor that comes into it takes time to trace.
        own = _unstacked(numbers, [form.kernel for form in plan.forms])
        weights = variables.weights.read_value()
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(weights)
            layers = layers_of(weights, plan.forms, shapes)
            outputs, statistics = topology.train(x, layers, own, step, dropout_seed)
            if plan.weighted:
                losses = loss.weighted(outputs, targets, constants.class_weights)
            else:
                losses = loss.rows(outputs, targets)
            total = tf.reduce_mean(losses) + topology.penalty(layers, own)
        _apply_adam(variables, tape.gradient(total, weights), steps.rates[i], step + 1, adam)
        if statistics:
            _move(variables.statistics, tf.concat(statistics, 0), 1 - MOMENTUM)
        _update_averages(variables, plan.averaging, step + 1)
        score = tf.reduce_sum(loss.scores(outputs, targets))
        return i + 1, losses_sum + total * plan.batch_size, scores_sum + score

    count = tf.shape(steps.batches)[0]
    start = (tf.constant(0), tf.constant(0.0), tf.constant(0.0))
    return tf.while_loop(lambda i, *_: i < count, body, start, parallel_iterations=1)[1:]


def _evaluate_batch(
    topology: Trainable, loss: Loss, deployed: Deployed, numbers: LayerNumbers, examples: Examples
) -> Any:
    """Return the sums over a batch of losses and of scores."""
    outputs = topology.evaluate(examples.x, deployed, _unstacked(numbers, [kernel.shape for kernel, _ in deployed]))
    targets = examples.targets
    return tf.reduce_sum(loss.rows(outputs, targets)), tf.reduce_sum(loss.scores(outputs, targets))


def _unstacked(numbers: LayerNumbers, kernels: Sequence[Sequence[Any]]) -> LayerNumbers:
    """Split the numbers by layer, given the shapes of the layers' kernels."""
    convolutions = sum(len(shape) == 4 for shape in kernels)
    return LayerNumbers(*map(tf.unstack, numbers, (convolutions, len(kernels), len(kernels))))


def _apply_adam(variables: Variables, gradient: Any, rate: Any, step: Any, constants: Mapping[str, Any]) -> None:
    number = tf.cast(step, tf.float32)
    powers = {f"{name}_power": tf.pow(constants[name], number) for name in ("beta1", "beta2")}
    var, m, v = (variable.handle for variable in (variables.weights, *variables.moments))
    tf.raw_ops.ResourceApplyAdam(var=var, m=m, v=v, lr=rate, grad=gradient, **constants, **powers)


def _update_averages(variables: Variables, decay: float, step: Any) -> None:
    if not decay:
        return
    # Smaller at first, so that the initial weights are forgotten soon.
    decay = tf.minimum(decay, tf.cast(step, tf.float32) / tf.cast(step + 9, tf.float32))
    for average, variable in zip(variables.averages, (variables.weights, variables.statistics), strict=True):
        _move(average, variable, 1 - decay)


def _move(average: Any, value: Any, share: Any) -> None:
    """Move an average towards a value, by this share of their difference."""
    # `assign_add` would read the average again, which takes time to trace.
    tf.raw_ops.AssignAddVariableOp(resource=average.handle, value=(value - average) * share)
