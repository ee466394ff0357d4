"""Squeeze-and-excite: each channel is weighted by a function of the means of all channels."""

from dataclasses import dataclass

from nas.graph.builder import GraphBuilder
from nas.space.blocks.block import BLOCKS, Block, at_least


@BLOCKS.register("squeeze_excite")
@dataclass(frozen=True, slots=True)
class SqueezeExcite(Block):
    """The means of the channels, two 1x1 convolutions, and a factor from 0 to 1 for each channel (arXiv:1709.01507).

    The feature maps stay in RAM until they are multiplied.

    Attributes:
        squeeze: channels for each one between the two convolutions.
    """

    squeeze: int = at_least(1, 4)

    def lower(self, g: GraphBuilder) -> None:
        squeeze_excite(g, self.squeeze)


def squeeze_excite(g: GraphBuilder, squeeze: int) -> None:
    """Append squeeze-and-excite with one channel in the middle for `squeeze` channels, and at least one."""
    maps, channels = g.tensor, g.shape[-1]
    g.mean()
    g.conv2d(max(1, channels // squeeze), 1)
    g.conv2d(channels, 1, activation="NONE")
    g.logistic()
    g.multiply(maps)
