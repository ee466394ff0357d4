"""A residual block: convolutions beside a shortcut, whose outputs are added."""

from dataclasses import dataclass

from nas.graph.builder import GraphBuilder
from nas.space.blocks.block import BLOCKS, Block, at_least, flag, one_of
from nas.space.blocks.shortcut import add_shortcut
from nas.space.blocks.squeeze_excite import squeeze_excite

BOTTLENECK = 4
"""Output channels for each one within a bottleneck (ResNet-50)."""


@BLOCKS.register("residual")
@dataclass(frozen=True, slots=True)
class Residual(Block):
    """Convolutions, the sum of their output with the block's input, and ReLU (ResNet, arXiv:1512.03385).

    Where the convolutions change the shape, a 1x1 convolution with the same stride projects the input; elsewhere it is
    added as it is. Both tensors lie in RAM at the sum, and the block's input while its convolutions are computed.

    Attributes:
        kind: `plain`, or `separable`: each convolution is a depthwise one and a 1x1 one, or `bottleneck`: 1x1
            convolutions to a quarter of the channels before each convolution, and back after it.
        convolutions: how many of them the shortcut passes by.
        filters: output channels.
        kernel: size of the kernels on each axis; cut to the size of the axis.
        stride: step of the first convolution, and of the projection.
        squeeze: channels for each one in the middle of a squeeze-and-excite before the sum; 0 for none.
        batch_norm: normalize in training.
    """

    kind: str = one_of("plain", "separable", "bottleneck")
    convolutions: int = at_least(1, 2)
    filters: int = at_least(1, 16)
    kernel: int = at_least(1, 3)
    stride: int = at_least(1, 1)
    squeeze: int = at_least(0, 0)
    batch_norm: bool = flag(True)

    def lower(self, g: GraphBuilder) -> None:
        start, before = g.tensor, g.shape
        for i in range(self.convolutions):
            self._convolve(g, self.stride if i == 0 else 1, "RELU" if i + 1 < self.convolutions else "NONE")
        if self.squeeze:
            squeeze_excite(g, self.squeeze)
        add_shortcut(g, start, before, stride=self.stride, batch_norm=self.batch_norm)

    def _convolve(self, g: GraphBuilder, stride: int, activation: str) -> None:
        if self.kind == "plain":
            g.conv2d(self.filters, self.kernel, stride=stride, activation=activation, batch_norm=self.batch_norm)
            return
        if self.kind == "separable":
            g.depthwise_conv2d(self.kernel, stride=stride, batch_norm=self.batch_norm)
        else:
            within = max(1, self.filters // BOTTLENECK)
            g.conv2d(within, 1, batch_norm=self.batch_norm)
            g.conv2d(within, self.kernel, stride=stride, batch_norm=self.batch_norm)
        g.conv2d(self.filters, 1, activation=activation, batch_norm=self.batch_norm)
