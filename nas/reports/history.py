"""The learning curves of one training as an SVG file."""

from collections.abc import Mapping, Sequence

from nas.reports.files import standalone
from nas.reports.svg import ACCENT, FULL_WIDTH, MUTED, drawing, to_svg


def history_svg(history: Mapping[str, Sequence[float]], best_epoch: int) -> str:
    """Return the losses and the accuracies of a training by epoch, with the epoch whose weights are kept.

    Args:
        history: one number for each epoch, by name.
        best_epoch: counted from 0.
    """
    names = ("loss", "accuracy", "balanced_accuracy", "r2")
    panels = [name for name in names if name in history or f"val_{name}" in history]
    titles = [name.replace("_", " ") for name in panels]
    with drawing(FULL_WIDTH, 300) as (figure, first):
        first.remove()
        for place, name in enumerate(panels, start=1):
            axes = figure.add_subplot(1, len(panels), place)
            for key, colour, label in ((name, MUTED, "training"), (f"val_{name}", ACCENT, "validation")):
                if key in history:
                    axes.plot(range(1, len(history[key]) + 1), history[key], color=colour, label=label)
            axes.axvline(best_epoch + 1, color=MUTED, linewidth=0.8, linestyle="--", label="kept")
            axes.set_title(titles[place - 1].capitalize())
            axes.set_xlabel("epoch")
            axes.legend(loc="best")
        return standalone(to_svg(figure, "history", f"{' and '.join(titles).capitalize()} by epoch"))
