"""Files of one class that differ from all others in their form: a network may learn the form in place of the class."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from nas.data.finding import Finding

MOST, FEWEST = 0.9, 0.1
"""A form tells a class if this share of its files has it, and no more than the second share of the others."""

FEWEST_FILES = 5
"""Of fewer files, all may have one form by chance."""


def telling_forms(classes: Sequence[str], forms: Sequence[str], learned: str) -> Iterator[Finding]:
    """Yield the classes that the form of their files tells.

    Args:
        classes: of each file.
        forms: of each file, in words, such as `16,000 Hz and 1 channel`.
        learned: what a network may learn in place of the class.
    """
    members: dict[str, list[str]] = defaultdict(list)
    for label, form in zip(classes, forms, strict=True):
        members[label].append(form)
    totals = Counter(forms)
    for label, own in members.items():
        form, count = Counter(own).most_common(1)[0]
        rest = len(forms) - len(own)
        if min(len(own), rest) >= FEWEST_FILES and count >= MOST * len(own) and totals[form] - count <= FEWEST * rest:
            text = f"files of {label} have {form}, and few others do: a network may learn {learned}"
            yield Finding(label, text, advice="record all classes alike", kind="telling_forms")


def copies(places: Sequence[str], digests: Sequence[tuple[str, bytes] | None], what: str) -> Iterator[Finding]:
    """Yield how many files hold the same as another one; those in two parts are told with the rows.

    Args:
        places: of the files.
        digests: part and digest of each file's content; None for files that count as different from all.
        what: what they hold.
    """
    seen: dict[tuple[str, bytes], str] = {}
    found = []
    for place, digest in zip(places, digests, strict=True):
        if digest is not None:
            first = seen.setdefault(digest, place)
            found += [] if first == place else [(first, place)]
    if found:
        text = f"{len(found)} files hold the {what} of another one of their part, such as {' and '.join(found[0])}"
        yield Finding("files", text, advice="keep one of each", kind="copied_files")
