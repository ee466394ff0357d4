"""MLflow's client, set up to print nothing, to send no usage data and to fail fast."""

import logging
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from nas.tracking.address import Address
from nas.tracking.database import prepare_database

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

# The tracker repeats a failed request on its own schedule; MLflow's own retries would take four minutes. The other
# settings keep MLflow from printing, and from sending usage data. Variables that the user has set stay as they are.
_SETTINGS = {
    "MLFLOW_CONFIGURE_LOGGING": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "GIT_PYTHON_REFRESH": "quiet",
}
# MLflow keeps connections; one that is older would go on writing to a database that was renamed. In seconds.
_SQLITE = {"MLFLOW_SQLALCHEMYSTORE_POOL_RECYCLE": "5"}
# The most runs that MLflow returns in one answer.
_PAGE = 1000


def connect(address: Address, tell: Callable[[str], None]) -> "MlflowClient":
    """Return a client of the store at an address.

    Args:
        address: of the store; a SQLite database is made if there is none.
        tell: called with one line if the database was damaged and is replaced by an empty one.
    """
    prepare_store(address, tell)
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=address.uri)


def prepare_store(address: Address, tell: Callable[[str], None]) -> None:
    """Set MLflow up for a store, and make sure that a SQLite database is there and sound; see `connect`."""
    for name, value in (_SETTINGS if address.file is None else _SETTINGS | _SQLITE).items():
        os.environ.setdefault(name, value)
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    # MLflow 3.17 makes SQLAlchemy 2.1 warn; neither users nor tests of this program can change that.
    warnings.filterwarnings("ignore", "The ``noload`` loader strategy", DeprecationWarning)
    if address.file is not None:
        prepare_database(address.file, tell)


def find_runs(client: "MlflowClient", experiments: Sequence[str], query: str = "") -> Iterator["Run"]:
    """Yield the runs of experiments that a query in MLflow's language matches, all of them if it is empty."""
    token = None
    while True:
        page = client.search_runs(list(experiments), query, max_results=_PAGE, page_token=token)
        yield from page
        token = page.token
        if not token:
            return
