"""State, signal processing and operators that nobody knows: memory as the packaged TFLM has it, or "at least"."""

import pytest
from test_operators import head_and_tail, measure, run, works
from whole_models import preprocessor, signal_operators, streaming_convolution, streaming_dense

MODELS = {
    "streaming convolution": streaming_convolution(),
    "streaming dense": streaming_dense(),
    "float preprocessor": preprocessor("float32"),
    "int8 preprocessor": preprocessor("int8"),
    "small int8 preprocessor": preprocessor("int8", channels=7, fft=1024),
    **signal_operators(),
}


@pytest.mark.parametrize("name", MODELS)
def test_state_and_signal_operators_take_what_the_packaged_tflm_takes(
    name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert head_and_tail(MODELS[name]) == run(MODELS[name], capfd)
    assert measure(MODELS[name]).totals.supported


@pytest.mark.parametrize("name", MODELS)
def test_the_smallest_arena_of_state_and_signal_operators_works_and_32_bytes_less_do_not(name: str) -> None:
    smallest = measure(MODELS[name]).totals.min_arena_bytes
    assert works(MODELS[name], smallest)
    assert not works(MODELS[name], smallest - 32)
