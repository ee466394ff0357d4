"""Watching: the events before a camera, as they begin."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from nas.api.classifying import check_classes, spotting_of
from nas.api.model import Model
from nas.data.readers.picture import Fit, PictureForm, frame_as_picture
from nas.errors import InputError
from nas.evaluation.spotting import Event, Spotter, Spotting
from nas.keywords import explains_keywords

CAMERA = "camera"
WINDOW_S = 1.0
"""Pictures have no length in time; the times of `Spotting` that are shares of a window are shares of this."""


@explains_keywords
def watch(model: Model, *, spotting: Spotting | None = None, camera: int = 0) -> Iterator[Event]:
    """Yield the classes that begin before a camera, until it is closed; times count from the start.

    A frame is cut, scaled and made grey as the training pictures were. At most one is taken in each
    `spotting.latency_ms`, 0.1 s by default; those between are passed over, so that the newest is answered for.

    Args:
        model: of pictures.
        spotting: how answers become events; by default as the parameters in the model's file say, with shares of 1 s.
        camera: number of the camera; 0 is the system's first.

    Raises:
        InputError: the model takes no pictures or gives no classes, there is no camera, it is taken away, or the
            package OpenCV is missing.
    """
    check_classes(model)
    form = _form(model)
    settings = spotting_of(model) if spotting is None else spotting
    spotter = Spotter(CAMERA, model.class_names, settings, WINDOW_S)
    pause_s = settings.seconds(WINDOW_S).latency_s
    with _opened(camera) as capture:
        begun = time.monotonic()
        for now in _due(capture, pause_s):
            _, frame = capture.retrieve()
            row = frame_as_picture(frame[..., ::-1], form)  # OpenCV gives blue first
            event = spotter.take(now - begun, model.task.class_shares(model.predict(row[None]))[0])
            if event is not None:
                yield event


def _due(capture: Any, pause_s: float) -> Iterator[float]:
    """Yield the time of each frame that is to be answered for; the camera gives the pace of the others."""
    due = 0.0
    while capture.grab():
        now = time.monotonic()
        if now >= due:
            due = now + pause_s
            yield now
    raise InputError(CAMERA, "must stay connected", hint="begin again")


def _form(model: Model) -> PictureForm:
    """Return what frames must become, as the model's training pictures did."""
    channels = model.input_shape[-1]
    if len(model.input_shape) != 3 or channels not in (1, 3):
        words = " x ".join(map(str, model.input_shape))
        raise InputError(model.origin, "must take grey or RGB pictures", got=f"rows of {words}")
    fit = None if model.data is None else model.data.options.image_fit
    return PictureForm(model.input_shape[1], model.input_shape[0], Fit(fit or Fit.COVER), channels == 1)


@contextmanager
def _opened(camera: int) -> Iterator[Any]:
    """Open a camera, and say what is wrong if there is none."""
    capture = _opencv().VideoCapture(camera)
    try:
        if not capture.isOpened():
            hint = "give the number of another one, such as --camera 1; or take files, with nas predict"
            raise InputError(f"{CAMERA} {camera}", "must be one that can be opened", hint=hint)
        yield capture
    finally:
        capture.release()


def _opencv() -> ModuleType:
    try:
        import cv2
    except ImportError as error:
        hint = "pip install 'nas[camera]'; or take files, with nas predict"
        raise InputError(CAMERA, "needs the package OpenCV", got=error, hint=hint) from error
    module: ModuleType = cv2
    return module
