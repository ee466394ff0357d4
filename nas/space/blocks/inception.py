"""An inception block: convolutions with kernels of several sizes beside each other."""

from collections.abc import Iterator
from dataclasses import dataclass

from nas.graph.builder import GraphBuilder
from nas.space.blocks.block import BLOCKS, Block, at_least, flag, one_of


@BLOCKS.register("inception")
@dataclass(frozen=True, slots=True)
class Inception(Block):
    """Convolutions of the same tensor with kernels of several sizes, concatenated (InceptionTime, arXiv:1909.04939).

    Short and long patterns are seen at once. All paths lie in RAM at the concatenation. In place of the path through a
    max pooling there is one of a 1x1 convolution, since a pooling of stride 1 would take RAM and time, and no weights.

    Attributes:
        paths: number of kernels; each is half as long as the one before, and odd: 9, 5 and 3.
        filters: output channels of each path.
        kernel: size of the largest kernel on each axis; cut to the size of the axis.
        bottleneck: channels of a 1x1 convolution that the kernels read in place of the block's input; 0 for none.
        pointwise: add a path of a 1x1 convolution of the block's input.
        pools: number of poolings of 2 after it. One operator computes them together.
        pool: `max` or `average`.
        batch_norm: normalize in training.
    """

    paths: int = at_least(1, 3)
    filters: int = at_least(1, 8)
    kernel: int = at_least(1, 9)
    bottleneck: int = at_least(0, 0)
    pointwise: bool = flag(True)
    pools: int = at_least(0, 0)
    pool: str = one_of("max", "average")
    batch_norm: bool = flag(True)

    def lower(self, g: GraphBuilder) -> None:
        start = g.tensor
        if self.bottleneck:
            g.conv2d(self.bottleneck, 1, activation="NONE", batch_norm=self.batch_norm)
        source = g.tensor
        ends = [self._path(g, source, kernel) for kernel in self._kernels()]
        if self.pointwise:
            ends.append(self._path(g, start, 1))
        if len(ends) > 1:
            g.concatenate(*ends[:-1])
        g.pool2d(self.pool, self.pools)

    def _kernels(self) -> Iterator[int]:
        """Yield the sizes of the kernels, the largest first; none twice."""
        kernel = self.kernel
        for _ in range(self.paths):
            yield kernel
            if kernel == 1:
                return
            kernel = kernel // 2 | 1 if kernel > 3 else 1

    def _path(self, g: GraphBuilder, source: int, kernel: int) -> int:
        """Append a convolution of the tensor `source`, and return its output."""
        g.continue_from(source)
        g.conv2d(self.filters, kernel, batch_norm=self.batch_norm)
        return g.tensor
