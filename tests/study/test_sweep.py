"""A sweep's file: a study for each combination, with a name of its own."""

from pathlib import Path

import pytest

from nas.errors import InputError
from nas.study.sweep import read_sweep

GRID = """
space = "mlp_tabular"
trials = 3

[grid]
data = ["wine", "iris"]
budget_kb = [1, 2.5]
epochs = [2, 3]

[training]
batch_size = 16
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "sizes.toml"
    file.write_text(text)
    return file


def test_there_is_a_study_for_each_combination_the_last_setting_varying_fastest(tmp_path: Path) -> None:
    sweep = read_sweep(write(tmp_path, GRID))
    assert sweep.name == "sizes"
    assert [study.name for _, study in sweep.studies[:3]] == [
        "wine-1kb-epochs2",
        "wine-1kb-epochs3",
        "wine-2.5kb-epochs2",
    ]
    found = {(s.data, s.budget_kb, s.recipe.training.epochs, s.recipe.training.batch_size) for _, s in sweep.studies}
    assert found == {(data, kb, epochs, 16) for data in ("wine", "iris") for kb in (1, 2.5) for epochs in (2, 3)}
    assert all(study.trials == 3 for _, study in sweep.studies)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('space = "mlp_tabular"', "grid: must be a table of lists"),
        ('space = "mlp_tabular"\n[grid]\nseed = 3', "grid.seed: must be a list of values, got 3"),
        ('space = "mlp_tabular"\n[grid]\nseed = [1, 1]', "grid.seed: must name each value once"),
        ('space = "mlp_tabular"\n[grid]\nname = ["a"]', "grid.name: must be the same for all studies"),
        ('space = "mlp_tabular"\nseed = 1\n[grid]\nseed = [1]', "grid.seed: must not be given above the grid as well"),
        ('space = "mlp_tabular"\nbudget_kb = 1\n[grid]\nsede = [1]', "sede"),
        ('space = "mlp_tabular"\nbudget_kb = 1\n[grid]\nseed = [-1]', "seed: must be from 0"),
        ('space = "mlp_tabular"\nbudget_kb = 1\n[grid]\ndata = ["a/x.npz", "b/x.npz"]', "x twice"),
        (f'space = "mlp_tabular"\nbudget_kb = 1\n[grid]\nseed = {list(range(1001))}', "at most 1000 studies, got 1001"),
    ],
)
def test_a_wrong_grid_is_refused_in_one_line(text: str, line: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        read_sweep(write(tmp_path, text))
    assert line in str(error.value)
    assert "\n" not in str(error.value)
