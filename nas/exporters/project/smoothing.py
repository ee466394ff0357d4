"""The smoothing of answers over inputs in a row, in C++."""

from nas.exporters.outputs import outputs_of
from nas.study.archive import Archive

_SMOOTHED = 4
"""Windows that a program averages over unless told otherwise: with windows that overlap by half, 2.5 window lengths."""


_RETURNED = {
    "CLASSES": "the number of the greatest one's class",
    "TARGETS": "0",
    "LABELS": "how many labels hold",
    "SCORES": "1 for an anomaly and 0 for a normal input",
}
"""What functions that answer return, by what they answer with."""


def smoothed(archive: Archive) -> int:
    """Return over how many inputs in a row a program averages: 1 where they are no windows with classes."""
    return _SMOOTHED if archive.inputs_are == "windows" and outputs_of(archive).count == "CLASSES" else 1


def returned(archive: Archive) -> str:
    """Return what functions that answer return, in words."""
    return _RETURNED[outputs_of(archive).count]


def declarations(archive: Archive, prefix: str) -> str:
    """Return the part of `predict.h`."""
    upper, words = prefix.upper(), outputs_of(archive)
    return f"""\
// Over how many inputs in a row {prefix}_smooth averages. More make the answer steadier, and later.
#ifndef {upper}_SMOOTHED
#define {upper}_SMOOTHED {smoothed(archive)}
#endif

// Smooths answers, so that one odd window does not change them: call it with the {words.array} of each input in turn.
// It puts the mean of the newest {upper}_SMOOTHED ones into {words.array} (of all, as long as there are fewer). Returns
// {returned(archive)}.
int {prefix}_smooth(float* {words.array});

// Forgets the inputs before, as after a pause.
void {prefix}_smooth_reset();
"""


def definitions(archive: Archive, prefix: str) -> str:
    """Return the part of `predict.cpp`."""
    upper, words = prefix.upper(), outputs_of(archive)
    best = ("  int best = 0;\n", f"\n    if ({words.array}[i] > {words.array}[best]) best = i;", "best")
    counted = f"\n    holding += {prefix}_holds({words.array}[i], static_cast<size_t>(i));"
    labels = ("  int holding = 0;\n", counted, "holding")
    begin, compare, chosen = {"CLASSES": best, "LABELS": labels}.get(words.count, ("", "", "0"))
    if archive.detector is not None:
        chosen = f"scores[0] > (float){upper}_THRESHOLD * {upper}_SCORE_SCALE"
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
{begin}  for (int i = 0; i < {upper}_{words.count}; ++i) {{
    // Added up anew each time, so that rounding errors do not grow.
    float sum = 0;
    for (int n = 0; n < kept; ++n) sum += newest[n][i];
    {words.array}[i] = sum / static_cast<float>(kept);{compare}
  }}
  return {chosen};
}}
"""
