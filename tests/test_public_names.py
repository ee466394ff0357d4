"""The names that other programs may use."""

import pytest

import nas

# A name is added here on purpose, and taken away only with a new major version.
NAMES = [
    "Footprint",
    "InputError",
    "Record",
    "Result",
    "Study",
    "Target",
    "__version__",
    "estimate",
    "find_target",
    "load_space",
    "profile",
    "search",
]


def test_the_public_names_are_these() -> None:
    assert nas.__all__ == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_there_and_explained(name: str) -> None:
    assert getattr(nas, name).__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'serach'"):
        nas.serach  # noqa: B018 - reading it is the test
