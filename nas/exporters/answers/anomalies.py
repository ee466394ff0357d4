"""What exported files say and do with a reconstruction: its score, and whether the input is an anomaly."""

import math
from collections.abc import Mapping
from typing import ClassVar

from nas.errors import InputError
from nas.exporters.answers.answers import ANSWERS, Answers, Printing, Smoothing
from nas.exporters.answers.common import NOT_TESTED, behind_call
from nas.exporters.c_text import number
from nas.exporters.markdown import table
from nas.signal.kind import row_of
from nas.task.anomaly import Anomaly
from nas.task.reconstruction import FORECAST, RECONSTRUCTIONS
from nas.task.task import ANOMALIES, metric_title, score_text

MOST_VALUES = 66_000
"""Squared steps of so many int8 values fit into 32 bits."""


@ANSWERS.register(ANOMALIES)
class Anomalies(Answers[Anomaly]):
    """The score of an input beside its reconstruction, and whether that is one of an anomaly."""

    count: ClassVar[str] = "SCORES"
    names: ClassVar[str] = "score_names"
    are: ClassVar[str] = "scores"
    array: ClassVar[str] = "scores"
    does: ClassVar[str] = "looks for an anomaly in"
    gives: ClassVar[str] = "a score and whether it is an anomaly's"
    returned: ClassVar[str] = "1 for an anomaly and 0 for a normal input"
    shows: ClassVar[str] = "the score, and whether it is one of an anomaly,"
    keeps_input: ClassVar[bool] = True

    @property
    def row(self) -> str:
        return "ROW_BYTES" if self._forecasts else "INPUT_BYTES"

    @property
    def about_row(self) -> str:
        if not self._forecasts:
            return ""
        steps, channels = self._row_shape
        return f"- Row: {steps:,} steps of {channels:,} channels; all but the last are read, and that one is forecast."

    @property
    def _forecasts(self) -> bool:
        return self.task.reconstruction == FORECAST

    @property
    def _row_shape(self) -> tuple[int, ...]:
        """The shape of a row of data."""
        return self.task.row_shape(row_of(self.archive.input_shape))

    @property
    def size(self) -> str:
        return "OUTPUT_BYTES"

    @property
    def each(self) -> str:
        return "the score of the input: the higher, the less like the normal training rows"

    @property
    def listed(self) -> tuple[str, ...]:
        return ("score",)

    def meaning(self, prefix: str) -> str:
        what = "the last step's" if self._forecasts else "the input's"
        return f"{what} value as a normal row has it: {prefix}_score and {prefix}_is_anomaly compare both."

    def constants(self) -> Mapping[str, str]:
        """Return the macros of the score and its threshold.

        A score is a whole number of squared steps times `SCORE_SCALE`, so that the device decides as Python does.

        Raises:
            InputError: the input is too long for sums of 32 bits, or the model has no threshold.
        """
        archive, values = self.archive, RECONSTRUCTIONS[self.task.reconstruction].outputs(self._row_shape)
        if values > MOST_VALUES:
            raise InputError(archive.name, f"an anomaly's score must be of at most {MOST_VALUES:,} values", got=values)
        if self.task.threshold is None:
            raise InputError(archive.name, "must have a threshold", hint="train it with normal rows for validation")
        scale = archive.input.scale**2 / values
        return {
            "OUTPUT_BYTES": str(values),
            "SCORE_SCALE": number(scale),
            "THRESHOLD": f"{math.floor(self.task.threshold / scale)}u",
            **({"ROW_BYTES": str(math.prod(self._row_shape))} if self._forecasts else {}),
        }

    def functions(self, prefix: str) -> str:
        upper, share = prefix.upper(), 100 * self.task.false_alarm_rate
        first = f"{upper}_INPUT_BYTES + " if self._forecasts else ""
        return f"""\
{self._about_steps(upper)}
static inline uint32_t {prefix}_steps(const int8_t *input, const int8_t *output) {{
  uint32_t sum = 0;
  for (size_t i = 0; i < {upper}_OUTPUT_BYTES; ++i) {{
    const int32_t step = (output[i] - {upper}_OUTPUT_ZERO_POINT) - (input[{first}i] - {upper}_INPUT_ZERO_POINT);
    sum += (uint32_t)(step * step);
  }}
  return sum;
}}

// Returns the score of an input and its output: the higher, the less like the normal training rows.
static inline float {prefix}_score(const int8_t *input, const int8_t *output) {{
  return (float){prefix}_steps(input, output) * {upper}_SCORE_SCALE;
}}

// Returns 1 if an input is an anomaly by its output, else 0. By the threshold, {share:g} % of normal ones are one.
static inline int {prefix}_is_anomaly(const int8_t *input, const int8_t *output) {{
  return {prefix}_steps(input, output) > {upper}_THRESHOLD;
}}

"""

    def _about_steps(self, upper: str) -> str:
        """Return the comment of the function that sums squared steps."""
        if not self._forecasts:
            return f"""\
// Sums the squared steps by which an output differs from its input, which must still be as it was before. The score,
// the mean squared error of the scaled values, is this sum * {upper}_SCORE_SCALE."""
        return f"""\
// Sums the squared steps by which an output, the forecast of a row's last step, differs from that step. `input` is the
// whole row, {upper}_ROW_BYTES values, of which the model reads the first {upper}_INPUT_BYTES. The score, the mean
// squared error of the scaled values, is this sum * {upper}_SCORE_SCALE."""

    def read(self, prefix: str) -> str:
        return f"""\
  scores[0] = {prefix}_score(kept, output);
  return {prefix}_is_anomaly(kept, output);
"""

    def used(self, prefix: str) -> str:
        return f"""\
    const float score = {prefix}_score(kept, output);
    const int is_anomaly = {prefix}_is_anomaly(kept, output);
    // Use score and is_anomaly here."""

    def smoothing(self, prefix: str) -> Smoothing:
        upper = prefix.upper()
        return Smoothing(result=f"scores[0] > (float){upper}_THRESHOLD * {upper}_SCORE_SCALE")

    def told(self, prefix: str, printing: Printing) -> tuple[str, str]:
        return "const int is_anomaly = ", behind_call(printing("answer", 'is_anomaly ? "anomaly" : "normal"'))

    def printed(self, prefix: str) -> str:
        return f"""\
  const char *const answer = {prefix}_is_anomaly(input, output) ? "anomaly" : "normal";
  printf("%s: %.6g, %s\\n", names[0], (double){prefix}_score(input, output), answer);
"""

    def printed_at(self, prefix: str, time_format: str, time: str) -> str:
        return f"""\
  const int8_t *const input = {prefix}_listen_input();
  const char *const answer = {prefix}_is_anomaly(input, output) ? "anomaly" : "normal";
  printf("{time_format}: %s %.6g, %s\\n", {time}, names[0], (double){prefix}_score(input, output), answer);
"""

    @property
    def title(self) -> str:
        return "that detects anomalies"

    @property
    def figures_are(self) -> str:
        return "Errors"

    def section(self) -> str:
        names, tested, share = self.archive.class_names, self.archive.found.tested, 100 * self.task.false_alarm_rate
        gives = "gives its input again as a normal one would be"
        if self._forecasts:
            gives = "forecasts the last step of a row as it would be in a normal one"
        text = f"""## Anomalies

The network {gives}. The score is the mean squared error of that, in scaled
units; above {self.task.threshold:.6g} the input is an anomaly. The threshold is from normal validation rows, of which
{share:g} % may be above it. Nothing was learned from anomalies."""
        if tested is None:
            return f"{text} {NOT_TESTED}"
        head = ("test set: true \\ answered", *names)
        rows = [(name, *counts) for name, counts in zip(names, tested.confusion, strict=True)]
        return f"{text}\n\n{table(head, rows)}{self._simple()}"

    def _simple(self) -> str:
        """Return the metrics of simple detectors, if any are known."""
        tested = self.archive.found.tested
        if tested is None or not tested.simple_metrics:
            return ""
        names = tuple(next(iter(tested.simple_metrics.values())))
        own = ("this model", *(score_text(name, tested.metrics[name].value) for name in names))
        others = [(title, *(score_text(n, found[n]) for n in names)) for title, found in tested.simple_metrics.items()]
        return f"""

On the same test rows, simple detectors with as many bytes as the weights:

{table(("", *map(metric_title, names)), [own, *others])}"""

    def formula(self) -> str:
        of = "last step" if self._forecasts else "input"
        return f"value of the scaled {of} in a normal row = {self.dequantized}"

    def limits(self) -> str:
        return """\
- It tells what is unlike the normal training data, whatever the reason: also another sensor, placement or sampling
  rate, and normal states that were not recorded.
- False and missed alarms are those of machines, people and faults like those of the data."""
