"""Whether the winner of a search knows its training pictures by heart, and what helps against it."""

from nas.signal.kind import Kind
from nas.study.augmentation import OF_IMAGES
from nas.study.recipe import Recipe
from nas.study.result import Trained
from nas.text import percent

MOST_GAP = 0.1
"""Of 7,500 photographs, a network that knew them by heart had 98 % right and of others 50 %; with random changes 71 and
63 % (benchmarks/image_augmentation.md). A network that is too small to know them by heart loses by such changes."""


def overfitting(winner: Trained, recipe: Recipe) -> str:
    """Return in a line that random changes of the pictures would help; empty if they are made, or not needed."""
    history, shape = winner.record.history, winner.record.architecture["input_shape"]
    are_changed = any(getattr(recipe.augment, name) for name in (*OF_IMAGES, "mixup"))
    if "val_accuracy" not in history or are_changed or len(shape) != Kind.IMAGE.axes:
        return ""
    learned, validated = history["accuracy"][-1], history["val_accuracy"][-1]
    if learned - validated <= MOST_GAP:
        return ""
    return (
        f"overfitting: the winner had {percent(learned)} right of the pictures it learned from, and "
        f"{percent(validated)} of others; search again with --recipe move=0.1 --recipe zoom=0.1 --recipe tilt=5, and "
        "with --recipe flip=0.5 where a mirrored picture means the same: they are then changed at random in training"
    )
