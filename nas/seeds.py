"""Seeds made from other seeds: the same ingredients give the same seed on every machine."""

import hashlib


def derive(*ingredients: object) -> int:
    """Return a seed in [0, 2**31) made from the texts of the ingredients."""
    text = "\0".join(map(str, ingredients))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % 2**31


# The seeds of splits are sums, not derived: another rule would give every existing study another split.


def of_validation(seed: int) -> int:
    """Return the seed that holds out the validation rows of a split; its test rows are held out with `seed` itself."""
    return seed + 1


def of_attempt(seed: int, attempt: int) -> int:
    """Return the seed of the shuffle numbered `attempt`, from 0, in the range that scikit-learn accepts."""
    return (seed + 1000 * attempt) % 2**32
