"""A smaller input: a picture of fewer pixels, or a window at a lower rate."""

from dataclasses import dataclass

from nas.graph.builder import GraphBuilder
from nas.space.blocks.block import BLOCKS, Block, at_least


@BLOCKS.register("downsample")
@dataclass(frozen=True, slots=True)
class Downsample(Block):
    """Means of neighbours in place of the values: as the first block, it decides the resolution that a network sees.

    The device computes them as training does, from the same input, by one pooling without weights. All later layers
    take a quarter of the RAM and the time on a picture that is halved, and half on a window. A mean lets only slow
    changes through, so less folds back into them than with the stride of a convolution alone.

    Attributes:
        halvings: how often every axis longer than 1 is halved; 0 leaves the input as it is.
    """

    halvings: int = at_least(0, 0)

    def lower(self, g: GraphBuilder) -> None:
        g.pool2d("average", self.halvings)
