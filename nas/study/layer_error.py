"""What quantization does to one layer of a network, as plain data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LayerError:
    """The error of one operator of an int8 model, measured against the float model on the same rows.

    Attributes:
        index: position of the operator in the int8 file.
        op: kind of the operator, such as `CONV_2D`.
        layer: the Keras layers that it computes; empty if the file tells no names.
        name: name of its output in the file.
        sqnr_db: signal-to-quantization-noise ratio of what this layer alone adds, in dB, the mean over its channels;
            None if it adds nothing.
        total_sqnr_db: the same for all layers up to this one together.
        mean_error: mean absolute error of all layers up to this one, as a share of the float output's range.
        saturated: share of the output's values that lie outside of what its scale can hold.
        weights_sqnr_db: that of the weights alone, the mean over output channels; None for a layer without weights.
        hint: what is the matter and what helps, in a sentence; None if nothing is.
    """

    index: int
    op: str
    layer: str
    name: str
    sqnr_db: float | None
    total_sqnr_db: float | None
    mean_error: float
    saturated: float
    weights_sqnr_db: float | None
    hint: str | None = None
