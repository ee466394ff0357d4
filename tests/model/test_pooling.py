"""One pooling in place of a stack of 2x poolings: Keras's stack and LiteRT's bytes are the oracles."""

from typing import Any

import keras
import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from hypothesis import given, settings
from hypothesis import strategies as st

from nas.graph.builder import GraphBuilder
from nas.model.runtime import quiet, tf

maps = st.tuples(st.integers(1, 21), st.integers(1, 21), st.integers(1, 3))
LAYERS = {"max": keras.layers.MaxPooling2D, "average": keras.layers.AveragePooling2D}


def _one(kind: str, shape: tuple[int, ...], count: int) -> list[Any]:
    """The Keras layer of the one operator that the graph holds."""
    g = GraphBuilder(shape)
    g.pool2d(kind, count)
    return [LAYERS[kind](op.options["filter"], op.options["stride"]) for op in g.graph().ops]


def _stack(kind: str, shape: tuple[int, ...], count: int) -> list[Any]:
    """`count` poolings of 2, each of which stops at an axis of length 1."""
    layers = []
    for _ in range(count):
        window = tuple(min(2, n) for n in shape[:2])
        layers.append(LAYERS[kind](window))
        shape = tuple(n // w for n, w in zip(shape[:2], window, strict=True))
    return layers


def _apply(layers: list[Any], x: Any) -> Any:
    for layer in layers:
        x = layer(x)
    return x


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(list(LAYERS)), maps, st.integers(0, 5), st.integers(0, 9))
def test_one_pooling_equals_successive_poolings(kind: str, shape: tuple[int, ...], count: int, seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(2, *shape)).astype(np.float32)
    one, stack = (np.asarray(_apply(make(kind, shape, count), x)) for make in (_one, _stack))
    # The maximum is one of the numbers; an average of averages is the average up to float's rounding.
    np.testing.assert_allclose(one, stack, rtol=0, atol=0 if kind == "max" else 1e-6)


@pytest.mark.parametrize("shape", [(1, 37, 3), (9, 22, 2), (3, 2, 5)])
@pytest.mark.parametrize("kind", LAYERS)
def test_in_int8_the_maximum_is_the_same_and_the_average_more_accurate(kind: str, shape: tuple[int, ...]) -> None:
    q = np.random.default_rng(0).integers(-128, 128, size=(1, *shape), dtype=np.int8)
    one, stack = (_int8(make(kind, shape, 3), q) for make in (_one, _stack))
    if kind == "max":
        np.testing.assert_array_equal(one, stack)
        return
    exact = np.asarray(_apply(_stack(kind, shape, 3), q.astype(np.float32)))
    assert np.abs(one - exact).max() <= 0.5 + 1e-4
    assert np.abs(stack - exact).max() <= 1.5 + 1e-4
    assert np.abs(one - exact).mean() <= np.abs(stack - exact).mean()


def _int8(layers: list[Any], q: np.ndarray) -> np.ndarray:
    """Return what LiteRT's int8 operators make of the layers."""
    call = tf.function(lambda x: _apply(layers, x), autograph=False)
    function = call.get_concrete_function(tf.TensorSpec(q.shape, tf.float32))
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function])
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    converter.representative_dataset = lambda: ([np.full(q.shape, v, np.float32)] for v in (-128, 127))
    with quiet():
        tflite = converter.convert()
    interpreter = Interpreter(
        model_content=tflite, experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    )
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], q)
    interpreter.invoke()
    return np.asarray(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]), np.float32)
