"""What exported files say and do with the values of measured targets."""

from typing import ClassVar

from nas.exporters.answers.answers import ANSWERS, Answers
from nas.exporters.c_text import number
from nas.exporters.markdown import escape, table
from nas.task.regression import Regression
from nas.task.task import TARGETS
from nas.text import counted


@ANSWERS.register(TARGETS)
class Targets(Answers[Regression]):
    """Values of measured targets, in the units of the training data."""

    count: ClassVar[str] = "TARGETS"
    names: ClassVar[str] = "target_names"
    are: ClassVar[str] = "targets"
    array: ClassVar[str] = "values"
    does: ClassVar[str] = "estimates the targets of"
    gives: ClassVar[str] = "values of targets"
    returned: ClassVar[str] = "0"
    shows: ClassVar[str] = "the targets' values"

    @property
    def each(self) -> str:
        return f"the value of each target, {self._units}"

    def meaning(self, prefix: str) -> str:
        return f"the value of its target: {prefix}_value gives it {self._units}."

    def functions(self, prefix: str) -> str:
        value = self._only_value(prefix) if len(self.task.output_scale.mean) == 1 else self._values(prefix)
        return f"""\
// Turns an output of the model into the value of its target, {self._units}.
static inline float {prefix}_value(int8_t output, size_t target) {{
{value}}}

"""

    @property
    def _units(self) -> str:
        """What values are in, in words."""
        return "in the units of the training data" if self.archive.is_scaled else "as the model was trained to give it"

    def _only_value(self, prefix: str) -> str:
        """Return the lines that return the value of the only target."""
        (mean,), (std,), upper = self.task.output_scale.mean, self.task.output_scale.std, prefix.upper()
        scale = f"{upper}_OUTPUT_SCALE" if std == 1 else number(std * self.archive.output.scale)
        more = f" + {number(mean)}" if mean else ""
        return f"""\
  (void)target;
  return (float)(output - {upper}_OUTPUT_ZERO_POINT) * {scale}{more};
"""

    def _values(self, prefix: str) -> str:
        """Return the lines that return the value of one of several targets."""
        scale, step = self.task.output_scale, self.archive.output.scale
        cases = "".join(
            f"    case {i}: return steps * {number(std * step)} + {number(mean)};\n"
            for i, (mean, std) in enumerate(zip(scale.mean, scale.std, strict=True))
        )
        return f"""\
  const float steps = (float)(output - {prefix.upper()}_OUTPUT_ZERO_POINT);
  switch (target) {{
{cases}    default: return 0.0f;
  }}
"""

    def read(self, prefix: str) -> str:
        upper = prefix.upper()
        return f"""\
  for (int i = 0; i < {upper}_TARGETS; ++i) values[i] = {prefix}_value(output[i], static_cast<size_t>(i));
  return 0;
"""

    def used(self, prefix: str) -> str:
        upper = prefix.upper()
        return f"""\
    float values[{upper}_TARGETS];
    for (int i = 0; i < {upper}_TARGETS; ++i) values[i] = {prefix}_value(output[i], i);
    // Use values here; their names are in {prefix}_target_names."""

    def printed(self, prefix: str) -> str:
        return _printed(prefix, '"%s: %.6g\\n", ')

    def printed_at(self, prefix: str, time_format: str, time: str) -> str:
        return _printed(prefix, f'"{time_format}: %s %.6g\\n", {time}, ')

    @property
    def title(self) -> str:
        return f"for {counted(len(self.archive.class_names), 'target')}"

    @property
    def figures_are(self) -> str:
        return "Errors"

    def section(self) -> str:
        archive = self.archive
        each = zip(archive.class_names, *archive.spread_of_targets(), strict=True)
        rows = [(name, f"{mean:.6g}", f"{std:.6g}") for name, mean, std in each]
        return f"""## Targets

What the model answers, in the units of the data; mean and deviation are those of the training {archive.inputs_are}.

{table(("target", "mean", "deviation"), rows)}"""

    def formula(self) -> str:
        scale, names = self.task.output_scale, map(escape, self.archive.class_names)
        if scale.is_unit:
            return f"value of the target, in its units = {self.dequantized}"
        each = (f"{name}: {s:.9g}, {m:.9g}" for name, s, m in zip(names, scale.std, scale.mean, strict=True))
        return (
            f"value of a target, in its units = {self.dequantized} * deviation + mean, "
            f"with deviation and mean of {'; '.join(each)}"
        )

    def limits(self) -> str:
        return """\
- It answers for every input, also for input unlike the training data (another sensor, placement, sampling rate or
  unit), for which the answer is meaningless; it hardly answers beyond the range of the training targets.
- The errors hold for people, places and devices like those of the data."""


def _printed(prefix: str, begin: str) -> str:
    """Return the lines of C that print each value; `begin` are the first arguments of `printf`."""
    return f"""\
  for (size_t i = 0; i < {prefix.upper()}_OUTPUT_BYTES; ++i) {{
    printf({begin}names[i], (double){prefix}_value(output[i], i));
  }}
"""
