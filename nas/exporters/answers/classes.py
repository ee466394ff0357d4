"""What exported files say and do with the scores of classes."""

from collections.abc import Sequence
from typing import ClassVar

from nas.exporters.answers.answers import ANSWERS, Answers, Printing, Smoothing
from nas.exporters.answers.common import NOT_TESTED, behind_call
from nas.exporters.markdown import escape, table
from nas.task.classification import Classification
from nas.task.task import CLASSES
from nas.text import counted, percent


@ANSWERS.register(CLASSES)
class Classes(Answers[Classification]):
    """Scores of classes, whose greatest is the answer."""

    count: ClassVar[str] = "CLASSES"
    names: ClassVar[str] = "class_names"
    are: ClassVar[str] = "classes"
    array: ClassVar[str] = "scores"
    does: ClassVar[str] = "classifies"
    gives: ClassVar[str] = "a class and scores"
    returned: ClassVar[str] = "the number of the greatest one's class"
    shows: ClassVar[str] = "the class"
    smoothed_windows: ClassVar[int] = 4  # 2.5 window lengths, where windows overlap by half
    greatest_is_answer: ClassVar[bool] = True

    @property
    def each(self) -> str:
        return f"the {self.archive.output_is} of each class"

    def meaning(self, prefix: str) -> str:
        return f"the {self.archive.output_is} of its class; the greatest is the network's answer."

    def read(self, prefix: str) -> str:
        upper = prefix.upper()
        return f"""\
  int best = 0;
  for (int i = 0; i < {upper}_CLASSES; ++i) {{
    scores[i] = static_cast<float>(output[i] - {upper}_OUTPUT_ZERO_POINT) * {upper}_OUTPUT_SCALE;
    if (output[i] > output[best]) best = i;
  }}
  return best;
"""

    def used(self, prefix: str) -> str:
        return f"""\
    int best = 0;
    for (int i = 1; i < {prefix.upper()}_CLASSES; ++i) best = output[i] > output[best] ? i : best;
    // Use {prefix}_class_names[best] here."""

    def smoothing(self, prefix: str) -> Smoothing:
        return Smoothing("  int best = 0;\n", "\n    if (scores[i] > scores[best]) best = i;", "best")

    def told(self, prefix: str, printing: Printing) -> tuple[str, str]:
        return "const int best = ", behind_call(printing("answer", f"{prefix}_class_names[best]"))

    def printed(self, prefix: str) -> str:
        return _best(prefix) + '  printf("answer: %s\\n", names[best]);\n'

    def printed_at(self, prefix: str, time_format: str, time: str) -> str:
        return _best(prefix) + f'  printf("{time_format}: %s\\n", {time}, names[best]);\n'

    @property
    def title(self) -> str:
        return f"for {counted(len(self.archive.class_names), 'class', 'es')}"

    def section(self) -> str:
        archive, tested = self.archive, self.archive.found.tested
        if tested is None:
            return f"## Classes\n\n{', '.join(map(escape, archive.class_names))}. {NOT_TESTED}"
        head = ("true \\ predicted", *map(escape, archive.class_names), "recall")
        each = zip(archive.class_names, tested.confusion, recalls(tested.confusion), strict=True)
        rows = [(name, *counts, percent(recall)) for name, counts, recall in each]
        return f"""## Classes

Confusion matrix of the test set: numbers of {archive.inputs_are}, and the recall of each class.

{table(head, rows)}"""

    def formula(self) -> str:
        return f"{self.archive.output_is} of a class = {self.dequantized}"

    def limits(self) -> str:
        return """\
- It knows only the classes above and assigns one of them to every input, also to input unlike the training data
  (another sensor, placement, sampling rate or unit), for which the answer is meaningless.
- The accuracies hold for people, places and devices like those of the data; the recall of a class with few test
  examples is uncertain."""


def _best(prefix: str) -> str:
    """Return the lines of C that find the class with the greatest output."""
    upper = prefix.upper()
    return f"""\
  int best = 0;
  for (int i = 1; i < {upper}_OUTPUT_BYTES; ++i) best = output[i] > output[best] ? i : best;
"""


def recalls(confusion: Sequence[Sequence[int]]) -> list[float | None]:
    """Return the recall of each class; None for a class that the test set does not have."""
    return [row[i] / sum(row) if sum(row) else None for i, row in enumerate(confusion)]
