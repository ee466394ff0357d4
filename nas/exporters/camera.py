"""What lies beside a network of pictures for a camera: `nas_camera.h`, which makes its input of a frame."""

import numpy as np

from nas.exporters.device import device_header
from nas.exporters.input_scaling import input_factors
from nas.study.archive import Archive

CAMERA_HEADER = "nas_camera.h"


def takes_frames(archive: Archive) -> bool:
    """Return whether a network takes pictures whose int8 input is each byte less 128, as of folders of pictures."""
    shape = archive.input_shape
    if archive.inputs_are != "images" or shape[-1] not in (1, 3) or archive.units_scale:
        return False
    mul, add = input_factors(archive)
    return bool(np.allclose(mul, 1, atol=1e-3) and np.allclose(add, -128, atol=0.1))


def camera_files(archive: Archive) -> dict[str, str]:
    """Return the header, by name, for a network that takes frames; nothing for others."""
    return {CAMERA_HEADER: device_header(CAMERA_HEADER)} if takes_frames(archive) else {}


def about_camera(archive: Archive) -> dict[str, str]:
    """Return what the header is for, by its name."""
    return {CAMERA_HEADER: "makes the input of a camera's frame, in C"} if takes_frames(archive) else {}


def told_camera(archive: Archive) -> str:
    """Return in a sentence how a frame becomes the input, and where that differs from the training pictures."""
    fit = None if archive.origin is None else archive.origin.data.options.image_fit
    other = "" if fit in (None, "cover") else f"; the training pictures were made by `{fit}`, which this C does not do"
    made = f"`nas_camera_input` in `{CAMERA_HEADER}` cuts it to the input's shape and scales it"
    return f"{made}, from grey, RGB888 or RGB565 of either byte order{other}."
