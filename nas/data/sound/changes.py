"""Which random changes of sound are made, and how strong they are."""

import math
from dataclasses import dataclass

from nas.errors import InputError
from nas.signal.front_end import FrontEnd


@dataclass(frozen=True, slots=True)
class SoundChanges:
    """Random changes of the samples of sound, before its front-end; 0 switches a change off.

    The defaults are those of benchmarks/audio_augmentation.md.

    Each row has some changed copies. They are made once, and in each epoch a training draws the row or one of them.

    Attributes:
        variants: changed copies of each training row of sound; 0 trains on the rows as they are. Each takes as much
            memory as the rows, in each worker process; there are fewer if all would take more than 2 GB, but one.
        speed: largest share by which sound is played faster or slower; its pitch goes with it.
        pitch: largest share by which the pitch becomes higher or lower at the same speed.
        trim: largest share of a row that becomes silence at its start, and likewise at its end.
        shift_ms: largest number of milliseconds by which sound begins earlier or later; the gap is silence.
        reverb: share of the copies that sound as in a room.
        reverb_s: longest reverberation time (to -60 dB) of these rooms, in seconds.
        gain_db: largest number of decibels by which sound becomes louder or quieter.
        background: share of the copies with a recording of noise behind them: of `--noise`, or else the training part
            of the data's own, such as `_background_noise_`.
        background_snr_db: least and greatest ratio of the row to this noise, in decibels.
        colored_noise: share of the copies with white, pink or brown noise behind them.
        colored_noise_snr_db: least and greatest ratio of the row to it, in decibels.
    """

    variants: int = 3
    speed: float = 0.1
    pitch: float = 0.0
    trim: float = 0.0
    shift_ms: float = 100.0
    reverb: float = 0.0
    reverb_s: float = 0.4
    gain_db: float = 6.0
    background: float = 0.5
    background_snr_db: tuple[float, ...] = (5.0, 25.0)
    colored_noise: float = 0.3
    colored_noise_snr_db: tuple[float, ...] = (10.0, 30.0)

    def __post_init__(self) -> None:
        limits = {
            "variants": (0, 64), "speed": (0, 0.5), "pitch": (0, 0.5), "trim": (0, 0.5), "shift_ms": (0, math.inf),
            "reverb": (0, 1), "reverb_s": (0.01, 10), "gain_db": (0, 60), "background": (0, 1), "colored_noise": (0, 1),
        }  # fmt: skip
        for name, (least, most) in limits.items():
            value = getattr(self, name)
            if not least <= value <= most or value == math.inf:
                rule = f"must be {least} or more" if most == math.inf else f"must be from {least} to {most}"
                raise InputError(f"augment.{name}", rule, got=value)
        for name in ("background_snr_db", "colored_noise_snr_db"):
            value = getattr(self, name)
            pair = tuple(value) if isinstance(value, list | tuple) else ()
            if len(pair) != 2 or not -60 <= pair[0] <= pair[1] <= 100:
                rule = "must be the least and the greatest ratio, from -60 to 100 dB"
                raise InputError(f"augment.{name}", rule, got=value, hint="such as [5, 25]")
            object.__setattr__(self, name, pair)

    def copies(self, row_bytes: int) -> int:
        """Return how many changed copies are made of rows that take so many bytes."""
        return min(self.variants, max(1, MOST_BYTES // max(1, row_bytes)))

    def apply_behind(self, front_end: FrontEnd) -> bool:
        """Return whether rows before a front-end are changed: it is one of sound, and something is asked for."""
        wanted = self.variants and any(getattr(self, name) for name in CHANGES)
        return bool(wanted) and front_end.rate_hz is not None


MOST_BYTES = 2 << 30
"""What all copies may take, in each process."""

CHANGES = ("speed", "pitch", "trim", "shift_ms", "reverb", "gain_db", "background", "colored_noise")
"""The changes, in the order in which they are made."""
