"""A camera's frame as the network's input: the exported C against its mirror in Python, and both against Pillow."""

import dataclasses
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import nas
from nas.data.choice import DataChoice
from nas.data.options import DataOptions
from nas.data.prepared import Scaling
from nas.data.readers.picture import Fit, PictureForm, frame_as_picture
from nas.exporters.camera import camera_files, told_camera
from nas.exporters.device import device_header
from nas.exporters.format import FORMATS
from nas.exporters.model_input import model_input
from nas.study.archive import Archive, Quantization

BYTES = {"grey": 1, "rgb888": 3, "rgb565_le": 2, "rgb565_be": 2}

MAIN = r"""
#include <stdio.h>
#include <stdlib.h>
#include "nas_camera.h"

int main(void) {
  int32_t a[7];  // width, height, format; width, height, channels of the input; bytes
  while (fread(a, sizeof a, 1, stdin) == 1) {
    const size_t bytes = (size_t)a[6], size = (size_t)(a[3] * a[4] * a[5]);
    uint8_t *frame = (uint8_t *)malloc(bytes);
    int8_t *input = (int8_t *)malloc(size);
    if (fread(frame, 1, bytes, stdin) != bytes) return 1;
    if (!nas_camera_input(frame, a[0], a[1], (nas_pixels)a[2], a[3], a[4], a[5], input)) return 2;
    fwrite(input, 1, size, stdout);
    free(frame);
    free(input);
  }
  return 0;
}
"""


@pytest.mark.parametrize("compiler", [["gcc", "-std=c99"], ["g++", "-std=c++17", "-x", "c++"]], ids=["c99", "c++17"])
def test_the_compiled_c_gives_what_python_gives(compiler: list[str], tmp_path: Path) -> None:
    if shutil.which(compiler[0]) is None:
        pytest.skip(f"no {compiler[0]} to compile with")
    (tmp_path / "nas_camera.h").write_text(device_header("nas_camera.h"))
    (tmp_path / "main.c").write_text(MAIN)
    checks = ["-O1", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-fsanitize=address,undefined"]
    subprocess.run([*compiler, *checks, "main.c", "-o", "program"], cwd=tmp_path, check=True)
    rng, given, expected = np.random.default_rng(0), b"", b""
    sizes = [*rng.integers(1, 60, (40, 4)).tolist(), [1, 1, 5, 7], [2048, 3, 2, 3], [96, 96, 96, 96], [320, 240, 9, 9]]
    for case, (width, height, in_width, in_height) in enumerate(sizes):
        number, channels = case % 4, 1 + 2 * (case // 4 % 2)
        pixels = list(BYTES)[number]
        frame = rng.bytes(width * height * BYTES[pixels])
        given += struct.pack("<7i", width, height, number, in_width, in_height, channels, len(frame)) + frame
        expected += nas.camera_input(frame, (width, height), pixels, (in_height, in_width, channels)).tobytes()
    ended = subprocess.run([tmp_path / "program"], input=given, capture_output=True, check=True)
    assert ended.stdout == expected


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [(320, 240), (97, 131), (20, 30)])
def test_a_frame_becomes_what_training_makes_of_a_picture(size: tuple[int, int], channels: int) -> None:
    width, height = size
    frame = np.random.default_rng(1).integers(0, 256, (height, width, 3)).astype(np.uint8)
    trained_on = frame_as_picture(frame, PictureForm(48, 40, Fit.COVER, grey=channels == 1))
    ours = nas.camera_input(frame, size, "rgb888", (40, 48, channels)).astype(int) + 128
    assert np.abs(ours - trained_on).max() <= 1  # Pillow rounds between its two passes


def test_colours_of_16_bits_are_spread_over_a_byte() -> None:
    # White, and red, green, blue alone; ITU-R BT.601 says how bright these are.
    words = [0xFFFF, 0xF800, 0x07E0, 0x001F]
    frames = {"rgb565_le": struct.pack("<4H", *words), "rgb565_be": struct.pack(">4H", *words)}
    for pixels, frame in frames.items():
        colours = nas.camera_input(frame, (4, 1), pixels, (1, 4, 3)).astype(int) + 128
        assert colours.tolist() == [[[255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]]]
        grey = nas.camera_input(frame, (4, 1), pixels, (1, 4, 1)).astype(int) + 128
        assert grey.ravel().tolist() == [round(255 * share) for share in (1, 0.299, 0.587, 0.114)]


def test_frames_of_other_sizes_are_refused() -> None:
    with pytest.raises(nas.InputError, match=r"frame: must have 24 bytes, got 23"):
        nas.camera_input(bytes(23), (4, 3), "rgb565_le", (2, 2, 1))
    with pytest.raises(nas.InputError, match="must have sides of 1 to 2048 pixels"):
        nas.camera_input(bytes(2049), (2049, 1), "grey", (2, 2, 1))


def test_networks_of_bytes_get_the_header_and_others_do_not(make_archive: Callable[..., Archive]) -> None:
    # round((byte - 128) / 60 / (1 / 60)) is the byte less 128.
    pictures = make_archive(
        input_shape=(1, 8, 8, 3), channel_names=(), sample_rate_hz=None, scaling=Scaling((128.0,) * 3, (60.0,) * 3),
        input=Quantization(1 / 60, 0),
    )  # fmt: skip
    assert "nas_camera.h" in FORMATS["tflm"](pictures)
    assert "`nas_camera_input` in `nas_camera.h`" in model_input(pictures)
    assert not camera_files(dataclasses.replace(pictures, scaling=Scaling((0.5,) * 3, (0.25,) * 3)))
    assert not camera_files(make_archive())
    assert pictures.origin is not None
    stretched = dataclasses.replace(pictures.origin, data=DataChoice("photos", DataOptions(image_fit="stretch")))
    assert "were made by `stretch`" in told_camera(dataclasses.replace(pictures, origin=stretched))
