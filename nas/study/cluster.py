"""Where the workers of a study are, if not on this machine alone: the flag `--cluster`, or the table `cluster`."""

import re
from dataclasses import dataclass
from typing import Any

from nas.codec import Place, from_data, to_data
from nas.errors import InputError

PLACE = Place("--cluster")
LOCAL = "local"
SSH = "ssh://"
_SCHEDULER = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:]+\]|[^][/\s:]+):\d{1,5}")
# What ssh takes for a name or an option, or a shell for more than a word, is left out.
_HOST = re.compile(r"(?P<login>([\w.-]+@)?(?!-)[\w.-]+|([\w.-]+@)?\[[0-9a-fA-F:]+\])(:(?P<port>\d{1,5}))?")


@dataclass(frozen=True, slots=True)
class Host:
    """A machine that is reached by SSH: `login` is its name, perhaps with that of the user: `user@name`."""

    login: str
    port: int = 0

    def __str__(self) -> str:
        return f"{self.login}:{self.port}" if self.port else self.login


@dataclass(frozen=True, slots=True)
class Cluster:
    """The machines of a study's workers; they may change when a study is resumed.

    Attributes:
        address: `tcp://HOST:PORT` or `tls://HOST:PORT` of a Dask scheduler, `ssh://USER@HOST,USER@HOST` of machines,
            each perhaps with `:PORT`, that are reached by SSH, or `local` for a Dask cluster that is started here.
        jobs: number of worker processes on each machine that is reached by SSH; 0 for one per core.
        python: path, on these machines, of a Python that has the libraries of nas; empty for an environment that is
            made there.
        config: path of an ssh configuration file; empty for the user's own.
    """

    address: str
    jobs: int = 0
    python: str = ""
    config: str = ""

    def __post_init__(self) -> None:
        known = (
            self.address == LOCAL or _SCHEDULER.fullmatch(self.address) or (self.hosts and None not in self._found())
        )
        if not known:
            rule = f"must be tcp://HOST:PORT of a Dask scheduler, {SSH}USER@HOST,USER@HOST of machines, or {LOCAL}"
            raise InputError(PLACE, rule, got=repr(self.address), hint="such as tcp://10.0.0.5:8786")
        if self.jobs < 0:
            raise InputError("cluster: jobs", "must be 0 or more", got=self.jobs)
        if len({*self.hosts}) < len(self.hosts):
            raise InputError(PLACE, "must name each machine once", got=repr(self.address))

    @property
    def hosts(self) -> tuple[Host, ...]:
        """The machines that are reached by SSH."""
        return tuple(Host(found["login"], int(found["port"] or 0)) for found in self._found() if found)

    def _found(self) -> list[re.Match[str] | None]:
        if not self.address.startswith(SSH):
            return []
        return [_HOST.fullmatch(one) for one in self.address.removeprefix(SSH).split(",")]

    def __str__(self) -> str:
        return self.address

    def to_json(self) -> Any:
        """Return the address alone if nothing else is set, else the fields that are set, by name."""
        if self == Cluster(self.address):
            return self.address
        return {key: value for key, value in to_data(self).items() if value}

    @classmethod
    def from_json(cls, data: object, place: Place = PLACE) -> "Cluster":
        """Read `to_json()`; InputError at `place` for anything else."""
        return cls(data) if isinstance(data, str) else from_data(cls, data, place)
