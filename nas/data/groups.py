"""Who or what was recorded, from the names of files.

Groups keep the recordings of one subject together, so two names must give one group whenever they might mean the same
subject: `walk/Walk-P02_take1` and `run/run_p2_b` both belong to `P02`. A group that is too large costs accuracy of the
estimate, one that is too small makes it wrong.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from functools import reduce

from nas.errors import InputError

_START = r"(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))"
_WORDS = (
    "subject|subj|sub|user|person|participant|patient|volunteer|proband|speaker|spk|player|athlete|pupil|student|child"
    "|worker|driver|operator"
)
SUBJECT = re.compile(rf"{_START}(?i:{_WORDS})(?:[\W_]*\d+|[\W_]+[A-Za-z0-9]+)")
"""A word for a person and what follows it: `sub_07`, `user01`, `speaker-anna`."""

_SHORT = ("vp", "pp", "p", "id", "u", "s")
LETTERS = tuple(re.compile(rf"{_START}(?i:{letter})[_-]?\d+") for letter in _SHORT)
"""Shorter words for a person, which may mean something else: `p02`; `s1` is a subject, or a session of `p02`.

The clearest ones come first.
"""
CLEAR = LETTERS[:2]
"""Those that mean nothing else."""

TAKE = re.compile(
    rf"{_START}(?i:take|trial|try|recording|record|rec|repetition|rep|session|sess|ses|experiment|exp|run|file|sample|clip"
    r"|logfile|log|segment|seg|window|part|chunk|test|set|no|nr|[tre])[\W_]*\d+"
)
"""A word for one recording of several, and its number."""

DATE = re.compile(
    r"[\W_]*(?<!\d)(?:(?:19|20)\d\d([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])|\d\d?([-_.])\d\d?\2(?:19|20)\d\d)"
    r"(?:[T_ -]*(?:[01]\d|2[0-3])[-_.:h]?[0-5]\d(?:[-_.:m]?[0-5]\d)?)?(?!\d)"
)
"""A day, and the time of day behind it: `2024-03-01`, `20240301_1530`, `1.3.2024`."""

NUMBERED = re.compile(r"([^\W\d_]+(?:[\W_]+[^\W\d_]+)*)[\W_]+\d+")
TO_NUMBER = re.compile(r"[0-9a-f]{8,}(?=[\W_])|.*?(?:\d{4}-\d\d-\d\d|\d+)(?=[\W_]|$)")
FROM_NAMES = "from the names of files"
"""How a note tells that groups were taken from these names, and nobody gave them."""

_EDGES = " _-.()[]#"


def groups_of(names: Sequence[str], labels: Sequence[str]) -> list[str]:
    """Return the group of each recording from the name of its file and its class.

    The name of the class is no part of the group. The group is what follows a word for a person (`sub_07`, `p02`); else
    the name without a date and the number of a take (`anna_take2`); else the words before a number, if at least three
    differ (`anna_1`, `bo_1`, `eve_1`) or two do and occur with several numbers and classes; else the name up to the
    first number that ends a word (`07 left`); else the name. Delimiters, capitals and leading zeros make no difference.

    Args:
        names: names of the files without folder and suffix.
        labels: the class of each.

    Raises:
        InputError: two letters may mean the person, and groups by one of them would put people into several parts.
    """
    told = _labels_as_numbers(names, labels)
    rest = [_without_class(name, label, label in told) or name for name, label in zip(names, labels, strict=True)]
    letters = _letters(rest)
    plain = _plain(rest)
    people = _people(plain, labels)
    shown: dict[str, str] = {}
    groups = []
    for name, short in zip(rest, plain, strict=True):
        group = _marked(name, letters) or _unmarked(name, short, people)
        groups.append(shown.setdefault(_key(group), group))
    return groups


def matched_groups(paths: Sequence[str], pattern: str) -> list[str]:
    """Return the group of each path by a regular expression: what its group named `group`, else its first one, matches.

    Args:
        paths: paths of the recordings relative to the folder of data, with `/` between folders.
        pattern: a Python regular expression that is searched in each path.

    Raises:
        InputError: the expression is wrong, has no group, or does not match a path.
    """
    try:
        regex = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise InputError("--group-regex", f"must be a regular expression: {error}", got=repr(pattern)) from error
    if not regex.groups:
        raise InputError(
            "--group-regex", "must hold a group in parentheses", got=repr(pattern), hint=r"such as '(p\d+)'"
        )
    which = "group" if "group" in regex.groupindex else 1
    found = [(path, regex.search(path)) for path in paths]
    missed = [path for path, match in found if not match or not match[which]]
    if missed:
        raise InputError(
            "--group-regex", f"must match every recording; {len(missed)} do not match {pattern!r}", got=missed[0]
        )
    return [str(match[which]) for _, match in found if match]


def is_number(name: str) -> bool:
    """Return whether a name is the number of a recording and no person's: `rec0`, `take_3`, `001`."""
    return not TAKE.sub("", name).strip(_EDGES + "0123456789")


def expression_for(paths: Sequence[str], labels: Sequence[object]) -> str | None:
    """Return an expression for `matched_groups` by which groups span classes; None if no word of the names does.

    Of the words of a name, it is the first that has three or more values, fewer than files, each for several classes.
    """
    words = [re.findall(r"[A-Za-z0-9]+", path.rpartition("/")[2].partition(".")[0]) for path in paths]
    for place in range(min(map(len, words), default=0)):
        classes: dict[str, set[object]] = {}
        for own, label in zip(words, labels, strict=True):
            classes.setdefault(own[place], set()).add(label)
        if 3 <= len(classes) < len(paths) and all(len(found) > 1 for found in classes.values()):
            before = rf"(?:[A-Za-z0-9]+[^A-Za-z0-9/]+){{{place}}}" if place else ""
            return rf"^(?:.*/)?{before}([A-Za-z0-9]+)[^/]*$"
    return None


def _letters(names: Sequence[str]) -> list[re.Pattern[str]]:
    """Return the letters for a person in the order in which they are looked for; InputError if two may be the one."""
    names = [name for name in names if not SUBJECT.search(name)]
    found = {letter: [_key(m[0]) if (m := letter.search(name)) else "" for name in names] for letter in LETTERS}
    order = sorted(LETTERS, key=lambda letter: (found[letter].count(""), -len(set(found[letter]))))
    rivals = [letter for letter in LETTERS if "" not in found[letter] and len(set(found[letter])) > 1]
    first = [reduce(lambda one, other: _clearer(names, found, one, other), rivals)] if rivals else []
    return [*first, *(letter for letter in order if letter not in first)]


def _clearer(
    names: Sequence[str], found: Mapping[re.Pattern[str], Sequence[str]], one: re.Pattern[str], other: re.Pattern[str]
) -> re.Pattern[str]:
    """Return which of two letters means the person, of which `one` is the clearer word.

    It is the one with larger groups, where each group of the other lies in one of them. Where both cross, as people and
    their sessions do, the clearer word must have more numbers too.
    """
    ones, others = set(found[one]), set(found[other])
    pairs = set(zip(found[one], found[other], strict=True))
    if len(pairs) == len(others) or one in CLEAR or len(pairs) > len(ones) > len(others):
        return one
    if len(pairs) == len(ones):
        return other
    ways = [f"--group-regex '{_expression(names, letter)}'" for letter in (one, other)]
    a, b = (match[0] for letter in (one, other) if (match := letter.search(names[0])))
    raise InputError(
        names[0],
        f"{a} and {b} may each be the person, and the other one a session",
        hint=f"give {ways[0]} if {a} is the person, or {ways[1]} if {b} is",
    )


def _expression(names: Sequence[str], letter: re.Pattern[str]) -> str:
    """Return an expression for `matched_groups` that finds what follows a letter in each name, short if possible."""
    found = [match[0] for name in names if (match := letter.search(name))]
    short = rf"({re.sub('[0-9]+$', '', found[0])}[0-9]+)[^/]*$"
    matches = [re.search(short, name) for name in names]
    is_found = all(match and match[1] == text for match, text in zip(matches, found, strict=True))
    return short if is_found else rf"({letter.pattern})[^/]*$"


def _plain(names: Sequence[str]) -> list[str]:
    """Return names without takes, and without dates where several differ in what else they hold.

    Where all names are alike but for the date, as those of one person, days are groups.
    """
    dated, undated = (
        [TAKE.sub("", name).strip(_EDGES) for name in each] for each in (names, [DATE.sub("", name) for name in names])
    )
    worded = [bool(re.search(r"[^\W\d_]", name)) for name in undated]
    if len({_key(name) for name, word in zip(undated, worded, strict=True) if word}) < 2:
        return dated
    return [new if word else old for new, old, word in zip(undated, dated, worded, strict=True)]


def _people(names: Sequence[str], labels: Sequence[str]) -> Set[str]:
    """Return the keys of words before numbers that are people, since they differ or occur without a number too."""
    seen: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for name, label in zip(names, labels, strict=True):
        if match := NUMBERED.fullmatch(name):
            numbers, classes = seen[_key(match[1])]
            numbers.add(name)
            classes.add(label)
    recurring = len(seen) == 2 and all(len(each) > 1 for pair in seen.values() for each in pair)
    return set(seen) if len(seen) >= 3 or recurring else seen.keys() & set(map(_key, names))


def _marked(name: str, letters: Sequence[re.Pattern[str]]) -> str:
    """Return the part of a name behind a word for a person; empty if there is none."""
    return next((match[0] for pattern in (SUBJECT, *letters) if (match := pattern.search(name))), "")


def _unmarked(name: str, short: str, people: Set[str]) -> str:
    """Return the group of a name that has no word for a person; `short` is the name without takes."""
    if not short:
        return name
    if (match := NUMBERED.fullmatch(short)) and _key(match[1]) in people:
        return match[1]
    match = TO_NUMBER.match(short)
    return match[0] if match else short


def _without_class(name: str, label: str, numbered: bool) -> str:
    """Return a name without the words of its class; a class that is a number only where `numbered`."""
    words = re.findall(r"[A-Za-z]+|\d+", label)
    whole = r"[\W_]*".join(map(re.escape, words))
    if numbered or re.search("[A-Za-z]", label):
        end = r"(?!\d)" if words and words[-1].isdigit() else "(?![a-z])"
        name = re.sub(rf"(?<![A-Za-z0-9])(?i:{whole}){end}", "", name, count=1) if words else name
    similar = [word for word in re.findall(r"(?<![A-Za-z])[A-Za-z]{3,}", name) if any(alike(word, w) for w in words)]
    return (
        re.sub(rf"(?<![A-Za-z])(?:{'|'.join(similar)})(?![A-Za-z])", "", name).strip(_EDGES)
        if similar
        else name.strip(_EDGES)
    )


def alike(word: str, label: str) -> bool:
    """Return whether two words mean the same: `walk`, `walks` and `walked` for `walking`, and the other way round."""
    short, long = sorted((word.lower(), label.lower()), key=len)
    if len(short) < 3 or not long.startswith(short):
        return False
    return bool(re.fullmatch(r"|s|es|ed|[a-z]?ing", long[len(short) :]))


def _labels_as_numbers(names: Sequence[str], labels: Sequence[str]) -> set[str]:
    """Return the classes that are numbers and stand as a word of its own at one place of each name of the class."""
    found = set()
    for label in set(labels):
        own = [re.split(r"[\W_]+", name) for name, other in zip(names, labels, strict=True) if other == label]
        places = set.intersection(*({i for i, word in enumerate(words) if word == label} for words in own))
        if label.isdigit() and places and all(len(words) > 1 for words in own):
            found.add(label)
    return found


def _key(group: str) -> str:
    """Return what equal groups have in common: `P02`, `p_2` and `p2` are one."""
    return "".join(word.lower().lstrip("0") or "0" for word in re.findall(r"[^\W\d_]+|\d+", group)) or group
