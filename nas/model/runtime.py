"""TensorFlow, imported without output and configured in one place; the other modules import it from here."""

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

__all__ = ["clear", "leave_graphs_as_written", "quiet", "repeatable", "settle", "tf", "use_one_thread", "versions"]


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Suppress what libraries print, by their C++ code too, which does not use `sys.stdout`, and their warnings.

    Standard output is for results and the terminal for progress; errors are raised as exceptions.
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
        # Python's streams may write to other descriptors, as in tests, and buffer their text.
        stack.enter_context(contextlib.redirect_stdout(sink))
        stack.enter_context(contextlib.redirect_stderr(sink))
        yield


# TensorFlow reads these once, while it is imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")


@contextlib.contextmanager
def _without_keras() -> Iterator[None]:
    """Let TensorFlow be imported without Keras, which takes as long again, and which few of our processes need.

    TensorFlow imports Keras with it, unless it is told to use the Keras of former releases and that is not installed.
    What needs Keras imports it afterwards, `tensorflow.keras` too.
    """
    name = "TF_USE_LEGACY_KERAS"
    if name in os.environ:  # the user has chosen
        yield
        return
    os.environ[name] = "1"
    try:
        yield
    finally:
        del os.environ[name]


with quiet(), _without_keras():
    import tensorflow as tf

logging.getLogger("absl").setLevel(logging.ERROR)
tf.get_logger().setLevel(logging.ERROR)


def use_one_thread() -> None:
    """Make TensorFlow compute on one core in this process; may be called again.

    With one thread, results are reproducible too: sums are always computed in the same order.

    Raises:
        RuntimeError: TensorFlow has already computed something with more threads.
    """
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)


def leave_graphs_as_written() -> None:
    """Make TensorFlow run graphs without optimizing them first, which takes longer than it saves in small networks."""
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})


@contextlib.contextmanager
def repeatable() -> Iterator[bool]:
    """Compute as workers do within the `with` block, so that equal trainings give equal weights.

    The value is False if TensorFlow has already computed with several threads in this process; sums may then be
    computed in another order each time.
    """
    before = tf.config.optimizer.get_experimental_options()
    try:
        use_one_thread()
    except RuntimeError:
        one_thread = False
    else:
        one_thread = True
    leave_graphs_as_written()
    try:
        yield one_thread
    finally:
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False, **before})


def settle() -> None:
    """Exclude all objects so far from garbage collection, and collect only when `clear` is called.

    A collection over TensorFlow's modules takes 0.2 s, one over the graphs that networks share 0.07 s.
    """
    gc.collect()
    gc.freeze()
    gc.disable()


# A full collection finds shared graphs that are no longer kept. At this interval it takes 1 % of the time.
_CALLS_PER_FULL_COLLECTION = 16
_calls = itertools.count(1)


def clear() -> None:
    """Free the memory of the last network, and from time to time that of graphs that are no longer kept.

    Some memory is never freed, so a process should end after some hundred networks.
    """
    # After `settle`, generation 0 contains all objects that were made since the last call.
    gc.collect(0 if next(_calls) % _CALLS_PER_FULL_COLLECTION else 2)


def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that a training's results depend on."""
    names = ("tensorflow", "numpy", "ai-edge-litert")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}
