"""Public data sets: which there are, and fetching one."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nas.data.public.catalog import PUBLIC
from nas.data.public.fetch import FetchedData, fetch
from nas.keywords import explains_keywords


@dataclass(frozen=True, slots=True)
class PublicData:
    """A public data set that can be fetched.

    Attributes:
        name: of the set.
        summary: what it holds, in a sentence.
        size_bytes: to download, rounded where its publisher gives no exact size; None if unknown.
        licence: its terms.
        cite: whom to cite.
        split: which rows are the test rows.
        checked: whether all that comes is compared with known digests.
    """

    name: str
    summary: str
    size_bytes: int | None
    licence: str
    cite: str
    split: str
    checked: bool


def list_public_data() -> list[PublicData]:
    """Return the public data sets that `fetch_data` downloads."""
    return [
        PublicData(
            name, each.summary, each.size_bytes, each.licence, each.cite, each.split,
            each.is_checked,
        )
        for name, each in PUBLIC.items()
    ]  # fmt: skip


@explains_keywords
def fetch_data(
    name: str,
    folder: str | Path | None = None,
    *,
    mirror: str | None = None,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> FetchedData:
    """Download a public data set, check its digests, unpack it and arrange it as data.

    An interrupted download goes on where it was. A set that is there is not fetched again.

    Args:
        name: of the set, see `list_public_data`.
        folder: where to put it; `data/NAME` below the current folder if not given.
        mirror: address of a folder with the same files, for networks that do not reach the set's own server.
        progress: called with the name of a file, the bytes of it that are there, and those that it has in all.

    Raises:
        InputError: there is no such set, the folder holds something else, or a file cannot be downloaded, has another
            size or digest, or cannot be unpacked.
    """
    return fetch(name, Path("data") / name if folder is None else Path(folder).expanduser(), mirror, progress)
