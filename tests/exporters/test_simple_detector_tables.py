"""Tables of simple detectors that avr-gcc does not take."""

import shutil
import subprocess

import numpy as np
import pytest

from nas.data.fixed_detectors import Alarm, FixedGaussian, FixedKMeans
from nas.exporters.simple_detector import simple_detector_files

VALUES = 250


def k_means(count: int) -> FixedKMeans:
    return FixedKMeans(np.zeros((count, VALUES), np.int8), 0.1)


def gaussian(count: int) -> FixedGaussian:
    directions, lost = np.zeros((count, VALUES), np.int16), np.zeros(count, np.uint16)
    return FixedGaussian(np.zeros(VALUES, np.int16), directions, lost, 0.1)


@pytest.mark.parametrize(
    ("detector", "refused"),
    [(k_means(131), ""), (k_means(132), "33,000"), (gaussian(65), ""), (gaussian(66), "33,000")],
)
def test_a_table_that_is_too_long_is_refused_with_a_reason(make_archive, tmp_path, detector, refused):
    if shutil.which("avr-gcc") is None:
        pytest.skip("no avr-gcc to take it")
    files = simple_detector_files(make_archive(), Alarm("a detector", detector, 1 << 40, 0.05))
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    header = next(name for name in files if name.endswith(".h"))
    sizes = (tmp_path / header).read_text()
    inputs = next(line for line in sizes.splitlines() if "INPUT_BYTES" in line)
    (tmp_path / header).write_text(sizes.replace(inputs, f"{inputs.rpartition(' ')[0]} {VALUES}"))
    command = ["avr-gcc", "-mmcu=atmega2560", "-Os", "-c", header.replace(".h", ".c")]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode == 0) == (not refused)
    assert not refused or f'#error "an array of {refused} B is more than the 32,767 that avr-gcc takes"' in ended.stderr


def test_the_header_is_c_plus_plus_of_1998_too(make_archive, tmp_path):
    if shutil.which("g++") is None:
        pytest.skip("no g++ to compile with")
    files = simple_detector_files(make_archive(), Alarm("a detector", k_means(2), 1 << 40, 0.05))
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    header = next(name for name in files if name.endswith(".h"))
    (tmp_path / "sketch.cpp").write_text(f'#include "{header}"\nint main() {{ return 0; }}\n')
    subprocess.run(["g++", "-std=gnu++98", "-Wall", "-c", "sketch.cpp"], cwd=tmp_path, check=True)
