"""The smoothing of answers over inputs in a row, in C++."""

from nas.exporters.answers.answers import answers_of
from nas.study.archive import Archive


def smoothed(archive: Archive) -> int:
    """Return over how many inputs in a row a program averages: 1 where they are no windows."""
    return answers_of(archive).smoothed_windows if archive.inputs_are == "windows" else 1


def declarations(archive: Archive, prefix: str) -> str:
    """Return the part of `predict.h`."""
    upper, words = prefix.upper(), answers_of(archive)
    return f"""\
// Over how many inputs in a row {prefix}_smooth averages. More make the answer steadier, and later.
#ifndef {upper}_SMOOTHED
#define {upper}_SMOOTHED {smoothed(archive)}
#endif

// Smooths answers, so that one odd window does not change them: call it with the {words.array} of each input in turn.
// It puts the mean of the newest {upper}_SMOOTHED ones into {words.array} (of all, as long as there are fewer). Returns
// {words.returned}.
int {prefix}_smooth(float* {words.array});

// Forgets the inputs before, as after a pause.
void {prefix}_smooth_reset();
"""


def definitions(archive: Archive, prefix: str) -> str:
    """Return the part of `predict.cpp`."""
    upper, words = prefix.upper(), answers_of(archive)
    lines = words.smoothing(prefix)
    return f"""\
namespace {{

float newest[{upper}_SMOOTHED][{upper}_{words.count}];
int kept = 0;  // of them
int place = 0;  // of the next one

}}  // namespace

void {prefix}_smooth_reset() {{ kept = place = 0; }}

int {prefix}_smooth(float* {words.array}) {{
  for (int i = 0; i < {upper}_{words.count}; ++i) newest[place][i] = {words.array}[i];
  place = (place + 1) % {upper}_SMOOTHED;
  if (kept < {upper}_SMOOTHED) ++kept;
{lines.begin}  for (int i = 0; i < {upper}_{words.count}; ++i) {{
    // Added up anew each time, so that rounding errors do not grow.
    float sum = 0;
    for (int n = 0; n < kept; ++n) sum += newest[n][i];
    {words.array}[i] = sum / static_cast<float>(kept);{lines.each}
  }}
  return {lines.result};
}}
"""
