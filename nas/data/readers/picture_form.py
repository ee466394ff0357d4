"""The form that pictures get: as it is asked for, or chosen by what the pictures are."""

import re
from collections.abc import Sequence

from nas.data.options import DataOptions
from nas.data.readers.picture import GREYS, Fit, PictureForm, PictureHeader
from nas.errors import InputError, unknown

LARGEST, USUAL = 128, 96
"""Pictures of one size up to the first, in pixels, stay as they are; others are scaled to the second."""


def form_of_pictures(headers: Sequence[PictureHeader], options: DataOptions) -> PictureForm:
    """Choose the form of the rows: as asked, else the size of the pictures if it is one and small, and their colour.

    Raises:
        InputError: an option names no size, no way or no colour.
    """
    sizes = {(header.width, header.height) for header in headers}
    if options.image_size is not None:
        size = _size(options.image_size)
    else:
        size = sizes.pop() if len(sizes) == 1 and max(map(max, sizes)) <= LARGEST else (USUAL, USUAL)
    if options.image_fit is not None and options.image_fit not in set(Fit):
        raise unknown("--image-fit", "way", options.image_fit, set(Fit))
    if options.image_color not in (None, "grey", "rgb"):
        raise unknown("--image-color", "colour", options.image_color, ("grey", "rgb"))
    grey = all(h.mode in GREYS for h in headers) if options.image_color is None else options.image_color == "grey"
    return PictureForm(*size, Fit(options.image_fit or Fit.COVER), grey)


def _size(text: str) -> tuple[int, int]:
    """Return width and height of `96` or `96x64`."""
    match = re.fullmatch(r"(\d+)(?:\s*x\s*(\d+))?", text.strip().lower())
    size = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not all(1 <= length <= 1024 for length in size):
        raise InputError("--image-size", "must be width x height in pixels, up to 1024", got=text, hint="such as 96x64")
    return size
