"""`nas spaces` lists, describes, and tells how much fits."""

import json
from pathlib import Path

import pytest
from space_walk import SMALL, every_member, small

from nas.api.spaces import describe_space
from nas.data.source import load
from nas.space.dims import RandomChooser
from nas.space.file import load_space, space_names
from nas.target.profiler import estimate_many
from nas.target.target import find_target
from nas.task.task import TASKS
from nas.text import percent


def test_a_space_is_described_with_its_size_and_every_dimension(nas) -> None:
    shown = nas("spaces", "cnn_timeseries").out
    assert f"{load_space('cnn_timeseries').members:.3e} candidate architectures" in shown
    for words in ("conv.filters", "4..32 step 4", "3, 5, 7, 9", "0.1, 0.2, 0.3, 0.5  if regularizer is dropout"):
        assert words in shown


@pytest.mark.parametrize("name", space_names())
def test_the_description_lists_every_dimension_of_a_candidate(name: str) -> None:
    named = {f"{dim.stage}.{dim.name}" for dim in describe_space(name).dimensions}
    source = load_space(name).source
    listed = {f"{stage}.{key}" for stage in source["stages"] for key, dim in source[stage].items() if _is_open(dim)}
    assert listed
    assert listed <= named


def _is_open(dim: object) -> bool:
    """Whether a dimension of a space's file has several values."""
    return isinstance(dim, list | dict)


def test_a_space_in_a_user_s_file_is_described(nas, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(SMALL)
    document = json.loads(nas("spaces", "mine.toml", "--json").out)
    assert document["name"] == "mine"
    assert document["members"] == len(list(every_member(small())))


def test_the_share_that_fits_grows_with_the_budget(nas, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(SMALL)

    def fitting(kb: float) -> int:
        words = ("--budget-kb", kb, "--input-shape", "64,3", "--classes", 4, "--json")
        fit = json.loads(nas("spaces", "mine.toml", *words).out)["budget"]
        assert fit["limits"] == f"{kb:g} KB of weights"
        return int(fit["fitting"])

    members = [small().from_params(params, (64, 3), 4).lower().weights_bytes for params in every_member(small())]
    none, some, every = (min(members) - 1) / 1024, sorted(members)[len(members) // 2] / 1024, max(members) / 1024
    assert fitting(none) == 0 < fitting(some) < fitting(every) == 500


BOARD = """
[mine]
description = "a board"
core = "cortex-m4"
kernels = "cmsis_nn"
clock_hz = 64_000_000
ram_bytes = {}
flash_bytes = {}
datasheet = "none"
"""


@pytest.mark.parametrize("memory", ["ram", "flash"])
def test_a_board_s_ram_and_flash_limit_how_much_fits(nas, tmp_path: Path, memory: str) -> None:
    (tmp_path / "mine.toml").write_text(SMALL)
    graphs = [small().from_params(params, (64, 3), 4).lower() for params in every_member(small())]
    totals = estimate_many(graphs, find_target("cortex-m4"))
    used = sorted(getattr(each, f"{memory}_bytes") for each in totals)

    def fitting(limit: int) -> int:
        sizes = {"ram": 1 << 20, "flash": 1 << 20, memory: limit}
        (tmp_path / "board.toml").write_text(BOARD.format(sizes["ram"], sizes["flash"]))
        words = ("--target", "board.toml", "--input-shape", "64,3", "--classes", 4, "--json")
        return int(json.loads(nas("spaces", "mine.toml", *words).out)["budget"]["fitting"])

    assert fitting(used[0] - 1) == 0 < fitting(used[len(used) // 2]) < fitting(used[-1]) == 500


def test_all_spaces_are_listed_with_the_share_that_fits_a_board(nas) -> None:
    words = ("spaces", "--target", "blue-pill")
    found = {space["name"]: space["budget"] for space in json.loads(nas(*words, "--json").out)}
    assert set(found) == set(space_names())
    one = json.loads(nas("spaces", "mlp_tabular", *words[1:], "--json").out)["budget"]
    assert found["mlp_tabular"] == one
    assert one["limits"] == "20 KB of arena and 64 KB of flash"
    (line,) = [line for line in nas(*words).out.splitlines() if line.startswith("mlp_tabular")]
    assert f"{percent(one['fitting'] / one['drawn'])} fit" in line


def test_without_a_board_or_a_limit_no_share_is_computed(nas) -> None:
    assert all("budget" not in space for space in json.loads(nas("spaces", "--json").out))
    assert nas("spaces", "--classes", 4).code == 2


def test_the_shape_of_rows_is_that_of_the_space_s_own_data_by_default(nas) -> None:
    fit = json.loads(nas("spaces", "mlp_tabular", "--budget-kb", 2, "--json").out)["budget"]
    assert (fit["input_shape"], fit["classes"]) == ([30], 2)
    assert "% of 500 random candidates" in nas("spaces", "mlp_tabular", "--ram-kb", 2).out


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["mlp_tabula"], "nas: --space: unknown space 'mlp_tabula'; did you mean mlp_tabular?"),
        (["mine.toml"], "nas: mine.toml: must be a readable file"),
        (["mlp_tabular", "--budget-kb", "1", "--input-shape", "3,x"], "nas: --input-shape: must be whole numbers"),
        (["mlp_tabular", "--budget-kb", "1", "--input-shape", "0"], "nas: --input-shape: must be positive"),
        (["mlp_tabular", "--budget-kb", "1", "--input-shape", "9,9"], "nas: space mlp_tabular: rows must be a table"),
        (["mlp_tabular", "--budget-kb", "1", "--classes", "0"], "nas: --classes: must be positive"),
        (["mlp_tabular", "--budget-kb", "nan"], "nas: --budget-kb: must be above 0"),
        (["mlp_tabular", "--budget-kb", "0"], "nas: --budget-kb: must be above 0"),
        (["mlp_tabular", "--ram-kb", "-3"], "nas: --ram-kb: must be above 0"),
        (["mlp_tabular", "--budget-kb", "1", "--target", "cortex-m5"], "nas: --target: unknown target"),
    ],
)
def test_wrong_input_is_reported_in_one_line(nas, words: list[str], line: str) -> None:
    ended = nas("spaces", *words)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(line)
    assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize("name", ["autoencoder_timeseries", "autoencoder_table", "mlp_regression"])
def test_a_space_for_another_task_is_sized_by_the_networks_that_a_search_would_train(nas, name: str) -> None:
    dataset = load(load_space(name).data)
    learning, shape = load_space(name).learning(TASKS[dataset.task]()), dataset.train.x.shape[1:]
    chooser, board = RandomChooser(0), find_target("cortex-m4")
    weights = [learning.sample(chooser, shape, len(dataset.class_names)).lower().weights_bytes for _ in range(500)]
    fit = json.loads(nas("spaces", name, "--budget-kb", 1, "--json").out)["budget"]
    assert (fit["task"], fit["target"]) == (dataset.task, board.name)
    assert fit["fitting"] == sum(size <= 1024 for size in weights)
    line = nas("spaces", name, "--budget-kb", 1).out.splitlines()[-1]
    assert ("class" in line, "1 target" in line) == (False, name == "mlp_regression")
