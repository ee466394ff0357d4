"""Where the workers of a study are, if not on this machine alone: the flag `--cluster`, or the table `cluster`."""

import re
from dataclasses import dataclass
from typing import Any

from nas.codec import Place, from_data, to_data
from nas.errors import InputError

PLACE = Place("--cluster")
LOCAL = "local"
_SCHEDULER = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:]+\]|[^][/\s:]+)")
_PORT = re.compile(r":\d{1,5}")


@dataclass(frozen=True, slots=True)
class Cluster:
    """The machines of a study's workers; it may change when a study is resumed.

    Attributes:
        address: `tcp://HOST:PORT` or `tls://HOST:PORT` of a Dask scheduler, or `local` for one that is started here.
    """

    address: str

    def __post_init__(self) -> None:
        found = _SCHEDULER.match(self.address)
        if self.address != LOCAL and not (found and _PORT.fullmatch(self.address[found.end() :])):
            rule = f"must be tcp://HOST:PORT or tls://HOST:PORT of a Dask scheduler, or {LOCAL}"
            raise InputError(PLACE, rule, got=repr(self.address), hint="such as tcp://10.0.0.5:8786")

    def __str__(self) -> str:
        return self.address

    def to_json(self) -> Any:
        """Return the address alone if nothing else is set, else the fields by name."""
        fields = to_data(self)
        return self.address if len(fields) == 1 else fields

    @classmethod
    def from_json(cls, data: object, place: Place = PLACE) -> "Cluster":
        """Read `to_json()`; InputError at `place` for anything else."""
        return cls(data) if isinstance(data, str) else from_data(cls, data, place)
