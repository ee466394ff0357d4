"""The step from feature maps to a vector."""

from dataclasses import dataclass

from nas.graph.builder import GraphBuilder
from nas.space.blocks.block import BLOCKS, Block, one_of


@BLOCKS.register("head")
@dataclass(frozen=True, slots=True)
class Head(Block):
    """Flatten, or average each channel over time or space.

    Attributes:
        kind: `flatten` or `global_average`; both give the same if the map has a single position.
    """

    kind: str = one_of("global_average", "flatten")

    def lower(self, g: GraphBuilder) -> None:
        if self.kind == "global_average" and len(g.shape) == 3:
            g.mean()
        g.flatten()
