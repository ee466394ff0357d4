"""One picture: what its header tells, and its pixels as bytes in the size and colour that are wanted."""

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from nas.data.layouts.entry import Entry
from nas.errors import InputError

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".gif", ".pgm", ".ppm")

Pixels = npt.NDArray[np.uint8]

MOST_PIXELS = 50_000_000
"""A larger picture is refused before it is decoded: it would take hundreds of megabytes."""

MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX")
GREYS = ("1", "L", "LA")


class Fit(StrEnum):
    """How a picture of another shape is brought to the wanted one."""

    COVER = "cover"
    """Scaled until it covers the wanted size; what sticks out is cut off on both sides."""
    CONTAIN = "contain"
    """Scaled until it fits in; the rest is black."""
    STRETCH = "stretch"
    """Scaled in width and height on their own."""


@dataclass(frozen=True, slots=True)
class PictureHeader:
    """What a picture tells of itself: its size as it is shown, the way its colours are stored, and its format."""

    width: int
    height: int
    mode: str
    form: str

    @property
    def size(self) -> str:
        return f"{self.width} x {self.height}"


@dataclass(frozen=True, slots=True)
class PictureForm:
    """The form of all rows: width and height in pixels, and whether they are grey."""

    width: int
    height: int
    fit: Fit
    grey: bool


def read_picture_headers(entries: Sequence[Entry]) -> list[PictureHeader]:
    """Return what each picture tells of itself, without decoding it.

    Raises:
        InputError: one is no picture, or is larger, or of another kind, than we read.
    """
    with _bombs_refused():
        return [_header(entry.path, entry.place) for entry in entries]


def read_picture(path: Path, place: str, form: PictureForm) -> Pixels:
    """Return the pixels [height, width, channels] of a picture in the wanted form; grey ones have one channel.

    Raises:
        InputError: at `place`: it cannot be decoded.
    """
    library = pillow()
    try:
        with library.open(path) as image:
            # JPEG is decoded at a half, a quarter or an eighth of its size if that is still large enough.
            image.draft(None, (2 * form.width, 2 * form.height))
            shown = _upright(image)
            plain = _flat(shown) if "A" in shown.getbands() or "transparency" in shown.info else shown
            return _pixels(plain, form)
    except (OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
        raise _unreadable(place, error) from error


def frame_as_picture(frame: Pixels, form: PictureForm) -> Pixels:
    """Return a camera's frame [height, width, red green blue] in the wanted form, as a picture of a file would be."""
    return _pixels(pillow().fromarray(np.ascontiguousarray(frame)), form)


def _pixels(image: Any, form: PictureForm) -> Pixels:
    """Return the pixels [height, width, channels] of a picture in the wanted colour and size."""
    fitted = _fitted(image.convert("L" if form.grey else "RGB"), form)
    return np.asarray(fitted, np.uint8).reshape(form.height, form.width, -1)


def pillow() -> ModuleType:
    """Return the library that decodes pictures; InputError if it is not installed."""
    try:
        from PIL import Image
    except ImportError as error:
        raise InputError("pictures", "need the package Pillow", hint="pip install 'nas[images]'") from error
    module: ModuleType = Image
    return module


def _header(path: Path, place: str) -> PictureHeader:
    library = pillow()
    try:
        with library.open(path) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise _too_large(place, f"{width:,} x {height:,}")
            _check_kind(image, place)
            turned = image.getexif().get(_ORIENTATION, 1) >= _FIRST_TURNED
            shown = (height, width) if turned else (width, height)
            return PictureHeader(*shown, str(image.mode), str(image.format))
    except (library.DecompressionBombError, library.DecompressionBombWarning) as error:
        size = re.search(r"(\d+) pixels", str(error))
        raise _too_large(place, f"{int(size[1]):,} pixels" if size else "more") from error
    except InputError:
        raise
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise _unreadable(place, error) from error


_ORIENTATION, _FIRST_TURNED = 0x0112, 5
"""The tag of EXIF that tells how a picture is turned, and the first value with width and height exchanged."""


def _check_kind(image: Any, place: str) -> None:
    """Refuse pictures that have more than one frame, or colours that no camera of a microcontroller gives."""
    frames = getattr(image, "n_frames", 1)
    if frames > 1:
        raise InputError(
            place, "must be one picture", got=f"{frames} frames", hint="save each frame as a file of its own"
        )
    if image.mode.startswith(("I", "F")) or any(";16" in str(tile) for tile in image.tile):
        got = "floating point numbers" if image.mode == "F" else "16 bits or more"
        raise InputError(place, "must have 8 bits a channel", got=got, hint="save it with 8 bits")
    if image.mode not in MODES:
        raise InputError(place, "must be grey or RGB", got=image.mode, hint="save it as RGB")


def _upright(image: Any) -> Any:
    from PIL import ImageOps

    return ImageOps.exif_transpose(image)


def _flat(image: Any) -> Any:
    """Return a picture without transparency: what was transparent is white."""
    library = pillow()
    solid = image.convert("RGBA")
    return library.alpha_composite(library.new("RGBA", solid.size, (255, 255, 255, 255)), solid)


def _fitted(image: Any, form: PictureForm) -> Any:
    from PIL import ImageOps

    size, filter_ = (form.width, form.height), pillow().Resampling.BILINEAR
    if image.size == size:
        return image
    if form.fit is Fit.STRETCH:
        return image.resize(size, filter_)
    return (ImageOps.fit if form.fit is Fit.COVER else ImageOps.pad)(image, size, filter_)


@contextmanager
def _bombs_refused() -> Iterator[None]:
    """Let Pillow's warning of a very large picture be an error, which is told as ours is."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", pillow().DecompressionBombWarning)
        yield


def _too_large(place: str, got: str) -> InputError:
    rule = f"must have at most {MOST_PIXELS // 1_000_000} million pixels"
    return InputError(place, rule, got=got, hint="make it smaller")


def _unreadable(place: str, error: Exception) -> InputError:
    why = str(error).partition("'")[0].strip().rstrip(".") or type(error).__name__
    return InputError(place, "must be a readable picture", got=why, hint="save it again, or take it away")
