"""The help of `nas search` takes names, types and defaults from the dataclasses."""

import dataclasses
import re
import tomllib

import click
import pytest

from nas.cli import group
from nas.cli.study_options import OPTIONS
from nas.cli.views.recipe import settings
from nas.codec import to_data
from nas.study.model_spec_keys import keys_of
from nas.study.recipe import TABLES, Recipe
from nas.study.study import Study

FIELDS = {field.name: field for field in dataclasses.fields(Study)}
SEARCH = group.get_command(click.Context(group), "search")


def test_every_field_of_a_study_has_an_option() -> None:
    assert set(OPTIONS) == set(FIELDS) - {"recipe"}


@pytest.mark.parametrize("name", [name for name, option in OPTIONS.items() if option.default is None])
def test_the_help_of_an_option_ends_with_the_field_s_default(name: str) -> None:
    assert SEARCH is not None
    help_text = next(str(p.help) for p in SEARCH.params if isinstance(p, click.Option) and p.name == name)
    default = FIELDS[name].default
    if default in (None, dataclasses.MISSING):
        assert "[default" not in help_text
    else:
        assert help_text.endswith(f"[default: {str(default).lower() if default is True else default}]")


@pytest.mark.parametrize("name", [name for name, option in OPTIONS.items() if option.default is not None])
def test_only_an_empty_default_is_told_in_words(name: str) -> None:
    assert FIELDS[name].default in (None, 0, "")


@pytest.mark.parametrize("table", TABLES)
def test_every_setting_of_a_recipe_is_explained(table: str) -> None:
    assert all(key.description for key in keys_of(table, TABLES[table]))


def test_the_list_of_settings_shows_tables_and_defaults(nas) -> None:
    shown = nas("search", "--help-recipe")
    assert shown.code == 0
    assert shown.out.rstrip() == settings(Recipe()).rstrip()
    for line in (
        "[training]",
        "  epochs = 10",
        "  # class_weights: true or false",
        "[augment]",
        "[fidelity]",
        "[finals]",
    ):
        assert line in shown.out


def test_a_default_in_the_list_is_the_recipe_s_own() -> None:
    assert "  epochs = 77\n" in settings(Recipe.of(epochs=77))


def test_the_list_shows_values_as_a_study_s_file_has_them() -> None:
    recipe = Recipe.of(background_snr_db=(0.0, 7.5), class_weights=True)
    lines = [line for line in settings(recipe).splitlines() if not line.startswith("      ")]
    shown = tomllib.loads("\n".join(re.sub(r"^(\[\w+\]).*|^\w.*", r"\1", line) for line in lines))
    assert shown == to_data(recipe)


def test_settings_are_explained_within_80_columns() -> None:
    assert max(map(len, settings(Recipe()).splitlines())) < 80
