"""The contract of public data sets: where the files of one come from, and how they become data that readers read."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nas.registry import Registry


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a data set.

    Attributes:
        url: where it is.
        size_bytes: its size; None if unknown.
        sha256: its digest, in hexadecimal; None if none is known, so that what comes cannot be checked.
        md5: its MD5, where its publisher gives no better digest; it tells that a file came whole, not who made it.
        listed: of an archive without a known digest, the source that lists the digests of its files, with which
            `arrange` compares them; None if there is none.
    """

    url: str
    size_bytes: int | None = None
    sha256: str | None = None
    md5: str | None = None
    listed: str | None = None

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2].replace("%20", " ")


@dataclass(frozen=True, slots=True)
class PublicSet:
    """One public data set.

    Life cycle: a file in `nas/data/public/sets/` registers it in PUBLIC. Fetching downloads its files into a folder,
    checks them, and calls `arrange`.

    Attributes:
        summary: what it holds, in a sentence.
        licence: its terms, in a line.
        cite: whom to cite.
        split: which rows are the test rows, in a line.
        sources: its files.
        arrange: makes data of the files: given the folder of downloads and an empty folder, it writes what readers
            read into the second.
        data: what to give to `--data`, below that folder; empty for the folder itself.
        about_bytes: the size of all files as their publisher rounds it, where the exact one is not known.
    """

    summary: str
    licence: str
    cite: str
    split: str
    sources: tuple[Source, ...]
    arrange: Callable[[Path, Path], None]
    data: str = ""
    about_bytes: int | None = None

    @property
    def size_bytes(self) -> int | None:
        """The size of all files, rounded if that of one is not known exactly; None if it is not known at all."""
        sizes = [source.size_bytes for source in self.sources]
        return self.about_bytes if None in sizes else sum(size for size in sizes if size is not None)

    @property
    def is_checked(self) -> bool:
        """Whether all that comes is compared with known digests."""
        return all(source.sha256 or source.md5 or source.listed for source in self.sources)


PUBLIC: Registry[PublicSet] = Registry("public data set", "nas.data.public.sets")
"""Public data sets by name."""
