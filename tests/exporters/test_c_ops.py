"""The op resolver registers the model's operators by TFLM's names for them, and no others."""

import json

import pytest
from single_operators import cases, model_bytes

from nas.errors import InputError
from nas.exporters.c_ops import METHODS, resolver_method
from nas.target.profiler import profile
from nas.target.target import find_target


def test_every_operator_that_tflm_was_seen_to_run_has_a_method(shared):
    models = json.loads((shared / "truth" / "truth.json").read_text())["models"]
    kinds = {kind for model in models for kind in model["ops"]} - {"CUSTOM"}
    assert len(kinds) > 20
    assert {resolver_method(kind) for kind in kinds} <= set(METHODS.values())


def test_every_operator_that_the_profiler_says_tflm_runs_has_a_method():
    runs = {case.kind for case in cases() if profile(model_bytes(case), find_target("cortex-m4-reference")).supported}
    assert len(runs) > 90
    assert {resolver_method(kind) for kind in runs} <= set(METHODS.values())


def test_an_operator_without_a_method_is_named_and_no_other_one_is_proposed():
    with pytest.raises(InputError) as error:
        resolver_method("GELU")
    assert str(error.value).startswith("model_ops.h: TFLM has no method for GELU; ")
    assert "ELU?" not in str(error.value)


def test_no_two_methods_differ_only_in_case_and_underscores():
    assert len({name.lower() for name in METHODS.values()}) == len(METHODS)


@pytest.mark.parametrize(
    ("kind", "method"),
    # As in tensorflow/lite/micro/micro_mutable_op_resolver.h at commit 90b983c; the last three break the others' rule.
    {
        "CONV_2D": "AddConv2D",
        "DEPTHWISE_CONV_2D": "AddDepthwiseConv2D",
        "MAX_POOL_2D": "AddMaxPool2D",
        "AVERAGE_POOL_2D": "AddAveragePool2D",
        "MEAN": "AddMean",
        "RESHAPE": "AddReshape",
        "FULLY_CONNECTED": "AddFullyConnected",
        "SOFTMAX": "AddSoftmax",
        "REDUCE_MIN": "AddReduceMin",
        "REDUCE_ALL": "AddReduceAll",
        "REVERSE_V2": "AddReverseV2",
        "DYNAMIC_UPDATE_SLICE": "AddDynamicUpdateSlice",
        "EMBEDDING_LOOKUP": "AddEmbeddingLookup",
        "CUMSUM": "AddCumSum",
        "BATCH_MATMUL": "AddBatchMatMul",
        "UNIDIRECTIONAL_SEQUENCE_LSTM": "AddUnidirectionalSequenceLSTM",
    }.items(),
)
def test_an_operator_is_registered_by_tflms_method(kind, method):
    assert resolver_method(kind) == method
