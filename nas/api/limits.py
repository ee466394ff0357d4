"""What a study limits, in figures and in words, before anything is read or trained."""

from nas.study.code_size import code_of
from nas.study.study import Study
from nas.target.budget import amount
from nas.text import kilobytes


def limits_in_words(study: Study) -> str:
    """Return what a study limits in a line, and what the runtime's code takes of the flash; empty without limits.

    Raises:
        InputError: the space or the target of the study is unknown.
    """
    target = study.board()
    limits = study.budget(target).limits()
    if limits.get("weights") == 1:
        del limits["weights"]  # nothing is left for them, as the words on the code say
    words = ", ".join(
        amount(what, limit) if what in ("macs", "latency") else f"{what} {kilobytes(int(limit))}"
        for what, limit in limits.items()
    )
    return f"{words}; {code_of(study.searched(), target).words(int(limits['flash']))}" if "flash" in limits else words
