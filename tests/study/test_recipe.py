"""Settings of training that make no sense are refused by name."""

import math

import pytest

from nas.errors import InputError
from nas.study.recipe import Recipe


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
def test_a_wrong_value_is_named(name, wrong):
    with pytest.raises(InputError, match=rf"^recipe\.{name}: must be "):
        Recipe(**{name: wrong})


def test_few_rows_get_as_many_epochs_as_min_steps_need():
    recipe = Recipe(batch_size=10, min_steps=100)
    assert [recipe.passes(5, rows) for rows in (50, 100, 1000)] == [20, 10, 5]
    assert recipe.passes(5, 3) == 100


def test_a_final_training_has_epochs_with_rounding_in_proportion_to_its_length():
    recipe = Recipe(final_epochs=80, rounded_epochs=10)
    assert [recipe.rounded(epochs) for epochs in (320, 80, 40, 8, 1)] == [40, 10, 5, 1, 1]
    assert Recipe(rounded_epochs=0).rounded(80) == 0
