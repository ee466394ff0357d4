"""The names of parts, as folders, files and cells give them."""

import re

PARTS = {"train": "train", "training": "train", "trn": "train", "test": "test", "testing": "test", "tst": "test"}
PARTS |= {"val": "val", "valid": "val", "validation": "val", "validate": "val", "dev": "val"}
SPLITS = {"part", "split", "set", "subset", "partition"}
"""What a column of parts is called."""


def part_of(name: str) -> str | None:
    """Return the part that a text names, such as `01_Training` or `testset`; None if it names none."""
    return PARTS.get(re.sub(r"^\d+|(?:set|data|split)$", "", re.sub(r"[\W_]+", "", name.lower())))
