import os
import subprocess
import sys

from nas.model import runtime


def test_importing_tensorflow_prints_nothing():
    code = "from nas.model import runtime; runtime.tf.constant(1) + 1"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_tensorflow_is_imported_without_keras_which_can_be_imported_afterwards():
    code = """
import os, sys
import nas.model.runtime as runtime
assert "keras" not in sys.modules
assert "TF_USE_LEGACY_KERAS" not in os.environ
from tensorflow.keras.layers import Dense
import keras
assert runtime.tf.keras.Model is keras.Model
assert Dense is keras.layers.Dense
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_quiet_suppresses_what_python_and_c_code_print(capfd):
    with runtime.quiet():
        print("from Python")
        os.write(1, b"from below")
        os.write(2, b"from below")
    assert capfd.readouterr() == ("", "")
    print("after")
    assert capfd.readouterr().out == "after\n"


def test_use_one_thread_may_be_called_again():
    runtime.tf.constant(1) + 1
    runtime.use_one_thread()
    assert runtime.tf.config.threading.get_intra_op_parallelism_threads() == 1
