"""The whole numbers of simple detectors of anomalies as plain C: tables, and the function that sums squared steps."""

from nas.data.fixed_detectors import AXIS_BITS, LEAST_BITS, MEAN_BITS, PLACE_BITS, FixedGaussian, FixedKMeans
from nas.exporters.c_text import rows


def code_of(detector: FixedKMeans | FixedGaussian, name: str) -> str:
    """Return the tables of a detector, and the function `<name>_steps` that computes its whole number."""
    return _k_means(detector, name) if isinstance(detector, FixedKMeans) else _gaussian(detector, name)


def longest_table(detector: FixedKMeans | FixedGaussian) -> int:
    """Return the bytes of the largest table."""
    return int((detector.centres if isinstance(detector, FixedKMeans) else detector.axes).nbytes)


def _k_means(detector: FixedKMeans, name: str) -> str:
    upper, count = name.upper(), len(detector.centres)
    return f"""\
static const int8_t centres[{count}][{upper}_INPUT_BYTES] {upper}_FLASH = {{
{_table(detector.centres.tolist())}
}};

int64_t {name}_steps(const int8_t *input) {{
  uint32_t least = UINT32_MAX;
  for (size_t centre = 0; centre < {count}; ++centre) {{
    uint32_t sum = 0;
    for (size_t i = 0; i < {upper}_INPUT_BYTES; ++i) {{
      const int32_t step = (int32_t)input[i] - BYTE(centres[centre][i]);
      sum += (uint32_t)(step * step);
    }}
    least = sum < least ? sum : least;
  }}
  return least;
}}
"""


def _gaussian(detector: FixedGaussian, name: str) -> str:
    upper, count = name.upper(), len(detector.axes)
    return f"""\
// The mean in steps / {1 << MEAN_BITS}, directions of the components, and the share of a squared step along each that
// the normal rows explain.
static const int16_t mean[{upper}_INPUT_BYTES] {upper}_FLASH = {{
{rows(map(str, detector.mean.tolist()), 16)}
}};
static const int16_t axes[{count}][{upper}_INPUT_BYTES] {upper}_FLASH = {{
{_table(detector.axes.tolist())}
}};
static const uint16_t lost[{count}] {upper}_FLASH = {{
{rows(map(str, detector.lost.tolist()), 16)}
}};

int64_t {name}_steps(const int8_t *input) {{
  int64_t sum = 0;
  for (size_t i = 0; i < {upper}_INPUT_BYTES; ++i) {{
    const int32_t step = (int32_t)input[i] * {1 << MEAN_BITS} - (int16_t)WORD(mean[i]);
    sum += (int64_t)step * step;
  }}
  sum *= {1 << (LEAST_BITS - 2 * MEAN_BITS)};
  for (size_t axis = 0; axis < {count}; ++axis) {{
    int64_t along = 0;
    for (size_t i = 0; i < {upper}_INPUT_BYTES; ++i) {{
      const int32_t step = (int32_t)input[i] * {1 << MEAN_BITS} - (int16_t)WORD(mean[i]);
      along += (int64_t)(int16_t)WORD(axes[axis][i]) * step;
    }}
    const int64_t place = along / {1 << (MEAN_BITS + AXIS_BITS - PLACE_BITS)};
    sum -= (int64_t)(uint16_t)WORD(lost[axis]) * place * place;
  }}
  return sum < 0 ? 0 : sum;
}}
"""


def _table(numbers: list[list[int]]) -> str:
    """Return the inside of the initializer of an array of arrays."""
    return "\n".join(f"    {{\n{rows(map(str, row), 16)}\n    }}," for row in numbers)
