"""LiteRT on this computer: latency and answers of a model, with its built-in kernels or with XNNPACK."""

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from nas.arrays import Floats
from nas.model.deploy.tflite_model import TfliteModel
from nas.model.host.printed import captured
from nas.model.host.timing import some_input, time_calls
from nas.study.host_run import HostRun


def run_litert(tflite: bytes, rows: Floats | None, runs: int, xnnpack: bool) -> HostRun:
    """Return LiteRT's time for a model on one thread, and its answers.

    Args:
        tflite: a file that `nas.target.profiler.profile` has accepted, with any inputs and outputs.
        rows: scaled rows [n, ...] to answer, for a model of one input and one output; None for none.
        runs: number of timed inferences.
        xnnpack: use XNNPACK's kernels, LiteRT's default, where it has some.

    Raises:
        RuntimeError, ValueError: LiteRT cannot run the model.
    """
    kind = OpResolverType.BUILTIN if xnnpack else OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    with captured():
        interpreter = Interpreter(model_content=tflite, num_threads=1, experimental_op_resolver_type=kind)
        interpreter.allocate_tensors()
        for seed, detail in enumerate(interpreter.get_input_details()):
            interpreter.set_tensor(detail["index"], some_input(detail, seed))
        times = time_calls(interpreter.invoke, runs)
    return HostRun(
        times, outputs=None if rows is None else np.asarray(TfliteModel(tflite, in_litert=True).predict(rows))
    )
