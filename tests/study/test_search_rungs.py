"""The epochs of a search's rungs, when small data makes its trainings longer."""

import pytest

from nas.study.recipe import Recipe
from nas.study.retraining import search_rungs
from nas.task.classification import Classification

RECIPE = Recipe.of(epochs=10, batch_size=64, min_steps=800, first_rung=2, rung_factor=3)


def test_with_enough_rows_the_first_rung_comes_when_the_recipe_says():
    assert search_rungs(RECIPE, 80 * 64, Classification()) == (2, 6)


@pytest.mark.parametrize(("steps", "epochs"), [(40, 20), (20, 40), (2, 400)])
def test_rungs_of_a_longer_training_are_at_the_same_fractions_of_it(steps, epochs):
    assert search_rungs(RECIPE, steps * 64, Classification()) == (epochs * 2 // 10, epochs * 6 // 10)


def test_a_first_rung_that_falls_within_an_epoch_comes_at_its_end():
    # 800 steps of 53 an epoch take 16 epochs; a fifth of them is 3.2.
    assert search_rungs(RECIPE, 53 * 64, Classification()) == (4, 12)


def test_without_a_first_rung_a_longer_training_has_none_either():
    assert search_rungs(RECIPE.replace(first_rung=0), 2 * 64, Classification()) == ()
