"""The sections of a model card on what the model is given, and what a front-end before it costs."""

from collections.abc import Iterator, Mapping
from typing import Any

from nas.exporters.answers.answers import answers_of
from nas.exporters.markdown import escape, facts, table
from nas.signal.raw import RAW
from nas.study.archive import Archive


def inputs(archive: Archive) -> str:
    """Return how raw values become the input, and what the output means."""
    names = archive.feature_names or tuple(map(str, range(archive.input_shape[-1])))
    rows = [
        (name, f"{mean:.9g}", f"{std:.9g}")
        for name, mean, std in zip(names, archive.scaling.mean, archive.scaling.std, strict=True)
    ]
    into, hears = archive.input, archive.front_end != RAW
    shape = {"input shape, batch first": archive.input_shape, "sample rate, Hz": archive.sample_rate_hz}
    integers = {"integers of the data were multiplied by": archive.units_scale} if archive.units_scale else {}
    held = "" if hears else " (`model_data.h` holds it folded into the\nquantization)"
    value = "feature" if hears else "raw"
    return f"""## Input and output

{_front_end(archive) if hears else ""}{facts({**shape, **integers})}
- input: int8 = round(({value} - mean) / std / {into.scale:.9g}) + ({into.zero_point}), limited to -128 .. 127
- output: {answers_of(archive).formula()}

Scaling of each channel{" of the features" * hears}, fitted on the training {archive.inputs_are} only{held}:

{table(("channel", "mean", "std"), rows)}"""


def _front_end(archive: Archive) -> str:
    settings = archive.front_end.to_json()
    rows = ", ".join(map(str, archive.row_shape))
    return f"""\
The model reads features that a front-end, `{escape(settings.pop("front_end"))}`, computes from rows of raw samples of \
shape {rows}. Its settings:

{facts(settings)}

"""


def front_end_rows(footprint: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the rows of the footprint's table on a front-end, if there is one; latency and MACs are of both parts."""
    share = footprint.get("front_end")
    if share is None:
        return
    yield "RAM of the front-end", "bytes, beside the network's", f"{share['ram_bytes']:,}"
    if share["instructions"] is not None:
        yield "instructions of the front-end", "for one row of samples", f"{share['instructions']:,.0f}"


def front_end_flash(footprint: Mapping[str, Any]) -> str:
    """Return the front-end's part of the sum of flash."""
    share = footprint.get("front_end")
    return "" if share is None else f" + front-end {share['table_bytes'] + share['code_bytes']:,}"
