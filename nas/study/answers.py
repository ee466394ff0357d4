"""How a model answered the test rows: group by group, the surer the better, and where it was sure and wrong."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GroupScore:
    """The answers for one group of the test set, such as a subject.

    Attributes:
        group: its name.
        rows: number of its rows.
        metrics: of these rows, by name, without those that they cannot tell: of one kind of row, no area under a ROC.
    """

    group: str
    rows: int
    metrics: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Threshold:
    """The answers that remain if a device keeps only those of at least some confidence.

    Attributes:
        confidence: the least probability of an answer that is kept.
        decided: number of rows whose answer is kept; `right` is the number of right answers among them.
    """

    confidence: float
    decided: int
    right: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """A row with a wrong answer.

    Attributes:
        row: its number in the test set; `group` is its group, if the rows have groups.
        true: number of its class; `predicted` is that of the answer, whose probability is `confidence`.
        values: what to draw, in units, at fewer points than the row has: the channels of a window [channels, time], or
            the brightness of an image [height, width]; empty for a row of a table.
    """

    row: int
    group: str | None
    true: int
    predicted: int
    confidence: float
    values: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Miss:
    """A row whose answer, of a regression, is far from its target.

    Attributes:
        row: its number in the test set; `group` is its group, if the rows have groups.
        target: what was measured, one number an output; `answer` is what the model says.
    """

    row: int
    group: str | None
    target: tuple[float, ...]
    answer: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LabelScore:
    """How a model answers one of several labels.

    Attributes:
        rows: number of rows that have it; `answered` of those that it is answered for, `hits` of those with both.
        threshold: the probability from which on it is answered.
        average_precision: over all thresholds; 0 if no row has it. `roc_auc` likewise, 0.5 if all or none have it.
    """

    rows: int
    answered: int
    hits: int
    threshold: float
    average_precision: float
    roc_auc: float

    @property
    def precision(self) -> float | None:
        """The share of its answers that are right; None without any."""
        return self.hits / self.answered if self.answered else None

    @property
    def recall(self) -> float | None:
        """The share of its rows that are found; None without any."""
        return self.hits / self.rows if self.rows else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both; None of a label that neither holds nor is answered."""
        return 2 * self.hits / (self.rows + self.answered) if self.rows + self.answered else None


@dataclass(frozen=True, slots=True)
class Answers:
    """How a model answered the test rows.

    Attributes:
        groups: by group, the worst first; empty if the rows have no groups.
        thresholds: by confidence, from the one that all answers have upwards.
        mistakes: the most confident ones, at most a few of each pair of classes.
        points: of regression, for each output the targets and the answers of some rows; of labels, for each whether it
            holds and its probability.
        misses: of regression, the rows with the largest errors, each error compared with the deviation of its output;
            of labels, those whose probabilities are most wrong.
        labels: of several labels at once, the answers to each.
    """

    groups: tuple[GroupScore, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    points: tuple[tuple[tuple[float, float], ...], ...] = ()
    misses: tuple[Miss, ...] = ()
    labels: tuple[LabelScore, ...] = ()
