"""What a summary of a model says of itself."""

from typing import Literal

import pytest

from nas.study.summary import LayerSummary, Summary


@pytest.mark.parametrize(("file", "words"), [("tflite", "2 operators"), ("keras", "2 layers")])
def test_a_summary_counts_operators_of_a_tflite_and_layers_of_a_keras_model(
    file: Literal["tflite", "keras"], words: str
) -> None:
    layers = tuple(LayerSummary(i, "x", "Dense", (0,), (1,), (), 8, 8, 4, {}) for i in range(2))
    summary = Summary("mine", file, "float32", layers, (), 100, 8)
    assert words in repr(summary)
    assert "8 MACs" in repr(summary)
