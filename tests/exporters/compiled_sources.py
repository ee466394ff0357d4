"""Exported sources compiled on this computer without a warning, in C and C++, and the texts of exported projects."""

import shutil
import subprocess

import pytest

STRICT = ["-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror"]
in_c_and_cpp = pytest.mark.parametrize("compiler", [("gcc", "-std=c99"), ("g++", "-std=c++17")], ids=["C", "C++"])


def compiled(folder, *command):
    if shutil.which(command[0]) is None:
        pytest.skip(f"no {command[0]} to compile with")
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert built.stderr == ""


def compiled_main(folder, compiler, main, *sources):
    """Compile the text of a main file, in the compiler's language, and sources into `program`."""
    file = f"main.{'c' if compiler[0] == 'gcc' else 'cc'}"
    (folder / file).write_text(main)
    compiled(folder, *compiler, *STRICT[:2], file, *sources, "-lm", "-o", "program")


def texts_of(folder):
    """Return the texts of exported projects, by their paths."""
    endings = (".h", ".cpp", ".ino", ".md", ".c")
    return {path: path.read_text() for path in folder.rglob("*") if path.suffix in endings}
