"""Models in LiteRT and in the real TFLM on this computer."""

from dataclasses import replace

import numpy as np
import pytest
from keras import Input, Sequential
from keras.layers import Dense

from nas.model.deploy.schemes import KerasSource
from nas.model.deploy.tflite_model import TfliteModel
from nas.model.host.litert import run_litert
from nas.model.host.tflm import RECORDING, has_tflm, run_tflm
from nas.model.host.timing import time_calls
from nas.study.quantization import Quantization, Scheme
from nas.target.profiler import profile
from nas.target.target import find_target

X = np.random.default_rng(0).standard_normal((20, 6)).astype(np.float32)
needs_tflm = pytest.mark.skipif(not has_tflm(), reason="tflite-micro has wheels for x86-64 Linux only")


@pytest.fixture(scope="module")
def files() -> dict[Scheme, bytes]:
    source = KerasSource(Sequential([Input((6,)), Dense(64, activation="relu"), Dense(3, activation="softmax")]))
    schemes = (Scheme.FLOAT32, Scheme.FLOAT16, Scheme.INT8, Scheme.INT16X8)
    return {scheme: source.convert(scheme, Quantization(), X) for scheme in schemes}


def test_each_call_is_timed_after_some_to_warm_up() -> None:
    calls: list[int] = []
    times = time_calls(lambda: calls.append(1), 20)
    assert len(times) == 20
    assert len(calls) > 20
    assert min(times) > 0


@pytest.mark.parametrize("scheme", [Scheme.FLOAT32, Scheme.FLOAT16, Scheme.INT8, Scheme.INT16X8])
@pytest.mark.parametrize("xnnpack", [False, True])
def test_litert_answers_and_takes_time(files: dict[Scheme, bytes], scheme: Scheme, xnnpack: bool) -> None:
    run = run_litert(files[scheme], X, 10, xnnpack)
    assert len(run.times_us) == 10
    assert 0 < run.quantile_us(0.1) <= run.quantile_us(0.5) <= run.quantile_us(0.9)
    assert run.outputs is not None
    np.testing.assert_array_equal(run.outputs, TfliteModel(files[scheme]).predict(X))


@needs_tflm
@pytest.mark.parametrize("scheme", [Scheme.FLOAT32, Scheme.INT8, Scheme.INT16X8])
def test_tflm_takes_the_arena_that_we_say_and_answers_as_litert_does(
    files: dict[Scheme, bytes], scheme: Scheme, capfd: pytest.CaptureFixture[str]
) -> None:
    footprint = profile(files[scheme], replace(find_target("host"), tflm=RECORDING))
    run = run_tflm(files[scheme], X, 10, footprint.ram_bytes)
    assert run.arena_bytes == footprint.detail.used
    assert run.outputs is not None
    np.testing.assert_allclose(run.outputs, TfliteModel(files[scheme]).predict(X), atol=1.5 / 256)
    assert capfd.readouterr() == ("", "")


@needs_tflm
def test_what_tflm_refuses_is_said_in_its_words(files: dict[Scheme, bytes]) -> None:
    with pytest.raises(RuntimeError, match="kTfLiteInt8"):
        run_tflm(files[Scheme.FLOAT16], X, 10, 1000)
