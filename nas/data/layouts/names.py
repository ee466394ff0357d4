"""Classes from the names of files: `walk_s1_2`, `s1-walk-2` and `walk.4tgelq6t` are recordings of `walk`."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from nas.data.groups import LETTERS, SUBJECT, TAKE, alike

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

ACTIVITIES = frozenset({
    "walk", "run", "jog", "sprint", "march", "step", "stair", "upstairs", "downstairs", "climb", "jump", "hop", "skip",
    "dance", "cycle", "cycling", "bike", "biking", "swim", "row", "drive", "driving", "ride", "riding", "sit", "stand",
    "lie", "lying", "lay", "sleep", "rest", "idle", "still", "stationary", "static", "squat", "lunge", "burpee",
    "plank", "pushup", "pullup", "situp", "push", "pull", "press", "lift", "bend", "kneel", "crouch", "fall", "stumble",
    "trip", "turn", "rotate", "tilt", "flip", "shake", "shaking", "wave", "waving", "swipe", "swiping", "tap", "knock",
    "clap", "circle", "punch", "kick", "throw", "catch", "swing", "nod", "clench", "grip", "pinch", "point", "gesture",
    "open", "close", "closing", "up", "down", "left", "right", "forward", "backward", "eat", "drink", "brush", "write",
    "writing", "type", "typing", "cook", "clean", "wash", "vacuum", "smoke", "smoking", "talk", "laugh", "cough", "yes",
    "no", "go", "stop", "on", "off", "ok", "good", "bad", "normal", "abnormal", "anomaly", "fault", "faulty", "healthy",
    "damaged", "broken", "silence", "noise", "background", "unknown", "other", "none", "nothing",
})  # fmt: skip
"""Words for what people and machines do, which name classes and nobody."""

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


def are_activities(names: Iterable[str], others: Iterable[str]) -> bool:
    """Return whether each name says what is done, and none of the others does: `walk`, `sit_down`, but `anna`, `bo`."""
    return all(map(_is_activity, names)) and not any(map(_is_activity, others))


def are_people(groups: Collection[str]) -> bool:
    """Return whether groups from names may be people: `anna` and `bo`, `p1` and `p2`, but not `left` and `right`."""
    marked = [any(pattern.search(group) for pattern in (SUBJECT, *LETTERS)) for group in groups]
    named = all(known or not re.search(r"\d", group) for known, group in zip(marked, groups, strict=True))
    return len(set(groups)) > 1 and named and not are_activities(groups, ())


def _is_activity(name: str) -> bool:
    words = re.findall(WORD, re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    return any(alike(word, known) or word.lower() == known for word in words for known in ACTIVITIES)


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
