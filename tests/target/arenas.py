"""Runs models in arenas of given sizes, each in a process of its own, since TFLM may crash in one that is too small.

As a program it reads pickled pairs of a model and a size, and writes a byte for each: whether the model ran. It is a
small process, which forks in a fraction of the time that one with TensorFlow takes.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence


def run_in_smallest(models: Sequence[bytes], sizes: Sequence[int]) -> list[tuple[bool, bool]]:
    """Return of each model whether TFLM runs it in an arena of its size, and in one of 32 bytes less."""
    trials = [(data, size - less) for data, size in zip(models, sizes, strict=True) for less in (0, 32)]
    done = subprocess.run([sys.executable, __file__], input=pickle.dumps(trials), capture_output=True, check=True)
    answers = [bool(answer) for answer in done.stdout]
    return list(zip(answers[::2], answers[1::2], strict=True))


def _works(data: bytes, arena_size: int) -> bool:
    from tflite_micro.python.tflite_micro import runtime

    child = os.fork()
    if child == 0:
        try:
            recording = runtime.InterpreterConfig.kAllocationRecording
            runtime.Interpreter.from_bytes(data, arena_size=arena_size, intrepreter_config=recording).invoke()
        except RuntimeError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what TFLM prints is no answer
    answers.write(bytes(_works(*trial) for trial in pickle.load(sys.stdin.buffer)))
    answers.close()
