"""Why a model cannot be converted, in a line: the operators or layers, and what to change.

TensorFlow's converter answers with pages of text, most of it a trace through the graph.
"""

import re
from collections.abc import Iterator
from typing import Any

from nas.errors import InputError
from nas.model.deploy.keras_layers import leaves
from nas.study.quantization import Scheme
from nas.text import shortened

_MOST_NAMED = 6

# What to do about an operator that the converter or TFLM refuses; the first entry that an operator's name matches.
_ADVICE: tuple[tuple[str, str], ...] = (
    (r"TensorList|While|LSTM|GRU|RNN", "give the LSTM or GRU layer unroll=True, or replace it by convolutions"),
    (r"FFT|STFT|Spectrogram|Mfcc", "compute the spectrum outside the model, with a front-end"),
    (r"Conv3D|MaxPool3D|AvgPool3D", "use layers of one or two dimensions"),
    (r"Erf|Gelu", "use relu or hard_swish in place of gelu"),
    (r"Softplus|Selu|Elu|Mish", "use relu in place of this activation"),
    (r"Random|Multinomial", "leave layers out that draw random numbers"),
    (r"String|Lookup|Hash", "turn text into numbers outside the model"),
    (r"CumSum|CumProd|Sort|TopK|Unique|Where", "compute this outside the model"),
)
_ALONE = "replace it by layers such as Conv1D, Conv2D, DepthwiseConv2D, Dense, pooling, Add or ReLU"


def refusal(scheme: Scheme, text: str) -> InputError:
    """Return the error for what TensorFlow's converter says about a model."""
    names = list(dict.fromkeys(_operators(text)))
    if names:
        rule = f"TensorFlow's converter has no form for {shortened(names, _MOST_NAMED)}"
        return InputError(scheme, rule, hint=advice_for(names[0]))
    line = next((line for line in text.splitlines() if line.strip()), "no reason given")
    return InputError(scheme, "TensorFlow's converter refuses the model", got=line.strip())


def advice_for(name: str) -> str:
    """Return what to do about an operator that cannot be converted."""
    return next((advice for pattern, advice in _ADVICE if re.search(pattern, name, re.IGNORECASE)), _ALONE)


def _operators(text: str) -> Iterator[str]:
    """Yield the names of operators that an error's text blames."""
    for blamed in re.findall(r"^(?:Flex|Custom) ops: (.+)$", text, re.MULTILINE):
        yield from (name.strip() for name in blamed.split(","))
    yield from re.findall(r"'(?:tf|tfl)\.(\w+)' op (?:is neither|requires|operand)", text)
    yield from re.findall(r"failed to legalize operation '(?:tf|tfl)\.(\w+)'", text)
    yield from re.findall(r"[Qq]uantization(?: to 16x8-bit)? not yet supported for op: '?(\w+)", text)
    yield from re.findall(r"operators? that are not supported[^:]*: (\w+)", text)


def layer_notes(model: Any) -> list[str]:
    """Return what to change in a Keras model that converts, but badly: a sentence for each kind of layer."""
    notes: dict[str, list[str]] = {}
    for layer in leaves(model):
        for sentence in _notes(layer):
            notes.setdefault(sentence, []).append(layer.name)
    return [f"{shortened(names, _MOST_NAMED)}: {sentence}" for sentence, names in notes.items()]


def _notes(layer: Any) -> Iterator[str]:
    if getattr(layer, "data_format", None) == "channels_first":
        yield (
            'data_format is "channels_first", for which the converter adds a TRANSPOSE before and behind it; use '
            '"channels_last"'
        )
    kind = type(layer).__name__
    if becomes_loop(layer):
        yield f"{kind} without unroll=True becomes a loop, which int8 and TFLM do not have; give it unroll=True"
    if getattr(layer, "stateful", False):
        yield "stateful=True keeps state between inferences, in resource variables; set it to False"


def becomes_loop(layer: Any) -> bool:
    """Return whether TensorFlow's converter makes a loop of a Keras layer; its calibration of int8 ends the process."""
    return type(layer).__name__ in _RECURRENT and not getattr(layer, "unroll", False)


_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D")
