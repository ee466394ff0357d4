"""The types of tensors that each kernel takes: models whose types were changed, as the packaged TFLM takes them."""

import faulthandler
import os
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from single_operators import TYPES, Case, cases, model_of, packed

from nas import _native

CHANGED = ("uint8", "int64", "uint32", "int4", "float64")
BASES = [case for case in cases() if {t.dtype for t in (*case.inputs, *case.outputs) if t} & {"float32", "int8"}]


def supported(data: bytes) -> bool:
    return _native.profile(data, "reference", "x86-64", "").totals.supported


def run_in_child(models: Sequence[bytes], answers: int) -> None:
    """Run models one after the other and write a byte for each: whether it allocates and runs once. Never returns."""
    import tflite_micro.python.tflite_micro.runtime as runtime

    faulthandler.disable()  # a crash is an answer here
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    for data in models:
        try:
            runtime.Interpreter.from_bytes(data, arena_size=2**16).invoke()
        except RuntimeError:
            os.write(answers, b"0")
        else:
            os.write(answers, b"1")
    os._exit(0)


def tflm_runs(models: Sequence[bytes]) -> list[bool]:
    """Say of each model whether the packaged TFLM allocates and runs it; one that crashes it is refused."""
    pytest.importorskip("tflite_micro.python.tflite_micro.runtime")
    answers: list[bool] = []
    while len(answers) < len(models):
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            run_in_child(models[len(answers) :], theirs)
        os.close(theirs)
        with os.fdopen(ours, "rb") as pipe:
            answers += [byte == b"1"[0] for byte in pipe.read()]
        crashed = os.waitpid(child, 0)[1] != 0
        answers += [False] if crashed else []
    return answers


def activations(case: Case) -> list[int]:
    """Return the tensors of the model that are no constants, in its order: inputs, then outputs."""
    tensors = [t for t in (*case.inputs, *case.outputs) if t is not None]
    return [index for index, tensor in enumerate(tensors) if tensor.data is None]


def with_types(case: Case, tensors: Sequence[int], dtype: str) -> bytes:
    """Return the case's model with another type for some tensors; scales and zero points stay."""
    model: Any = model_of(case)
    for index in tensors:
        model.subgraphs[0].tensors[index].type = TYPES[dtype]
    return packed(model)


def disagreements(changed: Iterator[tuple[str, bytes]]) -> list[str]:
    names, models = zip(*changed, strict=True)
    rows = zip(names, models, tflm_runs(models), strict=True)
    return [f"{name}: TFLM {'runs' if runs else 'refuses'} it" for name, data, runs in rows if supported(data) != runs]


@pytest.mark.parametrize("dtype", CHANGED)
def test_activations_of_another_type_are_taken_and_refused_as_the_packaged_tflm_does(dtype: str) -> None:
    assert not disagreements((str(case), with_types(case, activations(case), dtype)) for case in BASES)


@pytest.mark.parametrize("dtype", CHANGED)
def test_one_tensor_of_another_type_is_taken_and_refused_as_the_packaged_tflm_does(dtype: str) -> None:
    changed = (
        (f"{case}, tensor {index}", with_types(case, [index], dtype)) for case in BASES for index in activations(case)
    )
    assert not disagreements(changed)
