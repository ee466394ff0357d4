"""Changes of rows that are asked for where they cannot be made."""

from typing import Any

import numpy as np
import pytest

from nas.data.dataset import Part
from nas.data.splits import Splits
from nas.errors import InputError
from nas.study.applicable import require_for_rows
from nas.study.recipe import Augmentation
from nas.task.task import ANOMALIES, CLASSES

PART = Part(np.zeros((2, 1600, 1), np.int16), np.arange(2))


def splits(*noise: Any, task: str = CLASSES, channels: tuple[str, ...] = ()) -> Splits:
    return Splits(PART, PART, PART, ("a", "b"), channels, 16000.0, None, "clips", "", noise=noise, task=task)


@pytest.mark.parametrize(
    ("asked", "rate_hz", "message"),
    [
        ({"speed": 0.2}, None, r"augment\.speed: is for sound behind a front-end, which the network has not, got 0\.2"),
        ({"time_mask": 0.2}, None, r"augment\.time_mask: is for sound"),
        ({"variants": 4}, None, r"augment\.variants: is for sound"),
        ({"tint": 0.1}, None, r"augment\.tint: is for images, and these rows are windows, got 0\.1; leave it out"),
        ({"background": 0.2}, 16000.0, r"augment\.background: needs recordings of noise for training; put them into"),
    ],
)
def test_a_change_that_does_not_apply_is_refused(asked: dict[str, Any], rate_hz: float | None, message: str) -> None:
    with pytest.raises(InputError, match=message):
        require_for_rows(Augmentation(**asked), splits(), rate_hz)


@pytest.mark.parametrize(
    ("asked", "noise", "rate_hz"),
    [({}, (), None), ({"speed": 0.0, "variants": 0}, (), None), ({"background": 0.2}, (PART.x[0, :, 0],), 16000.0)],
)
def test_defaults_and_changes_that_apply_are_not(asked: dict[str, Any], noise: Any, rate_hz: float | None) -> None:
    require_for_rows(Augmentation(**asked), splits(*noise), rate_hz)


@pytest.mark.parametrize(
    ("channels", "got"), [((), "channels without names"), (("x", "y", "sound"), "channels x, y, sound")]
)
def test_only_sensors_with_three_named_axes_are_turned(channels: tuple[str, ...], got: str) -> None:
    with pytest.raises(InputError, match=rf"augment\.rotation: turns sensors whose .*, got {got}; name the channels"):
        require_for_rows(Augmentation(rotation=20.0), splits(channels=channels), None)
    require_for_rows(Augmentation(rotation=20.0), splits(channels=("acc_x", "acc_y", "acc_z")), None)


@pytest.mark.parametrize("name", ["jitter", "rotation", "mixup", "shift"])
def test_a_detector_of_anomalies_learns_rows_as_they_are(name: str) -> None:
    with pytest.raises(InputError, match=rf"augment\.{name}: does not apply to the detection of anomalies"):
        require_for_rows(Augmentation(**{name: 0.2}), splits(task=ANOMALIES), None)


@pytest.mark.parametrize("asked", [{}, {"rotation": 0.0}])
def test_default_changes_stand_where_none_is_made(asked: dict[str, Any]) -> None:
    require_for_rows(Augmentation(**asked), splits(task=ANOMALIES), None)
