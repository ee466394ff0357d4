"""Keras models and float files by each scheme: their numbers, and how near they stay to the float model."""

import keras
import numpy as np
import pytest

from nas.errors import InputError
from nas.model.deploy.float_tflite import convert_tflite
from nas.model.deploy.refusals import layer_notes, refusal
from nas.model.deploy.schemes import KerasSource, deploy, finish
from nas.model.deploy.tflite_model import TfliteModel
from nas.model.deploy.weights_only import float_weights, half_weights, int8_weights
from nas.model.keras_runtime import keras_outputs
from nas.study.quantization import COMPARED, NumberType, OperatorSet, Quantization, Scheme
from nas.target.numbers import Numbers, hybrid_operators, numbers_of
from nas.target.profiler import profile

L = keras.layers
X = np.random.default_rng(0).standard_normal((96, 32, 3)).astype(np.float32)
DEFAULTS = Quantization()


@pytest.fixture(scope="module")
def source() -> KerasSource:
    keras.utils.set_random_seed(0)
    layers = [
        L.Conv1D(16, 5, padding="same"), L.BatchNormalization(), L.ReLU(), L.MaxPooling1D(2),
        L.SeparableConv1D(24, 3, activation="relu"), L.Flatten(), L.Dense(12, activation="relu"),
        L.Dense(4, activation="softmax"),
    ]  # fmt: skip
    return KerasSource(keras.Sequential([keras.Input((32, 3)), *layers]))


@pytest.fixture(scope="module")
def files(source: KerasSource) -> dict[Scheme, bytes]:
    return {scheme: finish(source.convert(scheme, DEFAULTS, X), DEFAULTS) for scheme in COMPARED}


@pytest.mark.parametrize("scheme", COMPARED)
def test_a_scheme_computes_with_the_numbers_that_it_names(files: dict[Scheme, bytes], scheme: Scheme) -> None:
    assert numbers_of(profile(files[scheme], "cortex-m4")).value == scheme.value


@pytest.mark.parametrize("scheme", COMPARED)
def test_a_scheme_answers_nearly_as_the_keras_model(
    source: KerasSource, files: dict[Scheme, bytes], scheme: Scheme
) -> None:
    near = {Scheme.FLOAT32: 1e-5, Scheme.FLOAT16: 2e-3, Scheme.INT16X8: 0.02}.get(scheme, 0.05)
    np.testing.assert_allclose(TfliteModel(files[scheme]).predict(X), keras_outputs(source.model, X), atol=near)


@pytest.mark.parametrize("scheme", COMPARED)
def test_tflm_runs_all_but_float16_and_hybrid_models(files: dict[Scheme, bytes], scheme: Scheme) -> None:
    footprint = profile(files[scheme], "cortex-m4")
    assert footprint.refused == (scheme in (Scheme.FLOAT16, Scheme.DYNAMIC_RANGE))
    assert bool(list(hybrid_operators(footprint))) == (scheme is Scheme.DYNAMIC_RANGE)


def test_the_batch_is_fixed_so_that_no_shape_is_computed_on_the_device(files: dict[Scheme, bytes]) -> None:
    kinds = {op.op for op in profile(files[Scheme.INT8], "cortex-m4").ops}
    assert kinds == {"RESHAPE", "CONV_2D", "MAX_POOL_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "SOFTMAX"}


def test_names_stay_if_the_settings_want_it(source: KerasSource, files: dict[Scheme, bytes]) -> None:
    whole = finish(source.convert(Scheme.INT8, DEFAULTS, X), Quantization(slim=False))
    assert b"keras.separable_conv1d" in whole
    assert b"keras." not in files[Scheme.INT8]
    np.testing.assert_array_equal(TfliteModel(whole).predict(X), TfliteModel(files[Scheme.INT8]).predict(X))


def _scales(tflite: bytes, shape: tuple[int, ...]) -> int:
    from ai_edge_litert import schema_py_generated as schema

    tensors = schema.ModelT.InitFromPackedBuf(tflite, 0).subgraphs[0].tensors
    return next(len(t.quantization.scale) for t in tensors if tuple(t.shape) == shape)


def test_weights_have_one_scale_if_the_settings_want_it(source: KerasSource, files: dict[Scheme, bytes]) -> None:
    conv, dense = (16, 1, 5, 3), (4, 12)
    assert (_scales(files[Scheme.INT8], conv), _scales(files[Scheme.INT8], dense)) == (16, 4)
    plain = finish(source.convert(Scheme.INT8, Quantization(per_channel_dense=False), X), DEFAULTS)
    assert (_scales(plain, conv), _scales(plain, dense)) == (16, 1)
    one = finish(source.convert(Scheme.INT8, Quantization(per_channel=False), X), DEFAULTS)
    assert (_scales(one, conv), _scales(one, dense)) == (1, 1)


def test_the_custom_scheme_is_what_its_settings_say(source: KerasSource) -> None:
    settings = Quantization(
        schemes=(Scheme.CUSTOM,), inference_input_type=NumberType.UINT8, inference_output_type=NumberType.INT8
    )
    tensors = profile(source.convert(Scheme.CUSTOM, settings, X), "host").tensors
    assert {t.kind: t.dtype for t in tensors if t.kind in ("input", "output")} == {"input": "uint8", "output": "int8"}


def test_what_a_training_deploys_is_the_scheme_of_its_settings(source: KerasSource, files: dict[Scheme, bytes]) -> None:
    assert deploy(source.model, DEFAULTS, X, X) == files[Scheme.INT8]
    assert deploy(source.model, Quantization(deployed=Scheme.INT16X8), X, X) == files[Scheme.INT16X8]
    trained_on = deploy(source.model, Quantization(deployed=Scheme.INT8_QAT, qat_epochs=1), X, X)
    assert numbers_of(profile(trained_on, "host")) is Numbers.INT8
    assert trained_on != files[Scheme.INT8]


def test_an_operator_that_tflite_does_not_have_is_named_with_what_to_change() -> None:
    inputs = keras.Input((8,))
    model = keras.Model(inputs, keras.ops.cumprod(L.Dense(4)(inputs), axis=1))
    with pytest.raises(
        InputError, match=r"int8: TensorFlow's converter has no form for Cumprod; compute this outside"
    ) as caught:
        KerasSource(model).convert(Scheme.INT8, DEFAULTS, np.zeros((4, 8), np.float32))
    assert "\n" not in str(caught.value)
    settings = Quantization(
        schemes=(Scheme.CUSTOM,), supported_ops=(OperatorSet.BUILTINS, OperatorSet.SELECT_TF_OPS), optimizations=()
    )
    flex = profile(KerasSource(model).convert(Scheme.CUSTOM, settings), "cortex-m4")
    assert any("FlexCumprod" in (op.reason or "") for op in flex.ops)


def test_a_refusal_without_a_name_still_is_one_line() -> None:
    assert str(refusal(Scheme.INT8, "\nsomething\nwent\nwrong")) == (
        "int8: TensorFlow's converter refuses the model, got something"
    )


def test_layers_that_convert_badly_are_told_with_what_to_change() -> None:
    inputs = keras.Input((12, 8))
    x = L.Conv1D(4, 3, data_format="channels_first", name="first")(inputs)
    x = L.LSTM(4, name="memory")(x)
    notes = layer_notes(keras.Model(inputs, x))
    assert any(note.startswith("first: data_format is") and "channels_last" in note for note in notes)
    assert any(note.startswith("memory: LSTM without unroll=True") for note in notes)
    assert layer_notes(keras.Sequential([keras.Input((4,)), L.Dense(2)])) == []


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_an_unrolled_recurrent_layer_becomes_int8(kind: str) -> None:
    model = keras.Sequential([keras.Input((6, 3)), getattr(L, kind)(4, unroll=True), L.Dense(2)])
    content = KerasSource(model).convert(Scheme.INT8, DEFAULTS, X[:16, :6])
    assert numbers_of(profile(content, "cortex-m4")) is Numbers.INT8


@pytest.mark.parametrize("scheme", [s for s in COMPARED if s.is_calibrated])
def test_a_recurrent_layer_that_becomes_a_loop_is_refused_before_its_calibration_ends_the_process(
    scheme: Scheme,
) -> None:
    model = keras.Sequential([keras.Input((6, 3)), L.LSTM(4, name="memory"), L.Dense(2)])
    with pytest.raises(InputError, match=r"^memory: becomes a loop, which int8 and TFLM do not have; give it unroll"):
        KerasSource(model).convert(scheme, DEFAULTS, X[:16, :6])


@pytest.mark.parametrize("scheme", [s for s in COMPARED if s is not Scheme.FLOAT32])
def test_a_float_file_becomes_what_its_keras_model_becomes(files: dict[Scheme, bytes], scheme: Scheme) -> None:
    made = convert_tflite(files[Scheme.FLOAT32], scheme, DEFAULTS, X)
    assert numbers_of(profile(made, "cortex-m4")).value == scheme.value
    near = 2e-3 if scheme is Scheme.FLOAT16 else 0.03
    np.testing.assert_allclose(TfliteModel(made).predict(X), TfliteModel(files[scheme]).predict(X), atol=near)


@pytest.mark.parametrize("scheme", [Scheme.INT8_QAT, Scheme.CUSTOM])
def test_what_a_float_file_cannot_become_is_said(files: dict[Scheme, bytes], scheme: Scheme) -> None:
    with pytest.raises(InputError, match=r"needs the Keras model, got a \.tflite; give the .keras file"):
        convert_tflite(files[Scheme.FLOAT32], scheme, DEFAULTS, X)


def test_small_weights_are_floats_again_as_they_were(files: dict[Scheme, bytes]) -> None:
    exact = files[Scheme.FLOAT32]
    for made, near in ((half_weights(exact), 2e-3), (int8_weights(exact), 0.03), (files[Scheme.FLOAT16], 2e-3)):
        again = float_weights(made)
        assert numbers_of(profile(again, "cortex-m4")) is Numbers.FLOAT32
        assert not profile(again, "cortex-m4").refused
        np.testing.assert_allclose(TfliteModel(again).predict(X), TfliteModel(exact).predict(X), atol=near)
