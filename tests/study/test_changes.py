"""In what two definitions of a study differ."""

from pathlib import Path

import pytest

from nas.errors import InputError
from nas.study.changes import differences, refuse_changes
from nas.study.recipe import Recipe
from nas.study.study import Study

STUDY = Study(space="mlp_tabular", data="wine", budget_kb=2.0)


def test_a_definition_does_not_differ_from_itself() -> None:
    assert differences(STUDY.definition(), STUDY.definition()) == {}


def test_settings_of_the_recipe_are_named_alone() -> None:
    other = Study(space="mlp_tabular", data="wine", name=STUDY.name, budget_kb=3.0, recipe=Recipe.of(qat_epochs=3))
    assert differences(STUDY.definition(), other.definition()) == {"budget_kb": (2.0, 3.0), "qat_epochs": (10, 3)}


@pytest.mark.parametrize("written", ["recordings/", "./recordings", "../here/recordings", "{}/recordings"])
def test_a_path_may_be_written_in_other_ways(written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here" / "recordings").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    assert differences({"data": "recordings"}, {"data": written.format(tmp_path / "here")}) == {}
    assert differences({"data": "recordings"}, {"data": "records"}) == {"data": ("recordings", "records")}


def test_equal_contents_are_the_same_data_and_space_wherever_they_lie() -> None:
    one = {"data": "a.npz", "space": "x.toml", "seed": 0, "data content": "d", "space content": "s"}
    other = {**one, "data": "/elsewhere/a.npz", "space": "y.toml"}
    assert differences(one, other) == {}
    assert set(differences(one, {**other, "data content": "e"})) == {"data", "data content"}


@pytest.mark.parametrize(
    ("new", "hint"),
    [({"seed": 1}, "leave it as before"), ({"seed": 1, "budget_kb": 6.0}, "leave them as before")],
)
def test_a_refusal_names_each_setting_that_has_changed_and_says_to_leave_it(new: dict[str, object], hint: str) -> None:
    old = {"seed": 0, "budget_kb": 4.0}
    with pytest.raises(InputError, match=hint) as caught:
        refuse_changes("mine", old, {**old, **new})
    assert all(f"{key} was {old[key]}, is {value}" in str(caught.value) for key, value in new.items())
