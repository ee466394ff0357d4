"""What the names of columns mean: the one vocabulary for reading tables and for checks of channels."""

import re
from collections.abc import Set
from functools import cache

SURE = frozenset({
    "label", "labels", "class", "classes", "truth", "gt", "klasse", "klassen", "etikett", "clase", "classe", "etiqueta",
    "étiquette", "etiquette",
})  # fmt: skip
"""Words for the class, even of a column whose values look like a measurement."""

VAGUE = frozenset({
    "gesture", "state", "movement", "exercise",
})  # fmt: skip
"""Words for the class of a column that a table may have; a channel of such a name is one only if it holds codes."""

CODES = VAGUE | frozenset({
    "y", "action", "diagnosis", "species", "anomaly",
})  # fmt: skip
"""Words for the class in the name of a channel, if its values are whole numbers of few kinds."""

ANSWERS = SURE | frozenset({
    "activity", "activities", "target", "targets", "category", "annotation", "outcome", "aktivität",
    "aktivitat", "aktivitaet", "activité", "activite", "actividad",
})  # fmt: skip
"""Words for the class in the name of a channel."""

LABELS = ANSWERS | VAGUE
"""Words in the name of the column that holds the class of each row of a table."""

GROUPS = frozenset({
    "group", "subject", "subjects", "user", "person", "participant", "patient", "volunteer", "speaker", "proband",
    "athlete", "teilnehmer", "versuchsperson", "sujet", "sujeto",
})  # fmt: skip
"""Words for who was recorded."""

RECORDINGS = frozenset({
    "recording", "session", "trial", "take", "repetition", "rep", "file",
})  # fmt: skip
"""Words for which recording a row is of."""

FILES = RECORDINGS & {"file", "recording"} | {"path", "name"}
"""Words for the column that names files, in a list of recordings."""

WHO = GROUPS | RECORDINGS | {"fold", "id"}
"""Words in the name of a channel that tells who or which recording it was."""

COUNTERS = frozenset({
    "", "0", "index", "row", "rownumber", "sample", "samplenumber", "sampleid", "seq", "sequence", "counter", "nr",
    "no",
})  # fmt: skip
"""Names, as `plain` gives them, of a column that may count the rows."""

FILLERS = frozenset({
    "id", "ids", "idx", "index", "num", "number", "nr", "no", "code", "name", "true", "ground", "encoded", "enc", "int",
    "str",
})  # fmt: skip
"""Words that leave the meaning of a name as it is: `activity_id` and `true label` are `activity` and `label`."""


def plain(name: str) -> str:
    """Return a name in small letters without what stands in brackets, blanks and underscores."""
    return re.sub(r"[\W_]+", "", re.sub(r"[\[(].*[\])]", "", name).lower())


def is_named(name: str, words: Set[str]) -> bool:
    """Return whether a name consists of some of the words and fillers only: `Subject_ID`, `classname`."""
    return bool(words) and bool(_pattern(frozenset(words)).fullmatch(plain(name)))


@cache
def _pattern(words: frozenset[str]) -> re.Pattern[str]:
    any_word, filler = ("|".join(sorted(group, key=lambda word: (-len(word), word))) for group in (words, FILLERS))
    return re.compile(rf"(?:{filler})*(?:{any_word})(?:{any_word}|{filler})*")
