"""Classes from the names of files: `walk_s1_2`, `s1-walk-2` and `walk.4tgelq6t` are recordings of `walk`."""

import re
from collections import Counter
from collections.abc import Sequence

from nas.data.groups import LETTERS, SUBJECT, TAKE

SUBJECT_NAME = re.compile(
    r"(?:s|sub|subj|subject|p|pp|vp|participant|person|user|u|id|volunteer|speaker|spk|patient|proband|player|athlete)"
    r"[\W_]*\d+",
    re.IGNORECASE,
)
"""Names of folders that are subjects, not classes."""

TAKE_NAME = re.compile(
    r"(?:session|sess|ses|trial|take|rec|recording|run|day|set|exp|experiment|repetition|rep)[\W_]*\d+"
    r"|\d{4}[\W_]?\d\d[\W_]?\d\d.*",
    re.IGNORECASE,
)
"""Names of folders that are sessions or days, not classes."""


WORD = re.compile(r"[^\W\d_]+")


def labels_of(stems: Sequence[str]) -> list[str] | None:
    """Return the class of each recording from the name of its file; None if the names do not tell.

    The class is what stands before the first point, if all names have one (as Edge Impulse writes them); else the words
    that are left without subjects, takes and numbers. Names do not tell if a word is left that repeats with several
    others on either side (`anna_walk`, `anna_run`, `bo_walk`), or if no class has two files.
    """
    pointed = [stem.partition(".")[0] for stem in stems if "." in stem]
    plain = [_words(stem) for stem in (pointed if len(pointed) == len(stems) else stems)]
    labels = ["_".join(words) for words in plain]
    if not all(labels) or max(Counter(labels).values()) < 2 or len(set(labels)) < 2 or _is_crossed(plain):
        return None
    return labels


def all_match(names: Sequence[str] | set[str], *patterns: re.Pattern[str]) -> bool:
    """Return whether each name matches one of the patterns as a whole."""
    return all(any(pattern.fullmatch(name) for pattern in patterns) for name in names)


def _words(stem: str) -> list[str]:
    for pattern in (SUBJECT, *LETTERS):
        stem = pattern.sub(" ", stem)
    # `run_01` may be the first take or running: it is a take where another word is left.
    return re.findall(WORD, TAKE.sub(" ", stem)) or re.findall(WORD, stem)


def _is_crossed(names: Sequence[Sequence[str]]) -> bool:
    """Return whether first and last words of several repeat independently, so that only one of them is the class."""
    pairs = {(words[0], words[-1]) for words in names if len(words) > 1}
    firsts, lasts = (Counter(pair[side] for pair in pairs) for side in (0, 1))
    return any(firsts[first] > 1 and lasts[last] > 1 for first, last in pairs)
