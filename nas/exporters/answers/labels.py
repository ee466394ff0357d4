"""What exported files say and do with the probabilities of several labels: which of them hold."""

import math
from collections.abc import Mapping
from textwrap import indent
from typing import ClassVar

from nas.exporters.answers.answers import ANSWERS, Answers, Printing, Smoothing
from nas.exporters.markdown import table
from nas.task.multi_label import YES_OR_NO, MultiLabel
from nas.task.task import LABELS
from nas.text import counted, percent


@ANSWERS.register(LABELS)
class Labels(Answers[MultiLabel]):
    """Probabilities of labels, of which any number may hold at once."""

    count: ClassVar[str] = "LABELS"
    names: ClassVar[str] = "label_names"
    are: ClassVar[str] = "labels"
    array: ClassVar[str] = "probabilities"
    does: ClassVar[str] = "finds the labels of"
    gives: ClassVar[str] = "probabilities of labels"
    returned: ClassVar[str] = "how many labels hold"
    shows: ClassVar[str] = "the probability of each label, and whether it holds,"

    @property
    def each(self) -> str:
        return "the probability of each label"

    def meaning(self, prefix: str) -> str:
        return f"the probability of its label; {prefix}_has tells by its threshold whether the label holds."

    def constants(self) -> Mapping[str, str]:
        """Return the macro of the thresholds.

        A threshold is the least int8 output with at least its probability, so that the device decides as Python does;
        128 is above all outputs.
        """
        scale, zero = self.archive.output.scale, self.archive.output.zero_point
        steps = (math.ceil(threshold / scale) + zero for threshold in self.task.thresholds)
        return {"THRESHOLDS": "{ " + ", ".join(map(str, steps)) + " }"}

    def functions(self, prefix: str) -> str:
        upper = prefix.upper()
        chosen = "" if self.task == YES_OR_NO else ": those with the greatest F1 on validation rows"
        return f"""\
// Turns an output of the model into the probability of its label.
static inline float {prefix}_probability(int8_t output) {{
  return (float)(output - {upper}_OUTPUT_ZERO_POINT) * {upper}_OUTPUT_SCALE;
}}

// Returns 1 if a label holds by its probability, else 0. {upper}_THRESHOLDS are the int8 outputs from which on labels
// hold{chosen}.
static inline int {prefix}_holds(float probability, size_t label) {{
#if defined(__AVR__)
  static const int16_t from[{upper}_LABELS] PROGMEM = {upper}_THRESHOLDS;
  const int16_t least = (int16_t)pgm_read_word(&from[label]);
#else
  static const int16_t from[{upper}_LABELS] = {upper}_THRESHOLDS;
  const int16_t least = from[label];
#endif
  return probability >= (float)(least - {upper}_OUTPUT_ZERO_POINT) * {upper}_OUTPUT_SCALE;
}}

// Returns 1 if a label holds by all outputs of the model, else 0.
static inline int {prefix}_has(const int8_t *output, size_t label) {{
  return {prefix}_holds({prefix}_probability(output[label]), label);
}}

"""

    def read(self, prefix: str) -> str:
        return f"""\
  int holding = 0;
  for (size_t i = 0; i < {prefix.upper()}_LABELS; ++i) {{
    probabilities[i] = {prefix}_probability(output[i]);
    holding += {prefix}_has(output, i);
  }}
  return holding;
"""

    def used(self, prefix: str) -> str:
        return f"""\
    for (size_t i = 0; i < {prefix.upper()}_LABELS; ++i) {{
      const float probability = {prefix}_probability(output[i]);
      const int holds = {prefix}_has(output, i);
      // Use probability and holds here; the name is {prefix}_label_names[i].
    }}"""

    def smoothing(self, prefix: str) -> Smoothing:
        each = f"\n    holding += {prefix}_holds(probabilities[i], static_cast<size_t>(i));"
        return Smoothing("  int holding = 0;\n", each, "holding")

    def told(self, prefix: str, printing: Printing) -> tuple[str, str]:
        told = indent(printing("holds", f"{prefix}_label_names[i]"), "    ")
        loop = f"for (int i = 0; i < {prefix.upper()}_LABELS; ++i)"
        return "", f"\n  {loop} {{\n    if (!{prefix}_holds(probabilities[i], i)) continue;\n{told}\n  }}"

    def printed(self, prefix: str) -> str:
        return f"""\
  for (size_t i = 0; i < {prefix.upper()}_LABELS; ++i) {{
    const char *const answer = {prefix}_has(output, i) ? "yes" : "no";
    printf("%s: %.3f, %s\\n", names[i], (double){prefix}_probability(output[i]), answer);
  }}
"""

    def printed_at(self, prefix: str, time_format: str, time: str) -> str:
        return f"""\
  for (size_t i = 0; i < {prefix.upper()}_LABELS; ++i) {{
    if ({prefix}_has(output, i)) printf("{time_format}: %s\\n", {time}, names[i]);
  }}
"""

    @property
    def title(self) -> str:
        return f"for {counted(len(self.archive.class_names), 'label')}"

    def section(self) -> str:
        names, tested = self.archive.class_names, self.archive.found.tested
        text = """## Labels

Each label has a probability of its own, and any number of them may hold at once. A label holds from its threshold on:
the one with the greatest F1 on validation rows."""
        thresholds = [f"{threshold:.4g}" for threshold in self.task.thresholds]
        kept = () if tested is None or tested.answers is None else tested.answers.labels
        if not kept:
            return f"{text}\n\n{table(('label', 'threshold'), zip(names, thresholds, strict=True))}"
        rows = [
            (name, threshold, one.rows, *map(percent, (one.precision, one.recall, one.f1, one.average_precision)))
            for name, threshold, one in zip(names, thresholds, kept, strict=True)
        ]
        what = self.archive.inputs_are
        head = ("test set: label", "threshold", what, "precision", "recall", "F1", "average precision")
        return f"{text}\n\n{table(head, rows)}"

    def formula(self) -> str:
        return f"{self.archive.output_is} of a label = {self.dequantized}"

    def limits(self) -> str:
        return """\
- It knows only the labels above, and answers for every input, also for input unlike the training data (another sensor,
  placement, sampling rate or unit), for which the answer is meaningless.
- It is sure of combinations of labels only as far as the data have them; the figures of a rare label are uncertain."""
