"""Settings of training: their ranges, their tables and their documents."""

import json
import math
from dataclasses import fields

import pytest

from nas.codec import Place
from nas.errors import InputError
from nas.study.recipe import TABLES, Finals, Recipe, Training


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("epochs", 0),
        ("batch_size", 0),
        ("finalists", 0),
        ("final_epochs", 0),
        ("winner_epochs", 0),
        ("final_folds", 1),
        ("rung_factor", 1),
        ("patience", -1),
        ("learning_rate", 0.0),
        ("learning_rate", math.nan),
        ("temperature", 0.0),
        ("label_smoothing", 1.0),
        ("time_warp", 1.0),
        ("averaging", 1.0),
        ("averaging", -0.1),
        ("jitter", -0.1),
        ("jitter", math.inf),
        ("scaling", math.nan),
        ("mixup", -1.0),
        ("rotation", 181.0),
        ("rotation", -1.0),
        ("shift", 0.6),
        ("distillation", 1.1),
    ],
)
def test_the_error_for_a_setting_out_of_range_names_it(name, wrong):
    with pytest.raises(InputError, match=rf"^\w+\.{name}: must be "):
        Recipe.of(**{name: wrong})


def test_a_small_data_set_gets_the_epochs_that_min_steps_needs():
    recipe = Recipe.of(batch_size=10, min_steps=100)
    assert [recipe.training.at_least_min_steps(5, rows) for rows in (50, 100, 1000)] == [20, 10, 5]
    assert recipe.training.at_least_min_steps(5, 3) == 100


def test_quantization_aware_epochs_are_in_proportion_to_the_epochs_of_the_training():
    finals = Finals(final_epochs=80, qat_epochs=10)
    assert [finals.qat_epochs_after(epochs) for epochs in (320, 80, 40, 8, 1)] == [40, 10, 5, 1, 1]
    assert Finals(qat_epochs=0).qat_epochs_after(80) == 0


def test_a_recipe_survives_json():
    recipe = Recipe(training=Training(epochs=5, patience=1), finals=Finals(qat_epochs=7))
    assert Recipe.from_json(json.loads(json.dumps(recipe.to_json())), Place("file")) == recipe


def test_a_setting_by_a_former_name_is_read():
    assert Recipe.from_json({"rounded_epochs": 7}, Place("file")) == Recipe(finals=Finals(qat_epochs=7))


def test_no_two_tables_have_a_setting_of_the_same_name():
    assert len(Recipe().settings()) == sum(len(fields(table)) for table in TABLES.values())
