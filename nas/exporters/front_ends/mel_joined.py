"""Front-end for sound and network as one function in plain C, from samples to the answer, with its self-test."""

from nas.exporters.front_ends.compared_input import declared, defined
from nas.exporters.front_ends.hearing import Hearing
from nas.exporters.front_ends.mel_listening import Further
from nas.study.archive import Archive


def joined(name: str, archive: Archive, hearing: Hearing) -> Further:
    """Return what joins a front-end for sound to a network in plain C."""
    upper = name.upper()
    return Further(
        declarations=f"""
// Takes samples of 16 bits at {hearing.rate_hz} Hz until all are taken or there is an answer. Returns how many were
// taken, and in `answered` whether `output`, {upper}_OUTPUT_BYTES values, is a new answer.
size_t {name}_process_samples(const int16_t *samples, size_t count, int8_t *output, int *answered);
{declared(name, archive)}
// Checks front-end and network on this board, from samples to the answer; `output` is used. Returns 1 if all is right.
int {name}_listen_self_test(int8_t *output);
""",
        includes=f'\n#include "{name}_check.h"\n',
        definitions=f"""
size_t {name}_process_samples(const int16_t *samples, size_t count, int8_t *output, int *answered) {{
  const int8_t *features;
  const size_t taken = {name}_hear(samples, count, &features);
{_answering(name) if hearing.stream is None else _pushing(name)}
  return taken;
}}
{defined(name, archive, "window")}
{_self_test(name) if hearing.stream is None else _self_test_of_hops(name)}""",
    )


def _answering(name: str) -> str:
    return f"""\
  *answered = features != NULL;
  if (features != NULL) {name}_invoke(features, output);"""


def _pushing(name: str) -> str:
    return f"  *answered = features != NULL && {name}_push(features, output);"


def _self_test(name: str) -> str:
    upper = name.upper()
    return f"""\
int {name}_listen_self_test(int8_t *output) {{
  const int8_t *features = NULL;
  uint32_t state = 1;
  {name}_listen_reset();
  for (long i = 0; i < {upper}_SAMPLES && features == NULL; ++i) {{
    const int16_t sample = {name}_noise(&state);
    {name}_hear(&sample, 1, &features);
  }}
  int right = features != NULL;
  for (size_t i = 0; right && i < sizeof(window); ++i) right = features[i] == {upper}_CHECKED({name}_check_input[i]);
  right = right && {name}_self_test(window, output);
  {name}_listen_reset();
  return right;
}}
"""


def _self_test_of_hops(name: str) -> str:
    """Return the self-test of a network that takes hops: the network alone, then both on the same noise."""
    upper = name.upper()
    return f"""\
int {name}_listen_self_test(int8_t *output) {{
  uint32_t state = 1;
  int right = {name}_self_test(window, output);
  {name}_listen_reset();
  for (int answered = 0; !answered;) {{
    const int16_t sample = {name}_noise(&state);
    {name}_process_samples(&sample, 1, output, &answered);
  }}
  for (size_t i = 0; i < {upper}_OUTPUT_BYTES; ++i) {{
    right = right && output[i] == {upper}_CHECKED({name}_check_output[i]);
  }}
  {name}_listen_reset();
  return right;
}}
"""
