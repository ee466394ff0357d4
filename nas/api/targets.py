"""Targets: which boards and cores are known."""

from nas.target.target import Target, known_targets


def list_targets() -> list[Target]:
    """Return the boards and cores that come with nas; `find_target` also reads a TOML file with one of your own."""
    return list(known_targets().values())
