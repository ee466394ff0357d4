"""Where runs are tracked: a store below the studies by default, a server, a database, or nowhere."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from nas.errors import InputError

NOWHERE = "none"
SERVERS = ("http", "https", "databricks")
DATABASES = ("sqlite", "postgresql", "mysql", "mssql")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a study is tracked.

    Attributes:
        uri: MLflow's tracking URI.
        artifacts: the folder for artifacts; None if a server decides where they are kept.
        private: whether only the studies of one folder are tracked there.
    """

    uri: str
    artifacts: Path | None
    private: bool = False

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database; None for any other store, and for one that is named with options."""
        path = self.uri.removeprefix("sqlite:///")
        return Path(path) if path != self.uri and path and "?" not in path else None


def find_address(uri: str | None, folder: Path) -> Address | None:
    """Return where to track; None if tracking is turned off.

    Args:
        uri: what the user asked for; None for SQLite in `folder`, `none` to turn tracking off.
        folder: of all studies.

    Raises:
        InputError: `uri` is of a kind that MLflow does not know.
    """
    if uri == NOWHERE:
        return None
    root = folder.resolve()
    if uri is None:
        return Address(f"sqlite:///{root / 'mlflow.db'}", root / "mlartifacts", private=True)
    scheme = urlsplit(uri).scheme.partition("+")[0]
    if scheme in SERVERS:
        return Address(uri, None)
    if scheme in DATABASES:
        return Address(uri, root / "mlartifacts")
    raise InputError(
        "--tracking-uri",
        f"must begin with {', '.join(f'{name}:' for name in (*SERVERS, *DATABASES))}",
        got=repr(uri),
        hint=f"use http://host:5000 for a server, or `{NOWHERE}` to turn tracking off",
    )
