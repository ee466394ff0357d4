"""How a candidate is trained."""

import math
from dataclasses import dataclass

from nas.errors import InputError


@dataclass(frozen=True, slots=True)
class Recipe:
    """Settings of training, for the search and for the finals.

    Attributes:
        epochs: passes over the training rows for a candidate of the search.
        batch_size: rows a step.
        first_rung: epochs after which only the best candidates go on; 0 trains each to the end. Further rungs follow at
            `rung_factor` times as many epochs, and so on. The learning rate comes down to 0 at each rung, so that a
            network is judged by a training that is short, but whole (benchmarks/rungs.md).
        rung_factor: one in so many candidates passes a rung.
        min_steps: a training of fewer steps gets as many epochs more as it needs; small data sets would hardly be
            learned otherwise.
        learning_rate: peak of the one-cycle schedule of Adam: linear warm-up over the first tenth of the
            steps, then a cosine down to zero; with rungs, a cycle from each to the next.
        patience: epochs without a better validation loss after which training stops; 0 never stops early.
        label_smoothing: share of the target probability that is spread over all classes.
        class_weights: whether a row counts by how rare its class is, so that all classes count the same together.
        jitter: standard deviation of noise on every number, as a share of its channel's. This and the next five are
            random changes of training rows (nas/model/training/augment/): 0 leaves them as they are.
        scaling: standard deviation of a factor on each channel of a window.
        rotation: degrees, standard deviation of the angle by which a window's sensors are turned about each axis;
            for channels that are named x, y and z.
        time_warp: largest share by which a window is played faster or slower.
        shift: largest share of its length by which a window, or an image, is rolled.
        mixup: alpha of the Beta distribution by which two rows and their labels are blended.
        averaging: decay of the moving average of the weights that is validated and kept; 0 keeps the weights
            themselves.
        distillation: share of the labels that a large teacher's answers make up in the finals; 0 trains no teacher.
        temperature: the teacher's logits are divided by it, so that also its second thoughts count.
        rounded_epochs: epochs that a final training of `final_epochs` goes on for with the rounding of int8 in its
            forward pass, at an eighth of the learning rate (quantization-aware training); a longer or shorter one has
            as much more or fewer of them; 0 for none.
        finalists: number of best candidates that are trained again, longer.
        final_epochs: epochs of such a training.
        final_folds: trainings of each finalist, each with a seed of its own; together they hold out every training
            and validation row once, so that no few subjects decide.
        winner_epochs: epochs of the winner's last training, on all those rows. Long trainings still pay where shorter
            ones tell already which network is the best (benchmarks/recipe.md).
    """

    epochs: int = 10
    first_rung: int = 2
    rung_factor: int = 6
    batch_size: int = 64
    min_steps: int = 800
    learning_rate: float = 4e-3
    patience: int = 0
    label_smoothing: float = 0.05
    class_weights: bool = False
    jitter: float = 0.0
    scaling: float = 0.0
    rotation: float = 6.0
    time_warp: float = 0.0
    shift: float = 0.0
    mixup: float = 0.0
    averaging: float = 0.0
    distillation: float = 0.0
    temperature: float = 2.0
    rounded_epochs: int = 10
    finalists: int = 8
    final_epochs: int = 80
    final_folds: int = 3
    winner_epochs: int = 320

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "finalists", "final_epochs", "winner_epochs"):
            if getattr(self, name) < 1:
                raise InputError(f"recipe.{name}", "must be 1 or more", got=getattr(self, name))
        for name in ("learning_rate", "temperature"):
            if not 0 < getattr(self, name) < math.inf:
                raise InputError(f"recipe.{name}", "must be above 0", got=getattr(self, name))
        if self.final_folds < 2:
            raise InputError("recipe.final_folds", "must be 2 or more", got=self.final_folds)
        if self.rung_factor < 2:
            raise InputError("recipe.rung_factor", "must be 2 or more", got=self.rung_factor)
        for name in ("patience", "min_steps", "first_rung", "rounded_epochs"):
            if getattr(self, name) < 0:
                raise InputError(f"recipe.{name}", "must be 0 or more", got=getattr(self, name))
        for name in ("label_smoothing", "time_warp", "averaging"):
            if not 0 <= getattr(self, name) < 1:
                raise InputError(f"recipe.{name}", "must be in [0, 1)", got=getattr(self, name))
        for name in ("jitter", "scaling", "mixup"):
            if not 0 <= getattr(self, name) < math.inf:
                raise InputError(f"recipe.{name}", "must be 0 or more", got=getattr(self, name))
        for name, most in (("rotation", 180), ("shift", 0.5), ("distillation", 1)):
            if not 0 <= getattr(self, name) <= most:
                raise InputError(f"recipe.{name}", f"must be from 0 to {most}", got=getattr(self, name))

    def rounded(self, epochs: int) -> int:
        """Return how many epochs with rounding follow a final training of so many `epochs`."""
        return math.ceil(self.rounded_epochs * epochs / self.final_epochs)

    def passes(self, epochs: int, rows: int) -> int:
        """Return `epochs`, or as many more as `min_steps` needs with so many training rows."""
        steps = max(1, rows // self.batch_size)
        return max(epochs, math.ceil(self.min_steps / steps))
