"""Specifications of a study's models, read back as the trainings that made them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nas.codec import to_data
from nas.data.choice import DataChoice
from nas.data.options import DataOptions
from nas.data.prepared import Scaling
from nas.errors import InputError
from nas.space.architecture import Architecture
from nas.space.blocks.dense import Dense
from nas.study.applicable import require_for_builder
from nas.study.archive import Archive, Origin, Quantization
from nas.study.model_spec import ModelSpec, read_model_spec
from nas.study.model_spec_tables import ModelTable, TargetTable, TrainingTable
from nas.study.recipe import Finals, Recipe
from nas.study.record import Record, State
from nas.study.result import Trained
from nas.study.retraining import repeated
from nas.study.winner_spec import retraining_of, winner_spec

MEMBER = Architecture("mlp_tabular", (13,), 3, (Dense(units=8),))
RECIPE = Recipe.of(epochs=7, label_smoothing=0.1, class_weights=True, jitter=0.2, distillation=0.5, final_epochs=16)
RECORD = Record(
    trial=4, state=State.COMPLETE, digest=MEMBER.digest(), params={}, architecture=MEMBER.to_json(), seed=77
)


def archive(**fields: Any) -> Archive:
    settings: dict[str, Any] = {
        "name": "mine",
        "tflite": b"",
        "trained": Trained(RECORD, epochs=33),
        "footprint": {},
        "class_names": ("a", "b", "c"),
        "scaling": Scaling((0.0,), (1.0,)),
        "input": Quantization(1.0, 0),
        "output": Quantization(1.0, 0),
        "command": "",
        "recipe": RECIPE,
        "data": {"parts": {"train": {"rows": 300}}},
    }
    return Archive(**{**settings, **fields})


def written(made: Archive, folder: Path) -> ModelSpec:
    """The specification that is read from what was written into a folder."""
    origin = Origin(DataChoice("wine", DataOptions(val_fraction=0.2), seed=9), TargetTable(budget_kb=2.0), folder)
    (folder / "spec.toml").write_text(winner_spec(made, origin).to_toml(folder))
    return read_model_spec(folder / "spec.toml")


@pytest.mark.parametrize("trained", [Trained(RECORD, epochs=33), Trained(RECORD)], ids=["winner", "trial"])
def test_the_written_specification_asks_for_the_training_that_made_the_model(trained: Trained, tmp_path: Path) -> None:
    spec = written(archive(trained=trained), tmp_path)
    asked, made = retraining_of(spec, MEMBER, 300, 100), repeated(trained, RECIPE, 300)
    for name in ("architecture", "epochs", "qat_epochs", "seed", "rows", "restart_epochs"):
        assert getattr(asked, name) == getattr(made, name), name
    tables = [to_data(plan.recipe) for plan in (asked, made)]
    for table in ("training", "augment"):
        one, other = ({**data[table], "epochs": 0, "min_steps": 0} for data in tables)
        assert one == other
    assert asked.recipe.finals.distillation == made.recipe.finals.distillation


def test_the_written_specification_names_the_data_and_the_target(tmp_path: Path) -> None:
    spec = written(archive(), tmp_path)
    assert spec.data.choice == DataChoice("wine", DataOptions(val_fraction=0.2), seed=9)
    assert (spec.target.budget_kb, spec.name) == (2.0, "mine")
    assert Path(spec.model.architecture) == tmp_path / "architecture.json"
    assert spec.training.soft_labels == ""
    taught = written(archive(soft_labels=b"x"), tmp_path)
    assert Path(taught.training.soft_labels) == tmp_path / "soft_labels.npy"
    assert str(tmp_path) not in (tmp_path / "spec.toml").read_text()


def test_a_training_that_was_cut_short_says_so(tmp_path: Path) -> None:
    assert "cut short" not in written(archive(), tmp_path).description
    cut = Trained(replace(RECORD, reason="cut short by the time limit after 9 of 33 epochs"), epochs=9)
    spec = written(archive(trained=cut), tmp_path)
    assert "its training was cut short by the time limit after 9 of 33 epochs" in spec.description
    assert "another model" in spec.description


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ({"optimizer": "sgd"}, "training.optimizer: must belong to a model with a builder"),
        ({"loss": "mse"}, "training.loss: must belong to a model with a builder"),
        ({"epochs": -1}, "training.epochs: must be 1 or more for an architecture"),
        ({"class_weights": {"a": 2.0}}, "training.class_weights: must be true, false"),
    ],
)
def test_settings_that_do_not_apply_to_an_architecture_are_refused(table: dict[str, Any], line: str) -> None:
    spec = ModelSpec("mine", model=ModelTable(architecture="a.json"), training=TrainingTable(**table))
    with pytest.raises(InputError) as error:
        retraining_of(spec, MEMBER, 300, 100)
    assert line in str(error.value)


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"training": TrainingTable(averaging=0.9)}, "training.averaging"),
        ({"training": TrainingTable(rows="all")}, "training.rows"),
        ({"finals": Finals(qat_epochs=3)}, "finals"),
    ],
)
def test_settings_that_do_not_apply_to_a_builder_are_refused(changed: dict[str, Any], place: str) -> None:
    spec = ModelSpec("mine", model=ModelTable(builder="my_model.py:build"))
    require_for_builder(spec)
    with pytest.raises(InputError, match=f"^{place}: must belong to a model with an architecture"):
        require_for_builder(replace(spec, **changed))
