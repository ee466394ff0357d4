"""Events before a camera, by a network that tells bright pictures from dark ones, and a camera that is played."""

import sys
import types
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nas
from nas.api.model import Model
from nas.data.choice import DataChoice
from nas.data.options import DataOptions
from nas.data.readers.picture import Fit, PictureForm, read_picture

EACH = nas.Spotting(average_ms=1e-4, suppression_ms=1e-4, minimum_count=1, latency_ms=1e-4)
"""Each frame is answered for, and by itself."""


class Brightness(Model):
    """A model whose answer is `light` for bright pictures; it keeps the rows that it was given."""

    rows: list[np.ndarray] = []  # noqa: RUF012 (one list for the tests, emptied by the fixture)

    def predict(self, rows: object) -> np.ndarray:
        given = np.asarray(rows)
        self.rows.append(given[0])
        light = given.mean(axis=(1, 2, 3)) > 128
        return np.stack([~light, light], axis=1).astype(np.float32)


@pytest.fixture
def model(model_files: dict[str, Path]) -> Brightness:
    base = nas.load(model_files["int8"])
    given = {name: getattr(base, name) for name in base.__dataclass_fields__}
    Brightness.rows.clear()
    return Brightness(**given | {"input_shape": (24, 32, 3), "class_names": ("_dark_", "light"), "data": None})


class Camera:
    """Stands in for `cv2.VideoCapture`: gives frames as OpenCV does, blue first; then it is unplugged."""

    frames: list[np.ndarray] = []  # noqa: RUF012 (set by the test)
    taken: list[int] = []  # noqa: RUF012

    def __init__(self, number: int) -> None:
        self._number, self._at = number, -1

    def isOpened(self) -> bool:
        return self._number == 1

    def grab(self) -> bool:
        self._at += 1
        return self._at < len(self.frames)

    def retrieve(self) -> tuple[bool, np.ndarray]:
        self.taken.append(self._at)
        return True, self.frames[self._at]

    def release(self) -> None:
        self.taken.append(-1)


@pytest.fixture(autouse=True)
def camera(monkeypatch: pytest.MonkeyPatch) -> type[Camera]:
    monkeypatch.setitem(sys.modules, "cv2", types.SimpleNamespace(VideoCapture=Camera))
    monkeypatch.setattr(Camera, "taken", [])
    dark, light = np.full((48, 96, 3), 10, np.uint8), np.full((48, 96, 3), 240, np.uint8)
    monkeypatch.setattr(Camera, "frames", [dark, light, light, dark, light])
    return Camera


def test_what_begins_before_a_camera_is_told_once_and_its_end_too(model: Brightness) -> None:
    watched = nas.watch(model, spotting=EACH, camera=1)
    events = [next(watched), next(watched)]
    assert [(event.file, event.class_name) for event in events] == [("camera", "light")] * 2
    with pytest.raises(nas.InputError, match="camera: must stay connected"):
        next(watched)
    assert Camera.taken == [0, 1, 2, 3, 4, -1]


def test_no_more_frames_are_answered_for_than_asked(model: Brightness) -> None:
    with pytest.raises(nas.InputError, match="must stay connected"):
        list(nas.watch(model, spotting=nas.Spotting(latency_ms=60_000), camera=1))
    assert Camera.taken == [0, -1]


@pytest.mark.parametrize(("fit", "channels"), [(None, 3), ("contain", 1), ("stretch", 3)])
def test_a_frame_is_given_as_a_picture_of_a_file_would_be(
    fit: str | None, channels: int, model: Brightness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = np.random.default_rng(0).integers(0, 256, (48, 96, 3)).astype(np.uint8)
    Image.fromarray(frame).save(tmp_path / "same.png")
    monkeypatch.setattr(Camera, "frames", [frame[..., ::-1]])
    options = DataOptions(image_fit=fit)
    given = {name: getattr(model, name) for name in model.__dataclass_fields__}
    asked = Brightness(**given | {"input_shape": (24, 32, channels), "data": DataChoice("photos", options)})
    with pytest.raises(nas.InputError):
        list(nas.watch(asked, spotting=EACH, camera=1))
    form = PictureForm(32, 24, Fit(fit or "cover"), grey=channels == 1)
    np.testing.assert_array_equal(Brightness.rows[0], read_picture(tmp_path / "same.png", "same.png", form))


def test_what_is_missing_is_told_in_one_line(
    model: Brightness, model_files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(nas.InputError, match=r"camera 0: must be one that can be opened.*such as camera=1"):
        next(nas.watch(model))
    with pytest.raises(nas.InputError, match=r"must take grey or RGB pictures, got rows of 16 x 2"):
        next(nas.watch(nas.load(model_files["int8"])))
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(nas.InputError, match=r"needs the package OpenCV.*nas\[camera\]"):
        next(nas.watch(model))
