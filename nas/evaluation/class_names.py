"""Matching the classes of data with those of a model: by name, else by number where one of them has no names."""

from collections.abc import Iterator, Sequence

import numpy as np

from nas.arrays import Ints
from nas.errors import InputError
from nas.text import shortened

_MOST_LISTED = 8


def match_classes(data: Sequence[str], model: Sequence[str], source: object) -> tuple[Ints, tuple[str, ...]]:
    """Return the model's number of each class of the data, and what was assumed, one line each.

    Names count as equal if they differ only in capitals, blanks and punctuation. If a model or the data give numbers
    from 0 on in place of names, classes are matched by their order, as long as there are as many.

    Args:
        data: names of the data's classes.
        model: names of the model's classes.
        source: the data in messages.

    Raises:
        InputError: the data have a class that the model does not know.
    """
    if tuple(data) == tuple(model):
        return np.arange(len(data)), ()
    known = {_plain(name): number for number, name in enumerate(model)}
    if set(data) <= set(model) or len(known) < len(model):
        known = {name: number for number, name in enumerate(model)}
    found = [known.get(name, known.get(_plain(name))) for name in data]
    strange = [name for name, number in zip(data, found, strict=True) if number is None]
    if strange and len(data) == len(model) and (_numbered(data) or _numbered(model)):
        pairs = shortened((f"{own} is {other}" for own, other in zip(data, model, strict=True)), _MOST_LISTED)
        return np.arange(len(data)), (f"classes are matched by their order, as one side has no names: {pairs}",)
    if strange:
        rule = f"must have the model's classes {shortened(model, _MOST_LISTED)}"
        hint = "evaluate a model of these classes, or leave their rows out"
        raise InputError(source, rule, got=shortened(strange, _MOST_LISTED), hint=hint)
    numbers = [number for number in found if number is not None]
    return np.array(numbers), tuple(_told(data, model, numbers))


def match_one_output(data: Sequence[str], model: str, source: object) -> tuple[tuple[str, ...], str]:
    """Return the classes of the data in the order of a model with one output, and what was assumed, in a line.

    The output is the probability of the second class: the one that the model names, or else the data's second.

    Raises:
        InputError: the data have more classes, or fewer.
    """
    if len(data) != 2:
        rule = "must have two classes: the model's one output is the probability of the second"
        raise InputError(source, rule, got=shortened(data, _MOST_LISTED))
    first, second = data[::-1] if data[0] == model and not _numbered(data) else data
    return (first, second), f"the model's one output is taken for the probability of {second}, not of {first}"


def match_targets(data: Sequence[str], model: Sequence[str], source: object) -> None:
    """Raise an InputError unless the data have a target for each output of the model, in its order."""
    if len(data) != len(model):
        rule = f"must have a target for each of the model's outputs ({', '.join(model)})"
        raise InputError(source, rule, got=", ".join(data))


def match_labels(data: Sequence[str], model: Sequence[str], source: object) -> Ints:
    """Return the place in the data of each of the model's labels; InputError unless both have the same labels."""
    if sorted(data) != sorted(model):
        raise InputError(source, f"must have the model's labels ({', '.join(model)})", got=", ".join(data))
    return np.array([list(data).index(name) for name in model])


def _told(data: Sequence[str], model: Sequence[str], numbers: Sequence[int]) -> Iterator[str]:
    missing = [name for number, name in enumerate(model) if number not in numbers]
    respelt = [f"{own} is {model[number]}" for own, number in zip(data, numbers, strict=True) if own != model[number]]
    if missing:
        yield f"the data have no class {shortened(missing, _MOST_LISTED)}, which the model knows"
    if respelt:
        yield f"classes are matched by name: {shortened(respelt, _MOST_LISTED)}"
    elif list(numbers) != sorted(numbers):
        yield "classes are matched by name, since the data list them in another order"


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum()) or name


def _numbered(names: Sequence[str]) -> bool:
    """Return whether names are only numbers, which say nothing."""
    return all(name.strip().isdecimal() for name in names)
