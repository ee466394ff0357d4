"""An inverted residual block: few channels between blocks, many within, and a shortcut where the shape stays."""

from dataclasses import dataclass

from nas.graph.builder import GraphBuilder
from nas.space.blocks.block import BLOCKS, Block, at_least, flag, one_of
from nas.space.blocks.squeeze_excite import squeeze_excite


@BLOCKS.register("inverted_residual")
@dataclass(frozen=True, slots=True)
class InvertedResidual(Block):
    """A 1x1 convolution to more channels, a depthwise convolution, and a 1x1 one to few.

    It is the block of MobileNetV2 (arXiv:1801.04381); with squeeze-and-excite, that of MobileNetV3. No activation
    follows the last convolution. If input and output have the same shape, they are added.

    Attributes:
        filters: output channels.
        expansion: channels within the block for each channel of its input; without the first convolution if it is 1.
        kernel: size of the depthwise kernel on each axis; cut to the size of the axis.
        stride: step of the depthwise convolution.
        activation: `relu`, `relu6` or `hard_swish`, after the first two convolutions. The last one, of MobileNetV3, is
            an operator of its own: it takes RAM and time that the others do not.
        squeeze: channels for each one in the middle of a squeeze-and-excite after the depthwise convolution; 0 for
            none.
        skip: add the input where the shape allows.
        batch_norm: normalize in training.
    """

    filters: int = at_least(1, 16)
    expansion: int = at_least(1, 4)
    kernel: int = at_least(1, 3)
    stride: int = at_least(1, 1)
    activation: str = one_of("relu", "relu6", "hard_swish")
    squeeze: int = at_least(0, 0)
    skip: bool = flag(True)
    batch_norm: bool = flag(True)

    def lower(self, g: GraphBuilder) -> None:
        start, before = g.tensor, g.shape
        activation = self.activation.upper()
        if self.expansion > 1:
            g.conv2d(self.expansion * before[-1], 1, activation=activation, batch_norm=self.batch_norm)
        if before[:2] != (1, 1):  # on a single position it would only scale channels, as the convolutions do
            g.depthwise_conv2d(self.kernel, stride=self.stride, activation=activation, batch_norm=self.batch_norm)
        if self.squeeze:
            squeeze_excite(g, self.squeeze)
        g.conv2d(self.filters, 1, activation="NONE", batch_norm=self.batch_norm)
        if self.skip and g.shape == before:
            g.add(start)
