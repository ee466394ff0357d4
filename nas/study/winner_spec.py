"""The specification of a study's model, and the training of an architecture that a specification asks for."""

import dataclasses
import os
import re
from typing import Any

from nas.arrays import Floats
from nas.space.architecture import Architecture
from nas.study.applicable import require_for_architecture
from nas.study.archive import Archive, Origin
from nas.study.manifest import ARCHITECTURE, SOFT_LABELS
from nas.study.model_spec import ModelSpec
from nas.study.model_spec_tables import DataTable, ModelTable, TrainingTable
from nas.study.recipe import Training
from nas.study.retraining import Retraining, repeated, unrepeatable
from nas.study.tasks import AllButTest, HoldOut


def winner_spec(archive: Archive, origin: Origin) -> ModelSpec:
    """Return the specification that trains a study's model again, with files beside it in `origin.folder`.

    Paths in it are as they are from the current folder.
    """
    plan = repeated(archive.found, archive.recipe, archive.data["parts"]["train"]["rows"])
    # An archive of a study says whether classes were weighed.
    recipe, is_last = archive.recipe.weighing(False), isinstance(plan.rows, AllButTest)
    settings: dict[str, Any] = {one.name: getattr(recipe.training, one.name) for one in dataclasses.fields(Training)}
    settings |= {"epochs": plan.epochs, "min_steps": 0, "seed": plan.seed, "restarts": plan.restart_epochs}
    settings |= {"rows": "all"} if is_last else {}
    settings |= {} if archive.soft_labels is None else {"soft_labels": os.path.relpath(origin.folder / SOFT_LABELS)}
    options = {one.name: getattr(origin.data.options, one.name) for one in dataclasses.fields(origin.data.options)}
    what = "The winner" if archive.found.tested else f"Trial {archive.record.trial}"
    notes = [f"{what} of study {archive.name}", *([note] if (note := unrepeatable(archive.found)) else [])]
    return ModelSpec(
        name=re.sub(r"[^A-Za-z0-9._-]+", "_", archive.name),
        description="; ".join(notes),
        data=DataTable(**options, source=origin.data.source, seed=origin.data.seed),
        model=ModelTable(architecture=os.path.relpath(origin.folder / ARCHITECTURE)),
        training=TrainingTable(**settings),
        augment=recipe.augment,
        # No quantization-aware epochs follow the trainings of a search.
        finals=recipe.finals if is_last else dataclasses.replace(recipe.finals, qat_epochs=0),
        target=origin.target,
    )


def retraining_of(
    spec: ModelSpec, architecture: Architecture, train_rows: int, val_rows: int, soft_labels: Floats | None = None
) -> Retraining:
    """Return the training of an architecture that a specification asks for.

    Args:
        spec: the specification.
        architecture: that it names.
        train_rows: number of training rows of its data.
        val_rows: number of validation rows.
        soft_labels: that it names.

    Raises:
        InputError: a setting does not apply to architectures.
    """
    require_for_architecture(spec.training)
    table = spec.training
    rows = train_rows + val_rows if table.rows == "all" else train_rows
    recipe = spec.recipe
    epochs = recipe.training.at_least_min_steps(table.epochs, rows)
    return Retraining(
        architecture=architecture,
        recipe=recipe,
        epochs=epochs,
        qat_epochs=recipe.finals.qat_epochs_after(epochs),
        seed=table.seed,
        rows=AllButTest() if table.rows == "all" else HoldOut(),
        restart_epochs=tuple(epoch for epoch in table.restarts if epoch < epochs),
        soft_labels=soft_labels,
    )
