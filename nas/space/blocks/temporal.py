"""A block of a temporal convolutional network: convolutions with a dilation beside a shortcut."""

from dataclasses import dataclass

from nas.graph.builder import GraphBuilder
from nas.space.blocks.block import BLOCKS, Block, at_least, flag, one_of
from nas.space.blocks.shortcut import add_shortcut


@BLOCKS.register("temporal")
@dataclass(frozen=True, slots=True)
class Temporal(Block):
    """Convolutions whose taps lie `dilation` steps apart, and the sum with the block's input (TCN, arXiv:1803.01271).

    A few blocks with growing dilations see a long time with few weights. Padding is the same on both sides by default,
    since a window is known whole when it is classified.

    Attributes:
        convolutions: how many follow each other.
        filters: output channels.
        kernel: number of taps on each axis; as many are kept as reach within the axis.
        dilation: steps from one tap to the next.
        padding: `same`, or `valid`: no zeros are added, see `conv`. With `causal` they are added before the first step
            only, and no output depends on later steps; an operator PAD copies the input with them, which takes RAM.
        shortcut: `sum` adds the block's input, by a 1x1 convolution if the channels differ; `none` leaves it out. Where
            `valid` padding makes the time shorter, nothing can be added.
        pools: number of poolings of 2 after it. One operator computes them together.
        pool: `max` or `average`.
        batch_norm: normalize in training.
    """

    convolutions: int = at_least(1, 1)
    filters: int = at_least(1, 16)
    kernel: int = at_least(1, 3)
    dilation: int = at_least(1, 1)
    padding: str = one_of("same", "valid", "causal")
    shortcut: str = one_of("sum", "none")
    pools: int = at_least(0, 0)
    pool: str = one_of("max", "average")
    batch_norm: bool = flag(True)

    def lower(self, g: GraphBuilder) -> None:
        start, before = g.tensor, g.shape
        has_one_tap = self.kernel == 1 or max(before[:2]) <= self.dilation
        is_summed = self.shortcut == "sum" and (self.padding != "valid" or has_one_tap)
        for i in range(self.convolutions):
            g.conv2d(
                self.filters,
                self.kernel,
                dilation=self.dilation,
                padding=self.padding.upper(),
                activation="NONE" if is_summed and i + 1 == self.convolutions else "RELU",
                batch_norm=self.batch_norm,
            )
        if is_summed:
            add_shortcut(g, start, before, batch_norm=self.batch_norm)
        g.pool2d(self.pool, self.pools)
