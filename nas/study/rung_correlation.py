"""How well the accuracy at a rung predicts what a candidate has in the end."""

from dataclasses import dataclass

FEWEST_PAIRS = 10
"""Of fewer control candidates, texts show no rank correlation: three in the right order are chance in one of six."""


@dataclass(frozen=True, slots=True)
class RungCorrelation:
    """How well the accuracy at a rung predicts the final score of a candidate.

    Attributes:
        epoch: epochs of the rung.
        pairs: number of control candidates, which are trained to the end even if they are among the worst at the rung.
        spearman: their rank correlation between validation accuracy at the rung and int8 score at the end; None if
            there are too few of them.
        epochs: of a whole training; None without a control.
    """

    epoch: int
    pairs: int
    spearman: float | None
    epochs: int | None = None

    @property
    def telling(self) -> float | None:
        """The rank correlation if there are controls enough for it to mean something."""
        return self.spearman if self.pairs >= FEWEST_PAIRS else None

    @property
    def words(self) -> str:
        """The place of the rung in a training, as every text names it."""
        return f"after {self.epoch}{f' of {self.epochs}' if self.epochs else ''} epochs"
