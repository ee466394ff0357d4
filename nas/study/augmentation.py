"""Random changes of training rows: the table [augment] of a recipe."""

import math
from dataclasses import dataclass

from nas.data.sound.changes import SoundChanges
from nas.errors import InputError
from nas.study.ranges import at_most, below_one

OF_LIGHT = ("brightness", "contrast", "tint", "shot_noise", "speckle")
"""Changes of an image's light, by their standard deviations."""
OF_WINDOWS = ("scaling", "time_warp", "shift")
"""Changes that only windows have, beside `rotation`."""
OF_IMAGES = ("move", "flip", "tilt", "zoom", *OF_LIGHT, "salt_and_pepper", "cutout")
"""Changes that only images have."""


@dataclass(frozen=True, slots=True)
class Augmentation(SoundChanges):
    """Data augmentation: the table [augment]; 0 switches a change off.

    The changes of `SoundChanges` are for rows of sound, before their front-end: each row has some copies, made once.
    The others are of what the network reads, drawn anew for each row in each epoch.

    Attributes:
        jitter: standard deviation of noise on every number, as a share of its channel's standard deviation.
        scaling: standard deviation of a random factor on each channel of a window.
        rotation: standard deviation, in degrees, of the angle by which a window's sensors are turned about each axis;
            for channels that are named x, y and z.
        time_warp: largest share by which a window is stretched or compressed in time.
        shift: largest share of its length by which a window is rolled.
        move: largest share of its width and of its height by which an image is moved; its edges are repeated.
        flip: share of the images that are mirrored, left for right.
        tilt: standard deviation, in degrees, of the angle by which an image is turned.
        zoom: largest share by which an image is enlarged or made smaller.
        brightness: standard deviation of what is added to an image, as a share of the pixels' standard deviation.
        contrast: standard deviation of the logarithm of the factor on an image's differences from its mean.
        tint: standard deviation of what is added to each channel of an image, in the same units.
        shot_noise: standard deviation of the noise of a pixel that is one such deviation brighter than the darkest one
            of its image; its variance grows with the brightness (Poisson).
        speckle: standard deviation of the random factor on each pixel's brightness above that of the darkest one.
        salt_and_pepper: share of the pixels that become as bright, or as dark, as any of their image.
        cutout: largest share of height and of width of a rectangle that is blanked in an image.
        time_mask: largest share of the time that is blanked in features of sound (SpecAugment, arXiv:1904.08779).
        frequency_mask: likewise of the frequencies.
        mixup: alpha of the Beta distribution by which two rows and their labels are blended.
    """

    jitter: float = 0.0
    scaling: float = 0.0
    rotation: float = 6.0
    time_warp: float = 0.0
    shift: float = 0.0
    move: float = 0.0
    flip: float = 0.0
    tilt: float = 0.0
    zoom: float = 0.0
    brightness: float = 0.0
    contrast: float = 0.0
    tint: float = 0.0
    shot_noise: float = 0.0
    speckle: float = 0.0
    salt_and_pepper: float = 0.0
    cutout: float = 0.0
    time_mask: float = 0.0
    frequency_mask: float = 0.0
    mixup: float = 0.0

    def __post_init__(self) -> None:
        SoundChanges.__post_init__(self)
        for name in ("jitter", "scaling", *OF_LIGHT, "mixup"):
            if not 0 <= getattr(self, name) < math.inf:
                raise InputError(f"augment.{name}", "must be 0 or more", got=getattr(self, name))
        below_one(self, "augment", "time_warp", "zoom")
        at_most(self, "augment", 1, "flip", "salt_and_pepper", "cutout", "time_mask", "frequency_mask")
        at_most(self, "augment", 180, "rotation", "tilt")
        at_most(self, "augment", 0.5, "shift", "move")
