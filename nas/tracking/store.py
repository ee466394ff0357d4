"""One study in an MLflow store, through explicit run ids.

MLflow's fluent interface keeps one active run per process, which breaks with worker processes and with a study that
is resumed in another process.
"""

import itertools
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from nas.study.decision import by_rank, sentence
from nas.study.record import Record
from nas.study.result import Result, Trained
from nas.text import document
from nas.tracking import entries, note, view
from nas.tracking.address import Address
from nas.tracking.client import connect, find_runs
from nas.tracking.deletion import delete_studies
from nas.tracking.identity import keep_run, place_id, study_id

if TYPE_CHECKING:
    from mlflow.entities import RunInfo

# MLflow takes 100 parameters in a call, and 1,000 of everything.
_PARAMS_A_BATCH = 100
_METRICS_A_BATCH = 900


class Store:
    """A study's runs: a parent run for the study, and a child run for each candidate that was built.

    Life cycle: opening it finds or makes the experiment and the parent run, reads which trials are logged, and deletes
    runs that an earlier process left half written or that an earlier study in the same folder has logged. Then call any
    method. If one raises (whatever MLflow raises), a run may be half written: open another store.

    Args:
        address: where the store is.
        study: the study's name; its experiment is `nas/<name>`.
        folder: the study's folder.
        tags: of the parent run.
        tell: called with one line if the store was damaged and is replaced by an empty one.
    """

    def __init__(
        self, address: Address, study: str, folder: Path, tags: Mapping[str, str], tell: Callable[[str], None]
    ) -> None:
        self._client = connect(address, tell)
        self._study = study
        self._experiment = self._find_experiment(address, tags.get("metric", "accuracy"))
        own = study_id(folder)
        delete_studies(self._client, address, self._experiment, folder, keep=own)
        self._parent = self._find_parent(own, {**tags, "place_id": place_id(folder)})
        keep_run(folder, self._parent)
        self._winner: int | None = None
        self._scores: dict[int, float] = {}
        self._runs = self._find_children()

    @property
    def logged(self) -> set[int]:
        """Numbers of the trials that have a run."""
        return set(self._runs)

    def log(self, record: Record, model: bytes | None) -> None:
        """Write one candidate's run, unless it has one already."""
        if record.trial in self._runs:
            return
        end = _now()
        run = self._client.create_run(
            self._experiment,
            start_time=end - round(1000 * sum(record.seconds.values())),
            run_name=f"trial {record.trial}",
            tags={**entries.tags(record), "study": self._study, "mlflow.parentRunId": self._parent},
        )
        run_id = run.info.run_id
        metrics = [(*item, 0) for item in entries.metrics(record).items()] + entries.curves(record)
        self._write(run_id, metrics, entries.params(record))
        self._attach(run.info, {"record.json": document(record.to_json()), **_optional("model.tflite", model)})
        self._client.set_terminated(run_id, entries.RUN_STATUS[record.state], end)
        self._runs[record.trial] = run_id
        if record.values:
            self._scores[record.trial] = record.values[0]
            best = max(self._scores.values())
            # MLflow draws a metric with several steps as a line.
            self._write(self._parent, [("best_score", best, len(self._scores))])

    def counts(self, states: Mapping[str, int]) -> None:
        """Write the number of trials in each state to the parent run; the total number of trials is the step."""
        step = sum(states.values())
        self._write(self._parent, [(*item, step) for item in entries.state_metrics(states).items()])

    def finish(self, result: Result, files: Mapping[str, Path | str]) -> None:
        """Write the winner's numbers and the study's files to the parent run, and tag the winner's own run.

        Args:
            result: the study's outcome.
            files: by path among the artifacts: a file or folder, or text.
        """
        winner = result.winner
        if winner is None:
            return
        trial = winner.record.trial
        self._write(self._parent, [(*item, result.trials) for item in entries.winner_metrics(winner).items()])
        self._tag(self._parent, winner_trial=str(trial), winner_architecture=winner.record.digest)
        for number, run_id in self._runs.items():
            if number in (self._winner, trial):
                self._tag(run_id, winner=str(number == trial).lower())
        self._rank(winner)
        self._winner = trial
        there = {name: file for name, file in files.items() if isinstance(file, str) or file.exists()}
        self._attach(self._client.get_run(self._parent).info, there)
        self._log_hand_made(winner)
        page = view.run_page(self._experiment, self._parent)
        links = [name for name, file in there.items() if isinstance(file, str) or file.is_file()]
        description = note.study_note(result, winner, page, links)
        self._client.set_tag(self._parent, note.TAG, description)
        about = note.experiment_note(view.table(self._experiment), winner, page)
        self._client.set_experiment_tag(self._experiment, note.TAG, about)

    def _rank(self, winner: Trained) -> None:
        """Write the rank of each complete candidate, the winner's first, and what finalists reached in the finals."""
        ran = {one.trial: one for one in by_rank(winner)}
        for rank, trial in enumerate(dict.fromkeys([winner.record.trial, *ran, *self._by_score()]), start=1):
            if trial in self._runs:
                facts = {"rank": float(rank), **entries.finalist_metrics(ran.get(trial))}
                facts |= entries.test_metrics(winner) if trial == winner.record.trial else {}
                self._write(self._runs[trial], [(*item, 0) for item in facts.items()])
        for number in {self._winner, winner.record.trial}:
            if number in self._runs:
                why = sentence(winner) if number == winner.record.trial else ""
                self._client.set_tag(self._runs[number], note.TAG, why)
        self._client.set_experiment_tag(self._experiment, view.TAG, view.state(winner.metric, ranked=True))

    def _by_score(self) -> list[int]:
        """Return the complete candidates by their score in the search, the best first."""
        return sorted(self._scores, key=lambda trial: (-self._scores[trial], trial))

    def _log_hand_made(self, winner: Trained) -> None:
        """Write the run of the network that the winner is compared with, in place of that of an earlier winner's."""
        of_study = f"tags.`mlflow.parentRunId` = '{self._parent}' and tags.kind = '{entries.HAND_MADE}'"
        for run in list(find_runs(self._client, [self._experiment], of_study)):
            self._client.delete_run(run.info.run_id)
        network = winner.hand_made
        if network is None:
            return
        tags = {**entries.hand_made_tags(network), "study": self._study, "mlflow.parentRunId": self._parent}
        run = self._client.create_run(self._experiment, run_name="hand-made network", tags=tags)
        self._write(run.info.run_id, [(*item, 0) for item in entries.hand_made_metrics(network).items()])
        self._attach(run.info, {"record.json": document(network.record.to_json())})
        self._client.set_terminated(run.info.run_id)

    def end(self, finished: bool) -> None:
        """Close the parent run; it is opened again when the study is resumed."""
        # A study without a winner waits to be resumed; MLflow would show it as a failure if it were killed.
        self._tag(self._parent, state="finished" if finished else "stopped")
        self._client.set_terminated(self._parent, "FINISHED" if finished else "SCHEDULED")

    def _find_experiment(self, address: Address, metric: str) -> str:
        # With the kind, the UI does not ask whether the experiment is about language models.
        tags = {"mlflow.experimentKind": "custom_model_development", view.TAG: view.state(metric)}
        name = f"{view.PREFIX}{self._study}"
        found = self._client.get_experiment_by_name(name)
        if found is None:
            location = None if address.artifacts is None else (address.artifacts / self._study).as_uri()
            made = str(self._client.create_experiment(name, location, tags))
            self._client.set_experiment_tag(made, note.TAG, note.experiment_note(view.table(made)))
            return made
        if found.lifecycle_stage == "deleted":
            self._client.restore_experiment(found.experiment_id)
        for key, value in tags.items():  # an earlier release may have written others
            if found.tags.get(key) != value:
                self._client.set_experiment_tag(found.experiment_id, key, value)
        return str(found.experiment_id)

    def _find_parent(self, identity: str, tags: Mapping[str, str]) -> str:
        found = list(find_runs(self._client, [self._experiment], f"tags.study_id = '{identity}'"))
        for twin in found[1:]:  # two processes have opened the store at once
            self._client.delete_run(twin.info.run_id)
        if found:
            run_id = str(found[0].info.run_id)
            self._client.update_run(run_id, status="RUNNING")
            return run_id
        own = {"kind": "study", "study": self._study, "study_id": identity, "mlflow.source.name": "nas search"}
        return str(self._client.create_run(self._experiment, run_name=self._study, tags={**tags, **own}).info.run_id)

    def _find_children(self) -> dict[int, str]:
        runs: dict[int, str] = {}
        of_study = f"tags.`mlflow.parentRunId` = '{self._parent}' and tags.kind = 'candidate'"
        for run in find_runs(self._client, [self._experiment], of_study):
            if run.info.status == "RUNNING":
                self._client.delete_run(run.info.run_id)
                continue
            trial = int(run.data.tags["trial"])
            runs[trial] = run.info.run_id
            if "score" in run.data.metrics:
                self._scores[trial] = run.data.metrics["score"]
            if run.data.tags.get("winner") == "true":
                self._winner = trial
        return runs

    def _tag(self, run_id: str, **tags: str) -> None:
        for key, value in tags.items():
            self._client.set_tag(run_id, key, value)

    def _write(
        self, run_id: str, metrics: Sequence[tuple[str, float, int]], params: Mapping[str, str] | None = None
    ) -> None:
        """Write metrics (name, value, step) and parameters, in as few requests as the store's limits allow."""
        from mlflow.entities import Metric, Param

        now = _now()
        values = _batches([Metric(key, value, now, step) for key, value, step in metrics], _METRICS_A_BATCH)
        words = _batches([Param(key, value) for key, value in (params or {}).items()], _PARAMS_A_BATCH)
        for some, others in itertools.zip_longest(values, words, fillvalue=()):
            self._client.log_batch(run_id, metrics=some, params=others)

    def _attach(self, run: "RunInfo", files: Mapping[str, Path | bytes | str]) -> None:
        """Write artifacts of a run by their paths: files, folders and contents."""
        if run.artifact_uri.startswith("file:"):
            # The place is known; MLflow would read all of the run from the database again to learn it.
            _put(Path(url2pathname(urlsplit(run.artifact_uri).path)), files)
            return
        with tempfile.TemporaryDirectory() as folder:
            _put(Path(folder), files)
            self._client.log_artifacts(run.run_id, folder)


def _put(folder: Path, files: Mapping[str, Path | bytes | str]) -> None:
    """Write files, folders and contents by their paths into a folder."""
    for name, file in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(file, bytes | str):
            path.write_bytes(file if isinstance(file, bytes) else file.encode())
        elif file.is_dir():
            shutil.copytree(file, path, dirs_exist_ok=True)
        else:
            shutil.copyfile(file, path)


def _optional(name: str, content: bytes | None) -> dict[str, bytes]:
    return {} if content is None else {name: content}


def _batches(items: list[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _now() -> int:
    return time.time_ns() // 1_000_000
