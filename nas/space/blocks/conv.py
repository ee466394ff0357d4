"""Convolution, batch normalization, activation and poolings: Conv -> Pool x Pi."""

from dataclasses import dataclass
from typing import Any

from nas.graph.builder import GraphBuilder
from nas.space.blocks.block import BLOCKS, Block, at_least, flag, one_of


@BLOCKS.register("conv")
@dataclass(frozen=True, slots=True)
class Conv(Block):
    """A convolution along time, or over height and width, and `pools` poolings of 2 after it.

    Batch normalization comes before the activation, so that it can be folded into the convolution.

    Attributes:
        kind: `plain`, or `separable`: a depthwise convolution and a 1x1 one (MobileNet, arXiv:1704.04861).
        filters: output channels.
        kernel: size of the kernel on each axis; cut to the size of the axis.
        depth_multiplier: outputs of the depthwise convolution for each of its inputs.
        stride: step of the (depthwise) convolution.
        padding: `same` adds zeros, so that the stride alone makes an axis shorter; with `valid`, which adds none, the
            kernel does too. `causal` adds them before the first step only, by a copy of the input that takes RAM.
        activation: `relu`, `relu6` or `hard_swish`, which is an operator of its own and takes RAM and time.
        pools: number of poolings; each halves every axis longer than 1. One operator computes them together.
        pool: `max`, or `average`, which blurs before it halves: less of what changes fast folds back into what is kept
            (Rect-2 in arXiv:1904.11486).
        batch_norm: normalize in training.
    """

    kind: str = one_of("plain", "separable")
    filters: int = at_least(1, 8)
    kernel: int = at_least(1, 3)
    depth_multiplier: int = at_least(1, 1)
    stride: int = at_least(1, 1)
    padding: str = one_of("same", "valid", "causal")
    activation: str = one_of("relu", "relu6", "hard_swish")
    pools: int = at_least(0, 1)
    pool: str = one_of("max", "average")
    batch_norm: bool = flag(True)

    def lower(self, g: GraphBuilder) -> None:
        shared: dict[str, Any] = {"activation": self.activation.upper(), "batch_norm": self.batch_norm}
        sliding: dict[str, Any] = {"stride": self.stride, "padding": self.padding.upper(), **shared}
        if self.kind == "separable":
            g.depthwise_conv2d(self.kernel, multiplier=self.depth_multiplier, **sliding)
            g.conv2d(self.filters, 1, **shared)
        else:
            g.conv2d(self.filters, self.kernel, **sliding)
        g.pool2d(self.pool, self.pools)
