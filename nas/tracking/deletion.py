"""Deletes what a study has logged, for a study that is deleted and for one that takes an earlier one's place."""

import logging
import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from nas.errors import InputError
from nas.tracking.address import Address, find_address
from nas.tracking.client import connect, find_runs
from nas.tracking.identity import place_id
from nas.tracking.view import PREFIX

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run


def delete_runs(uri: str | None, *, study: str, folder: Path) -> int:
    """Delete the runs of a study and their artifacts; return how many runs there were.

    Args:
        uri: MLflow's tracking URI, as in the study's definition.
        study: the study's name.
        folder: of all studies; the study's own, `folder/<study>`, may be gone already.

    Raises:
        InputError: `uri` is of an unknown kind, or the store does not answer.
    """
    address = find_address(uri, folder)
    if address is None or (address.file is not None and not address.file.is_file()):
        return 0
    try:
        return _delete(connect(address, logging.getLogger(__name__).warning), address, study, folder)
    except Exception as error:  # MLflow, SQLAlchemy, and the drivers of databases raise many kinds
        rule = f"must be a store that answers, to delete the runs of {study}: {type(error).__name__}"
        raise InputError(address.uri, rule, hint="start the server, or delete the runs in its UI") from None


def _delete(client: "MlflowClient", address: Address, study: str, folder: Path) -> int:
    experiment = client.get_experiment_by_name(f"{PREFIX}{study}")
    if experiment is None or experiment.lifecycle_stage == "deleted":
        return 0
    number = str(experiment.experiment_id)
    deleted = delete_studies(client, address, number, folder / study, keep=None)
    if next(find_runs(client, [number]), None) is None:
        # MLflow restores an experiment with all runs that it ever had, so a later study gets one of its own.
        client.rename_experiment(number, f"{experiment.name} deleted {uuid.uuid4().hex[:8]}")
        client.delete_experiment(number)
        if address.private and address.artifacts is not None:
            shutil.rmtree(address.artifacts / study, ignore_errors=True)
    return deleted


def delete_studies(client: "MlflowClient", address: Address, experiment: str, folder: Path, keep: str | None) -> int:
    """Delete the runs of all studies that were logged from a folder, except those of one; return how many they were.

    All runs in a store that belongs to a folder of studies were logged from it; in others, runs tell it by a tag.

    Args:
        client: of the store.
        address: of the store.
        experiment: number of the experiment that the runs are in.
        folder: the study's folder.
        keep: identifier of the study whose runs stay.
    """
    query = "tags.kind = 'study'" + ("" if address.private else f" and tags.place_id = '{place_id(folder)}'")
    deleted = 0
    for parent in list(find_runs(client, [experiment], query)):
        if parent.data.tags.get("study_id") == keep:
            continue
        children = list(find_runs(client, [experiment], f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'"))
        # The parent goes last, so that an interrupted deletion is completed by the next one.
        for run in [*children, parent]:
            _delete_run(client, address, run)
        deleted += len(children) + 1
    return deleted


def _delete_run(client: "MlflowClient", address: Address, run: "Run") -> None:
    client.delete_run(run.info.run_id)
    artifacts = Path(unquote(urlsplit(run.info.artifact_uri).path)).parent
    if address.artifacts is not None and artifacts.is_relative_to(address.artifacts):
        shutil.rmtree(artifacts, ignore_errors=True)
