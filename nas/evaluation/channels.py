"""Matching the channels of data with those of a model: by name where both have names."""

from collections.abc import Sequence

from nas.errors import InputError

_LISTED = 8


def match_channels(data: Sequence[str], model: Sequence[str], source: object) -> tuple[list[int] | None, str]:
    """Return the data's position of each channel of the model, and in a line what was assumed.

    None in place of the positions means that channels are taken as they are: names are equal, or one side has none.

    Args:
        data: names of the data's channels, or nothing.
        model: names of the model's channels, or nothing.
        source: the data in messages.

    Raises:
        InputError: the data lack a channel, although they have others of the model.
    """
    if not data or not model or tuple(data) == tuple(model):
        return None, ""
    missing = [name for name in model if name not in data]
    if len(missing) == len(model) and len(data) == len(model):
        pairs = [f"{own} is {other}" for own, other in zip(data, model, strict=True)]
        return None, f"channels are taken in their order, since no name is the model's: {', '.join(pairs[:_LISTED])}"
    if missing:
        hint = f"the data have {', '.join(data[:_LISTED])}"
        raise InputError(source, "must have the model's channels", got=f"no {', '.join(missing[:_LISTED])}", hint=hint)
    left_out = [name for name in data if name not in model]
    words = f"; left out: {', '.join(left_out[:_LISTED])}" if left_out else ""
    return [list(data).index(name) for name in model], f"channels are taken by name{words}"
