"""Flags, a study.toml and keyword arguments are one Study."""

import dataclasses
import shlex
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from nas.cli.verbs.search import command
from nas.errors import InputError
from nas.space.dims import RandomChooser
from nas.space.file import space_names
from nas.study.cluster import Cluster
from nas.study.recipe import Recipe
from nas.study.study import OUTPUTS, RUN_FIELDS, Study
from nas.study.study_file import make_study, read_study
from nas.target.footprint import Totals
from nas.target.profiler import estimate_many
from nas.target.target import Target, find_target, known_targets

positive = st.floats(0.01, 1e6)
# A path may hold anything but what no file system takes.
paths = st.text(st.characters(exclude_characters="\0\n\r", exclude_categories=["Cs"]), min_size=1).filter(
    lambda text: not text.startswith("-")
)
recipes = st.builds(
    Recipe.of,
    epochs=st.integers(1, 500),
    learning_rate=st.floats(1e-6, 1),
    patience=st.integers(0, 9),
    label_smoothing=st.floats(0, 0.9),
    final_folds=st.integers(2, 5),
    background_snr_db=st.tuples(st.floats(-60, 0), st.floats(0, 100)),
)
studies = st.builds(
    Study,
    space=st.sampled_from(space_names()),
    data=st.just("") | st.just("wine") | paths,
    name=st.just("") | st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]*", fullmatch=True),
    target=st.sampled_from(sorted(known_targets())),
    budget_kb=positive,
    ram_kb=st.none() | positive,
    flash_kb=st.none() | positive,
    macs_k=st.none() | positive,
    objective=st.sampled_from(["weighted", "accuracy", "pareto-macs"]),
    accuracy_weight=st.floats(0.01, 1),
    metric=st.sampled_from(["auto", "accuracy", "macro_f1"]),
    sampler=st.sampled_from(["random", "tpe", "nsga2", "evolution"]),
    starts=st.booleans(),
    output=st.sampled_from(["probabilities", "logits"]),
    window=st.none() | st.integers(1, 999),
    rate_hz=st.none() | positive,
    labels=st.none() | paths,
    seed=st.integers(0, 2**32 - 1),
    recipe=recipes,
    trials=st.none() | st.integers(1, 999) | st.just(60),
    minutes=st.none() | positive | st.just(10.0),
    jobs=st.integers(0, 64),
    storage=st.none() | paths,
    cluster=st.none()
    | st.builds(Cluster, st.sampled_from(["local", "tcp://10.0.0.5:8786", "tls://[::1]:8786", "ssh://u@a,b:22"])),
    tracking_uri=st.none() | st.just("none") | paths,
)


@given(study=studies)
def test_a_study_survives_toml(study: Study, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.getbasetemp() / "study.toml"
    file.write_bytes(study.to_toml().encode())
    assert make_study(read_study(file)) == study


@given(study=studies)
def test_the_command_of_a_study_makes_the_same_study(study: Study, tmp_path_factory: pytest.TempPathFactory) -> None:
    nas, verb, *arguments = shlex.split(study.command())
    assert (nas, verb) == ("nas", "search")
    with patch("nas.check_search", return_value=[]):  # the data need not exist
        shown = CliRunner().invoke(command, [*arguments, "--dry-run"], catch_exceptions=False)
    file = tmp_path_factory.getbasetemp() / "dry.toml"
    file.write_bytes(shown.stdout_bytes)
    assert make_study(read_study(file)) == study


def test_the_command_of_a_study_without_a_budget_has_no_budget() -> None:
    words = shlex.split(Study(space="mlp_tabular", objective="accuracy", trials=5).command())
    assert "--budget-kb" not in words
    assert "--minutes" not in words
    assert words[words.index("--trials") + 1] == "5"


@given(studies, studies)
def test_the_limits_of_a_run_are_not_part_of_the_definition(one: Study, other: Study) -> None:
    moved = dataclasses.replace(one, **{key: getattr(other, key) for key in RUN_FIELDS})
    assert moved.definition() == one.definition()


def test_data_and_name_come_from_the_space_and_the_budget() -> None:
    study = Study(space="cnn_timeseries", budget_kb=6)
    assert (study.data, study.name) == ("synthetic", "cnn_timeseries-synthetic-6kb")
    assert Study(space="cnn_image", data="../some data.npz", budget_kb=1.5, seed=3).name == (
        "cnn_image-some_data-1.5kb-seed3"
    )


def test_a_run_ends_after_60_trials_or_10_minutes_unless_one_of_them_is_given() -> None:
    limits = [
        (study.trials, study.minutes)
        for study in (
            Study(space="mlp_tabular", budget_kb=1),
            Study(space="mlp_tabular", budget_kb=1, trials=5),
            Study(space="mlp_tabular", budget_kb=1, minutes=2),
        )
    ]
    assert limits == [(60, 10.0), (5, None), (None, 2)]


def test_a_study_without_limits_of_its_own_has_those_of_the_board() -> None:
    board = next(target for target in known_targets().values() if target.ram_bytes)
    assert Study(space="mlp_tabular", budget_kb=1.5).budget(board).limits() == {
        "weights": 1536,
        "ram": board.ram_bytes,
        "flash": board.flash_bytes,
    }
    assert Study(space="mlp_tabular", budget_kb=1, ram_kb=2).budget(board).ram_bytes == 2048
    assert Study(space="mlp_tabular", budget_kb=1, macs_k=1.5).budget(board).macs == 1500
    assert Study(space="mlp_tabular", budget_kb=1).budget(find_target("cortex-m4")).limits() == {"weights": 1024}


def test_a_board_alone_is_a_budget_whose_weights_have_what_the_flash_leaves() -> None:
    board = find_target("blue-pill")
    study = Study(space="mlp_tabular", target=board.name)
    limits = study.budget(board).limits()
    assert (limits["ram"], limits["flash"]) == (board.ram_bytes, board.flash_bytes)
    code = [totals.flash.code for totals in members_of(study, board)]
    assert limits["weights"] == limits["flash"] - min(code) > 0
    assert study.name == "mlp_tabular-breast_cancer-blue-pill"
    assert Study(space="mlp_tabular", flash_kb=64).budget(find_target("cortex-m4")).limits()["flash"] == 64 * 1024


def test_without_softmax_more_of_a_flash_is_left_for_weights() -> None:
    board = find_target("blue-pill")
    budgets = [Study(space="cnn_timeseries", target=board.name, output=output).budget(board) for output in OUTPUTS]
    assert budgets[0].weights_bytes < budgets[1].weights_bytes < board.flash_bytes


def members_of(study: Study, board: Target) -> list[Totals]:
    """The totals of random members on data of another shape than any that the study knows."""
    space, chooser = study.searched(), RandomChooser(7)
    return estimate_many([space.sample(chooser, (31,), 5).lower() for _ in range(300)], board)


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"budget_kb": 0}, "budget_kb: must be above 0 and at most 4,194,304 KB, got 0"),
        ({"budget_kb": float("nan")}, "budget_kb: must be above 0"),
        ({"budget_kb": float("inf")}, "budget_kb: must be above 0"),
        ({"budget_kb": 1e-4}, "budget_kb: must be 1 byte or more"),
        ({"ram_kb": -1}, "ram_kb: must be above 0"),
        ({"macs_k": 0}, "macs_k: must be from 0.001 to 1,000,000,000, in thousands, got 0"),
        ({"macs_k": float("nan")}, "macs_k: must be from 0.001"),
        ({"minutes": float("inf")}, "minutes: must be above 0"),
        ({"trials": 0}, "trials: must be above 0"),
        ({"budget_kb": 1e308}, "budget_kb: must be above 0 and at most 4,194,304 KB"),
        ({"macs_k": 1e308}, "macs_k: must be from 0.001 to 1,000,000,000"),
        ({"minutes": 1e308}, "minutes: must be above 0 and at most 1,000,000"),
        ({"rate_hz": 1e9}, "rate_hz: must be above 0 and at most 10,000,000"),
        ({"jobs": -1}, "jobs: must be 0 or more"),
        ({"cluster": "10.0.0.5:8786"}, "cluster: must be tcp://HOST:PORT"),
        ({"cluster": "tcp://10.0.0.5"}, "cluster: must be tcp://HOST:PORT"),
        ({"cluster": "ssh://a,-oProxyCommand=x"}, "cluster: must be tcp://HOST:PORT"),
        ({"cluster": "ssh://a,b,a"}, "cluster: must name each machine once"),
        ({"seed": -1}, "seed: must be from 0"),
        ({"seed": 2**32}, "seed: must be from 0"),
        ({"accuracy_weight": 0}, "accuracy_weight: must be in"),
        ({"accuracy_weight": 1.01}, "accuracy_weight: must be in"),
        ({"accuracy_weight": float("nan")}, "accuracy_weight: must be in"),
        ({"budget_kb": None}, "budget_kb: must be given for the weighted objective; or give a board as target"),
        (
            {"objective": "weigthed"},
            "unknown objective 'weigthed'; did you mean weighted",
        ),
        (
            {"metric": "balanced"},
            "metric: unknown metric 'balanced'; did you mean balanced_accuracy",
        ),
        ({"name": "../up"}, "name: must be letters"),
        ({"name": "-x"}, "name: must be letters"),
        ({"space": "mlp_tabula"}, "space: unknown space 'mlp_tabula'; did you mean mlp_tabular"),
    ],
)
def test_the_error_for_a_wrong_field_names_its_flag(fields: dict[str, Any], line: str) -> None:
    with pytest.raises(InputError) as error:
        Study(**{"space": "mlp_tabular", "budget_kb": 4.0, **fields})
    assert line in str(error.value)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "study.toml: must name a space; such as space='cnn_timeseries', data="),
        ("space = 3", "study.toml: space: must be text, got 3"),
        ("space = 'mlp_tabular'\nbudget_kb = '4'", "study.toml: budget_kb: must be a number"),
        ("space = 'mlp_tabular'\nbudget_kb = true", "study.toml: budget_kb: must be a number"),
        ("space = 'mlp_tabular'\nseed = 1.5", "study.toml: seed: must be a whole number"),
        (
            "space = 'mlp_tabular'\nbudget = 4",
            "unknown key 'budget'; did you mean budget_kb",
        ),
        ("space = 'mlp_tabular'\nrecipe = 'long'", "study.toml: recipe: must be a table of settings"),
        ("space = 'mlp_tabular'\n[recipe]\nepoch = 3", "study.toml: recipe: unknown key 'epoch'"),
        (
            "space = 'mlp_tabular'\n[recipe]\nepochs = true",
            "study.toml: training.epochs: must be a whole number, got True",
        ),
        ("space = 'mlp_tabular'\n[recipe]\nepochs = 0", "study.toml: training.epochs: must be 1 or more, got 0"),
        ("space = [", "study.toml: must be valid TOML"),
    ],
)
def test_the_error_for_a_mistake_in_a_study_file_names_its_key(text: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(text)
    with pytest.raises(InputError) as error:
        make_study(read_study(tmp_path), "study.toml")
    assert line in str(error.value)


def test_a_whole_number_is_accepted_for_a_setting_that_may_be_fractional() -> None:
    assert make_study({"space": "mlp_tabular", "budget_kb": 4}).budget_kb == 4


def test_a_missing_study_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"must be a readable file, but there is none"):
        read_study(tmp_path / "nowhere.toml")


def test_settings_by_name_alone_override_those_in_tables() -> None:
    values = {"training": {"epochs": 3, "patience": 1}, "recipe": {"epochs": 5, "rounded_epochs": 7}}
    recipe = make_study({"space": "mlp_tabular", "budget_kb": 4, **values}).recipe
    assert recipe == Recipe.of(epochs=5, patience=1, qat_epochs=7)
