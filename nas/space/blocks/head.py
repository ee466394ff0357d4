"""The step from feature maps to a vector."""

from dataclasses import dataclass

from nas.graph.builder import GraphBuilder
from nas.space.blocks.block import BLOCKS, Block, one_of


@BLOCKS.register("head")
@dataclass(frozen=True, slots=True)
class Head(Block):
    """Flatten, average each channel over time or space, or take the last step.

    Attributes:
        kind: `flatten`, `global_average`, or `last`: the channels at the last position alone, which is for layers that
            have seen all of a window there, as an LSTM has. All give the same if the map has a single position.
    """

    kind: str = one_of("global_average", "flatten", "last")

    def lower(self, g: GraphBuilder) -> None:
        if self.kind == "global_average" and len(g.shape) == 3:
            g.mean()
        elif self.kind == "last" and len(g.shape) == 3:
            g.last()
        g.flatten()
