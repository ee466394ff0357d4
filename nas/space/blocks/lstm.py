"""A recurrent layer: long short-term memory."""

from dataclasses import dataclass

from nas.graph.builder import GraphBuilder
from nas.space.blocks.block import BLOCKS, Block, at_least


@BLOCKS.register("lstm")
@dataclass(frozen=True, slots=True)
class Lstm(Block):
    """An LSTM over the steps of a window, from the first to the last (Hochreiter & Schmidhuber, 1997).

    It gives its state after each step; the head `last` takes the one that has seen the whole window. Every window
    begins anew, with a state of zeros. Its weights do not depend on the window's length, its time does; so poolings or
    strides before it make it as many times faster as they make the window shorter.

    Attributes:
        units: values of the state, and channels of the output.
    """

    units: int = at_least(1, 16)

    def lower(self, g: GraphBuilder) -> None:
        g.lstm(self.units)
