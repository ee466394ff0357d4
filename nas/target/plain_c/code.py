"""What a program's code consists of, as the numbers by which its bytes are estimated."""

from collections.abc import Mapping, Sequence

from nas.target.plain_c.work import Call, Terms, variant


def code_terms(calls: Sequence[Call], by_pixel: bool) -> Terms:
    """Return what a program's code consists of: kernels in their variants, calls, and what shapes add or spare."""
    kernels = [call.kernel for call in calls]
    parts: Terms = {"program": 1.0}
    for call in calls:
        how = variant(call, kernels, by_pixel)
        parts[f"{call.kernel} {how}"] = 1.0
        if how.startswith("shared"):
            parts[f"{call.kernel} call"] = parts.get(f"{call.kernel} call", 0.0) + 1
        else:
            parts |= {f"{call.kernel} alone: {what}": 1.0 for what, holds in _shape_facts(call.shape) if holds}
        if call.shape["padded"]:
            parts[f"padded {'depthwise' if call.kernel.startswith('depthwise') else 'conv'}"] = 1.0
            parts["padded"] = 1.0
    return parts


def _shape_facts(s: Mapping[str, int]) -> list[tuple[str, bool]]:
    """Return what decides which loops are left in a kernel for one shape alone."""
    run, channels = s.get("kernel_width", 1) * s.get("in_channels", 1), s.get("in_channels", s.get("channels", 0))
    return [
        ("several rows", s.get("out_height", 1) > 1),
        ("several columns", s.get("out_width", 1) > 1),
        ("odd columns", s.get("out_width", 1) % 2 == 1),
        ("tall kernel", s.get("kernel_height", s.get("height", 1)) > 1),
        ("rest of a run", run % 4 > 0),
        ("short run", run < 4),
        ("odd channels", s.get("out_channels", 0) % 2 == 1),
        ("one channel", channels == 1),
        ("rest of channels", channels % 4 > 0),
        ("few channels", channels < 4),
        ("padded", bool(s["padded"])),
    ]
