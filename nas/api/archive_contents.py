"""What belongs into the archive of a study's model: whatever the study's folder holds of it."""

import dataclasses
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nas.api.data import data_of
from nas.codec import to_data, to_toml
from nas.data.choice import DataChoice
from nas.exporters.metadata import describe
from nas.exporters.specification import specification
from nas.reports.files import figure_files
from nas.reports.memory_map.format import MAP_FORMATS
from nas.reports.view import ReportView
from nas.space.file import space_file
from nas.study.archive import Archive, Origin
from nas.study.archive_file import dump_facts
from nas.study.archive_zip import Contents
from nas.study.environment import versions
from nas.study.manifest import DATA, FACTS, INT8, KERAS, METADATA, WEIGHTS
from nas.study.paths import PATHS
from nas.study.repeat import commands
from nas.study.result import Result, Trained
from nas.study.study import Study
from nas.study.tested import TEST_KEYS
from nas.target.profiler import profile
from nas.target.ram import ram_figures
from nas.text import document
from nas.tracking import known_run
from nas.tracking.address import NOWHERE

_SUMMED_UP = ("weights_bytes", "file_bytes", "flash_bytes", "macs", "latency_ms")


def study_contents(study: Study, archive: Archive, view: ReportView) -> Contents:
    """Return what the archive of a study's winner, or of one of its trials, holds.

    Nothing in it names a path of this machine, or where a study's trials are kept.

    Args:
        study: the definition.
        archive: the model with its facts.
        view: what the study's report shows.
    """
    folder, trained = Path(view.result.folder), archive.found
    is_winner = trained.tested is not None
    # Addresses of servers may hold passwords.
    uri = study.tracking_uri if study.tracking_uri == NOWHERE else None
    plain = dataclasses.replace(study, storage=None, cluster=None, tracking_uri=uri)
    portable = dataclasses.replace(archive, command=_portable_command(plain, view.result))
    members: dict[str, bytes | str] = {
        FACTS: dump_facts(portable),
        METADATA: document(describe(portable)),
        DATA: document(to_data(_portable_data(study))),
        INT8: archive.tflite,
        "study.toml": to_toml(_portable_fields(plain)),
        **specification(dataclasses.replace(archive, origin=_portable_origin(study, archive.origin))),
        "profile.json": document({**archive.footprint, "file": INT8}),
        "evaluation.json": document(_scores(trained)),
        "history.json": document(trained.record.history),
        "environment.json": document({"training": trained.record.versions, "archive": versions()}),
        **_files(study),
        **dict(_float_model(archive)),
        **{f"figures/{name}": svg for name, svg in figure_files(view).items()},
        "figures/memory_map.svg": MAP_FORMATS["svg"](profile(archive.tflite, study.board())),
    }
    return Contents(
        name=study.name if is_winner else f"{study.name}-trial-{trained.record.trial}",
        kind="winner" if is_winner else "trial",
        members=members,
        about=_about(archive),
        mlflow_run_id=known_run(folder),
    )


def _about(archive: Archive) -> dict[str, Any]:
    """Return what sums up a model."""
    record, tested = archive.record, archive.found.tested
    profiled = record.profiled or {}
    return {
        "trial": record.trial,
        "metric": record.metric,
        "val_score": record.val_score,
        "test_score": None if tested is None else tested.metrics[record.metric].value,
        "target": archive.footprint["target"],
        "input_shape": list(archive.input_shape[1:]),
        "class_names": list(archive.class_names),
        **{key: profiled.get(key) for key in _SUMMED_UP},
        **ram_figures(profiled),
    }


def _scores(trained: Trained) -> dict[str, Any]:
    """Return the scores in validation and, of a winner, on the test rows."""
    facts = trained.to_json()
    tested = [key for key in TEST_KEYS.values() if key in facts]
    return {
        "metric": trained.metric,
        "val_metrics": trained.record.val_metrics,
        "float_val_accuracy": trained.record.float_val_accuracy,
        **{key: facts[key] for key in tested if trained.tested is not None},
    }


def _float_model(archive: Archive) -> Iterator[tuple[str, bytes]]:
    """Yield the float weights and the float model, unless an earlier release did not keep the weights."""
    for name, content in ((WEIGHTS, archive.weights), (KERAS, archive.keras)):
        if content is not None:
            yield name, content


def _files(study: Study) -> dict[str, bytes]:
    """Return the space, and the target if it is one of the user's own; a file that is gone is left out."""
    named = {"space.toml": space_file(study.space)}
    if study.target.endswith(".toml"):
        named["target.toml"] = Path(study.target)
    return {name: file.read_bytes() for name, file in named.items() if file.is_file()}


def _portable_fields(study: Study) -> dict[str, Any]:
    """Return a study's fields for its `study.toml`, with paths as they are beside it."""
    fields = {key: value for key, value in to_data(study).items() if key != "recipe"}
    return {**fields, **_moved(study), **to_data(study.recipe)}


def _portable_command(study: Study, result: Result) -> str:
    """Return the command that repeats a study from the folder of its extracted archive."""
    command = commands(study, result)
    for key, name in _moved(study).items():
        command = command.replace(shlex.quote(getattr(study, key)), shlex.quote(name))
    return command


def _portable_data(study: Study) -> DataChoice:
    """Return the data that a study names, by the names that its `study.toml` in the archive gives them."""
    choice, moved = data_of(study), _moved(study)
    options = dataclasses.replace(choice.options, labels=moved.get("labels", choice.options.labels))
    return dataclasses.replace(choice, source=moved.get("data", choice.source), options=options)


def _portable_origin(study: Study, origin: Origin | None) -> Origin | None:
    """Return where the data and the target are for one who has extracted the archive."""
    if origin is None:
        return None
    target = dataclasses.replace(origin.target, name=_moved(study).get("target", study.target))
    return Origin(_portable_data(study), target)


def _moved(study: Study) -> Mapping[str, str]:
    """Return the paths of a study that would name a folder of this machine, by field, as names in the archive."""
    values = {key: getattr(study, key) for key in PATHS}
    own = {key: f"{key}.toml" for key in ("space", "target") if values[key].endswith(".toml")}
    absolute = {key: Path(value).name for key, value in values.items() if value and Path(value).is_absolute()}
    return {**absolute, **own}
