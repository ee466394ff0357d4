"""A dense layer with its regularizer: Dense -> regularizer."""

from dataclasses import dataclass

from nas.graph.builder import GraphBuilder
from nas.space.blocks.block import BLOCKS, Block, at_least, flag, one_of


@BLOCKS.register("dense")
@dataclass(frozen=True, slots=True)
class Dense(Block):
    """A fully connected layer with ReLU.

    Attributes:
        units: outputs.
        regularizer: `none`, `dropout` on the outputs, or `l2` on the weights.
        dropout: share of outputs that is dropped in training, if `regularizer` is `dropout`.
        l2: factor of the squared norm in the loss, if `regularizer` is `l2`.
        batch_norm: normalize before the ReLU in training.
    """

    units: int = at_least(1, 16)
    regularizer: str = one_of("none", "dropout", "l2")
    dropout: float = at_least(0.0, 0.2)
    l2: float = at_least(0.0, 1e-4)
    batch_norm: bool = flag(False)

    def lower(self, g: GraphBuilder) -> None:
        dropout = self.dropout if self.regularizer == "dropout" else 0.0
        l2 = self.l2 if self.regularizer == "l2" else 0.0
        g.flatten()
        g.fully_connected(self.units, batch_norm=self.batch_norm, dropout=dropout, l2=l2)
