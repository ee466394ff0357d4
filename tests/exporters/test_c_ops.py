"""The op resolver registers the model's operators by TFLM's names for them, and no others."""

import json

import pytest

from nas.exporters.c_ops import METHODS, resolver_method


def test_every_operator_that_tflm_was_seen_to_run_has_a_method(shared):
    models = json.loads((shared / "truth" / "truth.json").read_text())["models"]
    kinds = {kind for model in models for kind in model["ops"]} - {"CUSTOM"}
    assert len(kinds) > 20
    assert {resolver_method(kind) for kind in kinds} <= set(METHODS.values())


def test_no_two_methods_differ_only_in_case_and_underscores():
    assert len({name.lower() for name in METHODS.values()}) == len(METHODS)


@pytest.mark.parametrize(
    ("kind", "method"),
    # As in tensorflow/lite/micro/micro_mutable_op_resolver.h; the last three break the rule of the others.
    {
        "CONV_2D": "AddConv2D",
        "DEPTHWISE_CONV_2D": "AddDepthwiseConv2D",
        "MAX_POOL_2D": "AddMaxPool2D",
        "AVERAGE_POOL_2D": "AddAveragePool2D",
        "MEAN": "AddMean",
        "RESHAPE": "AddReshape",
        "FULLY_CONNECTED": "AddFullyConnected",
        "SOFTMAX": "AddSoftmax",
        "CUMSUM": "AddCumSum",
        "BATCH_MATMUL": "AddBatchMatMul",
        "UNIDIRECTIONAL_SEQUENCE_LSTM": "AddUnidirectionalSequenceLSTM",
    }.items(),
)
def test_an_operator_is_registered_by_tflms_method(kind, method):
    assert resolver_method(kind) == method
