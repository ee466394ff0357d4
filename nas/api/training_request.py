"""What a call of `nas.train` asks for: a specification with its changes, where it is written, and how it is logged."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypedDict

from nas.api import STUDIES
from nas.api.training_source import Source, changed, folder_of
from nas.data.given import Data
from nas.study.applicable import require_for_builder
from nas.study.cluster import Cluster
from nas.study.model_spec import ModelSpec
from nas.study.model_spec_tables import UNTIL_STOPPED
from nas.tracking.address import find_address

TEST_EPOCHS, TEST_BATCH = 2, 8
"""Epochs and rows in a batch of a dry run."""


class TrainingOptions(TypedDict, total=False):
    """Settings of the table [training] that a call overrides, and where the run is shown and logged.

    `epochs`, `batch_size`, `learning_rate` and `seed` are those of the specification; `weights` is a file of weights to
    begin with (an `.npz` checkpoint, a `.keras` or a `.weights.h5` file); `tracking_uri` is MLflow's, `none` for no
    tracking; `progress` says whether the training is shown on standard error; `trust` whether the code in an archive
    may run; `cluster` is where the epochs are trained: an address, or a mapping with the keys of a study's table
    `cluster`; None for this machine.
    """

    epochs: int | None
    batch_size: int | None
    learning_rate: float | None
    seed: int | None
    weights: str | Path | None
    tracking_uri: str | None
    progress: bool
    trust: bool
    cluster: Cluster | Mapping[str, Any] | str | None


@dataclass(frozen=True, slots=True)
class Request:
    """What is trained, and where; `given` are rows in memory, `asked` what the user has named."""

    asked: str
    source: Source
    folder: Path
    given: Data | None
    weights: Path | None
    tracking_uri: str | None
    test: bool
    cluster: Cluster | None = None

    @property
    def spec(self) -> ModelSpec:
        return self.source.spec

    @property
    def epochs(self) -> int | None:
        """The number of epochs that are shown; None if a callback ends the training."""
        epochs, finals = self.spec.training.epochs, self.spec.finals
        if epochs == UNTIL_STOPPED:
            return None
        return epochs + (finals.qat_epochs_after(epochs) if self.spec.model.architecture else 0)

    @property
    def title(self) -> str:
        return f"nas train: {self.spec.name} in {self.folder}/{' (dry run)' if self.test else ''}"


def requested(
    asked: str,
    source: Source,
    data: Data | str | None,
    folder: Path | str | None,
    options: TrainingOptions,
    *,
    test: bool,
) -> Request:
    """Return what a call of `nas.train` asks for; InputError for something wrong with its arguments."""
    from nas.model.deploy.params.kinds import make_params

    find_address(options.get("tracking_uri"), STUDIES)
    settings: dict[str, Any] = {key: options.get(key) for key in ("epochs", "batch_size", "learning_rate", "seed")}
    made = changed(source.spec, data if isinstance(data, str) else None, settings)
    make_params(made.parameters)  # refuses now what could not be written when the training has ended
    if made.model.builder:
        require_for_builder(made)
    if test:
        epochs = made.training.epochs if 0 < made.training.epochs < TEST_EPOCHS else TEST_EPOCHS
        batch = min(TEST_BATCH, made.training.batch_size)
        made = made.replace("training", epochs=epochs, min_steps=0, batch_size=batch, patience=0)
    weights, cluster = options.get("weights"), options.get("cluster")
    return Request(
        asked=asked,
        source=replace(source, spec=made),
        folder=folder_of(source, None if folder is None else Path(folder), test=test),
        given=None if data is None or isinstance(data, str) else data,
        weights=None if weights is None else Path(weights),
        tracking_uri="none" if test else options.get("tracking_uri"),
        test=test,
        cluster=cluster if cluster is None or isinstance(cluster, Cluster) else Cluster.from_json(cluster),
    )
