"""TensorFlow, imported quietly and set up in one place. The package's other modules take it from here."""

import contextlib
import gc
import itertools
import logging
import os
import platform
import sys
import warnings
from collections.abc import Iterator
from importlib.metadata import version

__all__ = ["clear", "leave_graphs_as_written", "quiet", "settle", "tf", "use_one_thread", "versions"]


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Drop what the libraries print and warn of, their C++ side too, which knows nothing of `sys.stdout`.

    Standard output is the product's, and the terminal shows its progress; errors come as exceptions.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        sink = stack.enter_context(open(os.devnull, "w"))  # noqa: PTH123 - a device, not a path
        for stream, descriptor in ((sys.stdout, 1), (sys.stderr, 2)):
            stream.flush()
            saved = os.dup(descriptor)
            stack.callback(os.close, saved)
            stack.callback(os.dup2, saved, descriptor)
            os.dup2(sink.fileno(), descriptor)
        # Python's own streams need not write to these descriptors, and hold text back if they do.
        stack.enter_context(contextlib.redirect_stdout(sink))
        stack.enter_context(contextlib.redirect_stderr(sink))
        yield


# Read once, by TensorFlow's C++ side, while it is imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

with quiet():
    import tensorflow as tf

logging.getLogger("absl").setLevel(logging.ERROR)
tf.get_logger().setLevel(logging.ERROR)


def use_one_thread() -> None:
    """Let this process compute on one core, whatever else runs; nothing if it does already.

    One thread also makes results repeat: sums are always taken in the same order.

    Raises:
        RuntimeError: TensorFlow has computed something already, with more threads.
    """
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)


def leave_graphs_as_written() -> None:
    """Let TensorFlow run graphs without rewriting them first: that takes longer than it saves in so small a network."""
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})


def settle() -> None:
    """Keep what is loaded by now out of garbage collections, and leave it to `clear` to collect.

    One walk over TensorFlow's modules takes 0.2 s, one over the graphs that networks share 0.07 s.
    """
    gc.collect()
    gc.freeze()
    gc.disable()


# So many calls of `clear`, that the walk over shared graphs, which finds those kept no longer, takes 1 % of the time.
_CALLS_A_WALK = 16
_calls = itertools.count(1)


def clear() -> None:
    """Forget the network made last; now and then also graphs that are kept no longer.

    Some memory stays lost; a process should not live for hundreds of networks.
    """
    # Once things have settled, what was made since the last call is the youngest generation.
    gc.collect(0 if next(_calls) % _CALLS_A_WALK else 2)


def versions() -> dict[str, str]:
    """Return the versions that decide a training's numbers."""
    names = ("tensorflow", "numpy", "ai-edge-litert")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}
