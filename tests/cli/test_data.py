"""`nas data` lists, describes, and says in one line what cannot be described."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from nas.cli.verbs.data import command
from nas.data.source import SOURCES
from nas.errors import InputError


def run(*arguments: str, refused: bool = False) -> str:
    result = CliRunner().invoke(command, arguments)
    if isinstance(result.exception, InputError):
        raise result.exception
    assert result.exit_code == int(refused)
    return result.output


def test_the_list_names_every_source() -> None:
    assert [entry["name"] for entry in json.loads(run("--json"))] == list(SOURCES)
    assert all(name in run() for name in SOURCES)


def test_the_json_document_describes_the_split() -> None:
    document = json.loads(run("wine", "--json"))
    assert sum(part["rows"] for part in document["parts"].values()) == 178
    assert document["row_shape"] == [13]


def test_the_table_shows_classes_parts_and_baseline() -> None:
    shown = run("synthetic", "--seed", "3")
    for word in (
        "5120 windows of 128 x 6",
        "50 Hz",
        "stairs_up",
        "train",
        "val",
        "test",
        "groups",
        "majority baseline",
    ):
        assert word in shown


def test_data_that_a_search_refuses_are_still_described(tmp_path: Path) -> None:
    x = np.full((6, 4), np.nan)
    np.savez(tmp_path / "bad.npz", x_train=x, y_train=[0, 1] * 3)
    shown = " ".join(run(str(tmp_path / "bad.npz"), refused=True).split())
    assert "a search refuses" in shown
    assert "6 bad rows of 6" in shown
    json.loads(run(str(tmp_path / "bad.npz"), "--json", refused=True), parse_constant=pytest.fail)


def test_the_last_line_is_the_whole_command_that_mends(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(60, 8, 3))
    x[:, :, 2] = np.arange(60)[:, None] % 2
    folder = tmp_path / "a folder with a name that is longer than the lines of a terminal of eighty columns"
    folder.mkdir()
    np.savez(folder / "a.npz", x_train=x, y_train=np.arange(60) % 2, group_train=np.arange(60) // 2)
    shown = run(str(folder / "a.npz"), "--seed", "3", refused=True).splitlines()
    assert shown[-2:] == [
        "verdict: 1 error; a search refuses these data",
        f"mend with: nas data '{folder}/a.npz' --seed 3 --drop-columns 2",
    ]
    assert run(str(folder / "a.npz"), "--drop-columns", "2").splitlines()[-1] == "verdict: ready to search"


def test_no_command_is_given_that_would_drop_every_column(tmp_path: Path) -> None:
    x = np.repeat(np.arange(60)[:, None, None] % 2, 8, axis=1) + np.zeros(3)
    np.savez(tmp_path / "a.npz", x_train=x, y_train=np.arange(60) % 2, group_train=np.arange(60) // 2)
    shown = run(str(tmp_path / "a.npz"), refused=True)
    assert "a search refuses these data" in shown
    assert "mend with" not in shown


def test_json_has_the_verdict_and_each_finding_with_its_place_and_mend(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(60, 8, 3))
    np.savez(tmp_path / "a.npz", x_train=x, y_train=np.arange(60) % 2)
    document = json.loads(run(str(tmp_path / "a.npz"), "--json"))
    assert document["verdict"].startswith("1 warning")
    assert [set(finding) for finding in document["findings"]] == [{"kind", "level", "place", "text", "mend"}]
    assert document["findings"][0]["place"] == "group_train"
    assert (document["errors"], document["warnings"]) == ([], [document["findings"][0]["text"]])


def test_names_in_square_brackets_are_printed_as_they_are(tmp_path: Path) -> None:
    np.savez(
        tmp_path / "a.npz", x_train=np.eye(6, 4), y_train=["[red]a", "b"] * 3, channel_names=["[m/s]", "b", "c", "d"]
    )
    shown = run(str(tmp_path / "a.npz"))
    assert "[red]a" in shown
    assert "[m/s]" in shown


def test_an_unknown_source_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match="did you mean wine"):
        run("whine")


def test_the_help_has_an_example() -> None:
    assert "nas data recordings/" in run("--help")
    assert "Example: nas data" in run("describe", "--help")
