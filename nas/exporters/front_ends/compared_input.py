"""In plain C behind a front-end, the function that gives what a detector of anomalies compares with its output."""

from nas.exporters.answers.answers import answers_of
from nas.study.archive import Archive


def declared(name: str, archive: Archive) -> str:
    """Return its declaration, an empty line before it; empty for a model whose outputs are answers by themselves."""
    if not answers_of(archive).keeps_input:
        return ""
    return f"""
// Returns the features of the newest answer, {name.upper()}_INPUT_BYTES values that stay until the next samples are
// taken: {name}_score and {name}_is_anomaly compare the output with them.
const int8_t *{name}_listen_input(void);
"""


def defined(name: str, archive: Archive, buffer: str) -> str:
    """Return its definition, an empty line before it, where `buffer` holds the features."""
    if not answers_of(archive).keeps_input:
        return ""
    return f"\nconst int8_t *{name}_listen_input(void) {{ return {buffer}; }}\n"


def described(name: str, archive: Archive) -> str:
    """Return how it is used, as a paragraph of Markdown with an empty line before it."""
    if not answers_of(archive).keeps_input:
        return ""
    return f"""
An answer is an anomaly if `{name}_is_anomaly({name}_listen_input(), output)` is 1; `{name}_score` gives its score.
"""
