"""Settings of a recipe that are asked for where they would change nothing."""

from typing import Any

import numpy as np
import pytest

from nas.data.dataset import Part
from nas.data.splits import Splits
from nas.errors import InputError
from nas.signal.front_end import FrontEnd
from nas.signal.mel import Mel
from nas.signal.raw import RAW
from nas.signal.statistics import Statistics
from nas.space.file import load_space
from nas.study.applicable_rows import require_for_rows, require_for_targets
from nas.study.recipe import Augmentation, Training
from nas.task.task import ANOMALIES, CLASSES, LABELS, TARGETS

PART = Part(np.zeros((2, 1600, 1), np.int16), np.arange(2))
AXES = ("acc_x", "acc_y", "acc_z")
MOTION = Part(np.zeros((2, 40, 3), np.float32), np.arange(2))


def splits(*noise: Any, task: str = CLASSES, channels: tuple[str, ...] = (), part: Part = PART) -> Splits:
    return Splits(part, part, part, ("a", "b"), channels, 16000.0, None, "clips", "", noise=noise, task=task)


@pytest.mark.parametrize(
    ("asked", "front_end", "message"),
    [
        ({"speed": 0.2}, RAW, r"augment\.speed: is for sound behind a front-end, which the network has not, got 0\.2"),
        ({"time_mask": 0.2}, RAW, r"augment\.time_mask: is for sound"),
        ({"variants": 4}, RAW, r"augment\.variants: is for sound"),
        ({"tint": 0.1}, RAW, r"augment\.tint: is for images, and these rows are windows, got 0\.1; leave it out"),
        ({"background": 0.2}, Mel(), r"augment\.background: needs recordings of noise for training; put them into"),
        ({"speed": 0.2, "variants": 0}, Mel(), r"augment\.speed: needs changed copies of the rows, and variants is 0"),
        (
            {"reverb_s": 0.8},
            Mel(),
            r"augment\.reverb_s: says how rows are changed by reverb, .* give reverb too",
        ),
        (
            {"background": 0.0, "background_snr_db": (0.0, 9.0)},
            Mel(),
            r"augment\.background_snr_db: says how rows are changed by background",
        ),
        (
            {"scaling": 0.2},
            Mel(),
            r"augment\.scaling: is for channels over time, got 0\.2 where",
        ),
        ({"shift": 0.2}, Mel(), r"augment\.shift: must move channels over time"),
        ({"shift": 0.0005}, RAW, r"augment\.shift: must move channels over time by a step or more, got 0\.0005 where"),
        ({"time_warp": 0.2}, Statistics(), r"augment\.time_warp: is for channels over several steps"),
    ],
)
def test_a_change_that_does_not_apply_is_refused(asked: dict[str, Any], front_end: FrontEnd, message: str) -> None:
    with pytest.raises(InputError, match=message):
        require_for_rows(Augmentation(**asked), splits(), (front_end,))


@pytest.mark.parametrize(
    ("asked", "noise", "front_end"),
    [
        ({}, (), RAW),
        ({"speed": 0.0, "variants": 0}, (), RAW),
        ({"background": 0.2}, (PART.x[0, :, 0],), Mel()),
        ({"reverb": 0.1, "reverb_s": 0.8}, (), Mel()),
        ({"shift": 0.001}, (), RAW),
        ({"shift": 0.3, "time_warp": 0.1, "scaling": 0.1}, (), Mel(frequencies_are_channels=True)),
    ],
)
def test_defaults_and_changes_that_apply_are_not(asked: dict[str, Any], noise: Any, front_end: FrontEnd) -> None:
    require_for_rows(Augmentation(**asked), splits(*noise), (front_end,))


def test_a_change_that_applies_behind_one_front_end_of_a_space_stands() -> None:
    front_ends = load_space("cnn_audio").front_end
    assert front_ends is not None
    require_for_rows(Augmentation(scaling=0.2), splits(), front_ends.examples())


@pytest.mark.parametrize(
    ("channels", "got"), [((), "channels without names"), (("x", "y", "sound"), "channels x, y, sound")]
)
def test_only_sensors_with_three_named_axes_are_turned(channels: tuple[str, ...], got: str) -> None:
    with pytest.raises(InputError, match=rf"augment\.rotation: turns sensors whose .*, got {got}; name the channels"):
        require_for_rows(Augmentation(rotation=20.0), splits(channels=channels, part=MOTION), (RAW,))
    require_for_rows(Augmentation(rotation=20.0), splits(channels=AXES, part=MOTION), (RAW,))


def test_features_of_sensors_are_not_turned() -> None:
    with pytest.raises(InputError, match=r"augment\.rotation: turns sensors"):
        require_for_rows(Augmentation(rotation=20.0), splits(channels=AXES, part=MOTION), (Statistics(),))


@pytest.mark.parametrize("name", ["jitter", "rotation", "mixup", "shift"])
def test_a_detector_of_anomalies_learns_rows_as_they_are(name: str) -> None:
    with pytest.raises(InputError, match=rf"augment\.{name}: does not apply to the detection of anomalies"):
        require_for_rows(Augmentation(**{name: 0.2}), splits(task=ANOMALIES), (RAW,))


@pytest.mark.parametrize("asked", [{}, {"rotation": 0.0}])
def test_default_changes_stand_where_none_is_made(asked: dict[str, Any]) -> None:
    require_for_rows(Augmentation(**asked), splits(task=ANOMALIES), (RAW,))


@pytest.mark.parametrize("asked", [{"class_weights": True}, {"label_smoothing": 0.1}])
@pytest.mark.parametrize("task", [TARGETS, ANOMALIES])
def test_settings_of_classes_are_refused_for_other_targets(asked: dict[str, Any], task: str) -> None:
    with pytest.raises(InputError, match=rf"training\.{next(iter(asked))}: is for classes, and these rows have none"):
        require_for_targets(Training(**asked), splits(task=task))
    require_for_targets(Training(), splits(task=task))


def test_settings_of_classes_stand_for_classes_and_labels() -> None:
    labels = Part(PART.x, np.array([[0, 1], [1, 1]]))
    for task, part in ((CLASSES, PART), (LABELS, labels)):
        require_for_targets(Training(class_weights=True, label_smoothing=0.1), splits(task=task, part=part))
