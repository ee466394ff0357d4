"""Which studies of a folder its store has no runs of: it was set aside or deleted, or the study was moved here."""

from collections.abc import Callable, Sequence
from pathlib import Path

from nas.tracking.address import find_address
from nas.tracking.client import connect, find_runs
from nas.tracking.identity import known_id
from nas.tracking.view import PREFIX


def untracked(names: Sequence[str], folder: Path, tell: Callable[[str], None]) -> list[str]:
    """Return those studies that have no run in the SQLite store of their folder, which is made if there is none.

    Args:
        names: of studies in the folder.
        folder: of all studies.
        tell: called with one line if the store was damaged and is replaced by an empty one.
    """
    address = find_address(None, folder)
    assert address is not None
    client = connect(address, tell)
    experiments = [each.experiment_id for each in client.search_experiments(filter_string=f"name LIKE '{PREFIX}%'")]
    runs = find_runs(client, experiments, "tags.kind = 'study'") if experiments else ()
    logged = {run.data.tags.get("study_id") for run in runs}
    return [name for name in names if known_id(folder / name) not in logged]
