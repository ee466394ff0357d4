"""The winner of a study as plain C, compiled and run on the study's test rows."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import nas as package


def printed(
    nas: Callable[..., Any],
    study: Path,
    folder: Path,
    name: str,
    tell: str,
    row: str = "INPUT_BYTES",
    *options: str,
) -> bytes:
    """Return what the C of a winner prints for all test rows; the test is skipped where there is no compiler.

    Args:
        nas: the fixture of that name.
        study: the folder of the study.
        folder: for the sources.
        name: what the names in C begin with.
        tell: statements in C behind the network, which print something of `input` and `output`.
        row: the macro of the number of values in a row.
        options: more of `nas export`; with some, no network is run, and `output` is none.
    """
    if shutil.which("gcc") is None:
        pytest.skip("no gcc to compile with")
    output = f" static int8_t output[{name.upper()}_OUTPUT_BYTES];"
    nas("export", str(study), "--format", "c", "-o", str(folder), "--name", name, *options)
    (folder / "main.c").write_text(
        f'#include <stdio.h>\n#include "{name}.h"\nint main(void) {{\n'
        f"  static int8_t input[{name.upper()}_{row}];{'' if options else output}\n"
        "  while (fread(input, 1, sizeof input, stdin) == sizeof input) {\n"
        f"    {'' if options else f'{name}_invoke(input, output);'}\n    {tell}\n  }}\n  return 0;\n}}\n"
    )
    command = ["gcc", "-std=c99", "-Wall", "-Werror", "main.c", f"{name}.c", "-lm", "-o", "program"]
    subprocess.run(command, cwd=folder, check=True)
    return subprocess.run([folder / "program"], input=_quantized(study), capture_output=True, check=True).stdout


def _quantized(study: Path) -> bytes:
    from nas.model.deploy.tflite_model import TfliteModel

    model = package.load(study)
    assert model.data is not None
    assert model.tflite is not None
    return TfliteModel(model.tflite).quantize(model.scaled(model.data.splits().test.x)).tobytes()
