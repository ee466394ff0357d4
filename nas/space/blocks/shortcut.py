"""A shortcut around layers: their output and the block's input are added."""

from nas.graph.builder import GraphBuilder


def add_shortcut(g: GraphBuilder, start: int, before: tuple[int, ...], *, stride: int = 1, batch_norm: bool) -> None:
    """Append the sum of the newest tensor with an earlier one, and ReLU.

    Args:
        g: the graph.
        start: the earlier tensor.
        before: its shape. If it is another one, a 1x1 convolution projects it.
        stride: of that convolution.
        batch_norm: whether it is normalized in training.
    """
    if g.shape != before:
        main, channels = g.tensor, g.shape[-1]
        g.continue_from(start)
        g.conv2d(channels, 1, stride=stride, activation="NONE", batch_norm=batch_norm)
        start = main
    g.add(start, activation="RELU")
