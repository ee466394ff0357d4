"""`nas studies`: the list, one study, several side by side, and deletion."""

import io
import json
import shlex
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from nas.api.catalog import show_study
from nas.cli.views.studies import kept, listing, next_steps
from nas.optimizer.run import open_ledger
from nas.study.overview import StudySummary
from nas.study.result import Result

from .conftest import STUDY


@pytest.fixture
def studies(stopped: Path, result: Result, root: Path) -> Path:
    """A folder with a finished study, one that was stopped before its finals, and one that was never run."""
    folder = stopped.parent
    shutil.copytree(root / "mine", folder / "done")
    done = replace(STUDY, name="mine", trials=9)
    (folder / "done" / "study.toml").write_text(done.to_toml())
    (folder / "new").mkdir()
    (folder / "new" / "study.toml").write_text(replace(STUDY, name="new", budget_kb=3.0, seed=1).to_toml())
    return folder


def test_the_list_has_every_study_with_its_state_and_the_winner_s_figures(nas, studies: Path, result: Result) -> None:
    assert result.winner is not None
    by_folder = {entry["name"]: entry for entry in json.loads(nas("studies", "--json").out)}
    assert {name: entry["state"] for name, entry in by_folder.items()} == {
        "done": "finished",
        "mine": "stopped",
        "new": "not begun",
    }
    done = by_folder["done"]
    assert (done["best"], done["trials"]) == (result.winner.record.trial, result.trials)
    assert result.winner.tested is not None
    assert done["test_score"] == result.winner.tested.metrics["accuracy"].value
    assert done["figures"]["weights_bytes"] == result.winner.record.profiled["weights_bytes"]  # type: ignore[index]
    shown = nas("studies").out
    assert all(word in shown for word in ("finished", "stopped", "not begun"))
    assert max(map(len, shown.splitlines())) <= 80


def test_an_empty_folder_has_no_studies(nas) -> None:
    assert (nas("studies").code, json.loads(nas("studies", "--json").out)) == (0, [])


def test_a_study_that_cannot_be_read_does_not_hide_the_others(nas, studies: Path) -> None:
    (studies / "new" / "study.toml").write_text("space = [")
    ended = nas("studies", "--json")
    assert ended.code == 0
    broken = next(entry for entry in json.loads(ended.out) if entry["state"] == "unreadable")
    assert broken["name"] == "new"
    assert "must be valid TOML" in broken["reason"]
    assert "must be valid TOML" in " ".join(nas("studies").out.split())


def test_a_study_is_shown_with_the_commands_that_lead_on(nas, studies: Path) -> None:
    finished, stopped, new = (nas("studies", "show", name).out for name in ("done", "mine", "new"))
    assert "nas export studies/done" in finished
    assert "test accuracy" in finished
    assert "nas search studies/mine --finish" in stopped
    assert "best so far" in stopped
    assert "--finish" not in new
    assert "nas search studies/new" in new


def test_a_study_that_has_all_its_trials_is_searched_on_with_more_of_them(nas, studies: Path, result: Result) -> None:
    done = studies / "done"
    (done / "study.toml").write_text(replace(STUDY, trials=result.trials).to_toml())
    assert f"nas search studies/done --minutes 10 --trials {2 * result.trials}\n" in nas("studies", "show", "done").out
    (done / "study.toml").write_text(replace(STUDY, trials=result.trials + 1).to_toml())
    assert "nas search studies/done --minutes 10\n" in nas("studies", "show", "done").out


def test_the_commands_that_lead_on_can_be_copied_where_the_folder_has_spaces(studies: Path) -> None:
    for name in ("done", "mine", "new"):
        for step in next_steps(replace(show_study(name, studies), folder="my studies/mine")):
            assert "my studies/mine" in shlex.split(step)


def test_a_published_study_is_shown_by_its_results_alone(nas, studies: Path, result: Result) -> None:
    for path in (studies / "done").iterdir():
        if path.name not in ("study.toml", "results.json"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shown = json.loads(nas("studies", "show", "done", "--json").out)
    assert result.winner is not None
    assert (shown["state"], shown["best"], shown["seconds"]) == ("finished", result.winner.record.trial, None)


def test_a_comparison_names_the_settings_that_differ(nas, studies: Path) -> None:
    found = json.loads(nas("studies", "compare", "done", "new", "--json").out)
    assert found["differences"] == {"budget_kb": [2.0, 3.0], "seed": [0, 1]}
    assert [Path(study["folder"]).name for study in found["studies"]] == ["done", "new"]
    assert "budget_kb" in nas("studies", "compare", "done", "new").out
    assert nas("studies", "compare", "done").code == 2


def test_studies_on_one_path_whose_content_was_replaced_do_not_compare(nas, studies: Path) -> None:
    ledger = open_ledger(STUDY, studies / "done")
    ledger.put("identity", {**ledger.get("identity"), "data content": "0" * 64})
    ended = nas("studies", "compare", "done", "mine")
    assert "note: the content of the data differs: scores on other data do not compare" in ended.out
    assert "*" not in ended.out
    found = json.loads(nas("studies", "compare", "done", "mine", "--json").out)
    assert found["differences"]["data content"][0] == "0" * 12
    assert all(one["leads"] is None for one in found["fronts"]["weights_bytes"])


def test_a_comparison_has_the_fronts_of_all_studies_in_a_table_a_document_and_a_page(
    nas, studies: Path, result: Result
) -> None:
    shown = nas("studies", "compare", "done", "mine").out
    assert "fronts: best validation accuracy" in shown
    assert "mine has no winner yet (stopped)" in " ".join(shown.split())
    ended = nas("studies", "compare", "done", "mine", "--json", "-o", "two.html")
    found, page = json.loads(ended.out), Path("two.html").read_text()
    assert found["page"] == "two.html"
    for number in (0, 1):
        members = [one for one in found["fronts"]["weights_bytes"] if one["study"] == number]
        assert [one["trial"] for one in members] == [record.trial for record in result.front]
        assert [one["score"] for one in members] == [record.val_score for record in result.front]
    # Equal candidates of two studies do not beat each other.
    assert all(one["leads"] for one in found["fronts"]["weights_bytes"])
    assert page.count("<svg") == len(found["fronts"])
    for record in result.front:
        assert f"done, trial {record.trial}: " in page


def test_a_published_study_is_compared_by_the_front_in_its_results(nas, studies: Path, result: Result) -> None:
    for path in (studies / "done").iterdir():
        if path.name not in ("study.toml", "results.json"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    found = json.loads(nas("studies", "compare", "done", "mine", "--json").out)
    members = [one for one in found["fronts"]["weights_bytes"] if one["study"] == 0]
    assert [one["digest"] for one in members] == [record.digest for record in result.front]
    assert any("only results.json is here" in text for text in found["cautions"])


def test_studies_without_candidates_are_compared_by_their_settings_alone(nas, studies: Path) -> None:
    ended = nas("studies", "compare", "new", "new", "-o", "none.html")
    assert ended.code == 0
    assert "fronts" not in ended.out
    assert "<svg" not in Path("none.html").read_text()


def test_a_study_is_deleted_with_its_folder_only_when_that_is_confirmed(
    nas, studies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.confirm", lambda *_, **__: False)
    refused = nas("studies", "delete", "mine")
    assert (refused.code, len(refused.complaints)) == (1, 1)
    assert (studies / "mine").is_dir()
    deleted = nas("studies", "delete", "mine", "--yes", "--json")
    assert json.loads(deleted.out) == {"study": "mine", "folder": "studies/mine", "mlflow_runs": 0}
    assert sorted(path.name for path in studies.iterdir()) == ["done", "new"]


def test_a_copied_study_is_deleted_without_the_trials_and_runs_of_the_original(
    nas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = replace(STUDY, storage=f"sqlite:///{tmp_path}/trials.db")
    for name in ("mine", "copy"):
        (tmp_path / "studies" / name).mkdir(parents=True)
        (tmp_path / "studies" / name / "study.toml").write_text(stored.to_toml())
    open_ledger(stored, tmp_path / "studies" / "mine").put("stopped", "by patience")
    asked: list[str] = []
    monkeypatch.setattr("nas.api.catalog.delete_runs", lambda *_, **which: asked.append(which["study"]) or 0)
    assert nas("studies", "delete", tmp_path / "studies" / "copy", "--yes").out.endswith(
        f"a copy of {tmp_path}/studies/mine, whose runs in MLflow are kept\n"
    )
    assert [path.name for path in (tmp_path / "studies").iterdir()] == ["mine"]
    assert asked == []
    assert open_ledger(stored, tmp_path / "studies" / "mine").get("stopped") == "by patience"
    # One that was only renamed has no other.
    (tmp_path / "studies" / "mine").rename(tmp_path / "studies" / "renamed")
    assert nas("studies", "delete", tmp_path / "studies" / "renamed", "--yes").code == 0
    assert asked == ["mine"]
    assert open_ledger(stored, tmp_path / "studies" / "mine").get("stopped") is None


def test_a_running_study_is_not_deleted(nas, studies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nas.optimizer.ledger.Ledger.runner", lambda _: "host:1")
    ended = nas("studies", "delete", "mine", "--yes")
    assert (ended.code, len(ended.complaints)) == (1, 1)
    assert "must not be running" in ended.err
    assert (studies / "mine").is_dir()


def test_the_trials_of_a_deleted_study_are_removed_from_its_storage(nas, tmp_path: Path) -> None:
    stored = replace(STUDY, storage=f"sqlite:///{tmp_path}/trials.db")
    folder = tmp_path / "studies" / "mine"
    folder.mkdir(parents=True)
    (folder / "study.toml").write_text(stored.to_toml())
    open_ledger(stored, folder).put("stopped", "by patience")
    assert nas("studies", "delete", "mine", "--yes").code == 0
    assert open_ledger(stored, folder).get("stopped") is None


def test_an_interrupted_search_says_what_is_kept_and_which_commands_lead_on(studies: Path) -> None:
    stopped = show_study("mine", studies)
    told = kept(stopped)
    assert told.startswith(f"{stopped.trials} trials ended, {stopped.complete} complete; all is kept; ")
    for words in (f"nas search {stopped.folder} --finish", f"nas report {stopped.folder}"):
        assert words in told
    assert "--finish" not in kept(replace(stopped, complete=0))
    won = kept(replace(stopped, state="finished", best=3))
    assert "trial 3 has won; all is kept; go on, or write its files: nas search" in won
    assert "--finish" not in won
    assert kept(replace(stopped, trials=1, complete=1)).startswith("1 trial ended, 1 complete; ")
    assert kept(show_study("new", studies)) == "no trial had ended; the same command begins again"


def test_the_list_of_studies_shows_whole_names_in_a_narrow_window() -> None:
    name = "cnn_timeseries-" + "a_long_name_of_data-" * 5 + "6kb"
    shown = io.StringIO()
    console = Console(width=60, file=shown)
    console.print(listing([StudySummary(name, f"studies/{name}", "finished", "", {}, trials=3)], ["broken"]))
    column = [line.split(" ")[0] for line in shown.getvalue().splitlines()]
    assert name in "".join(column)


@pytest.mark.parametrize("width", [60, 80])
def test_the_list_of_studies_cuts_no_state_or_figure_in_a_narrow_window(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    runner = "process 1234567 of build-machine-03.example.org"
    figures = {"weights_bytes": 6123, "arena_min_bytes": 123_456}
    running = StudySummary("uci_har-6kb-pareto", "", "running", "", {}, trials=1234, val_score=0.9123, figures=figures)
    found = [replace(running, runner=runner), StudySummary("a", "", "not begun", "", {})]
    text = listing(found, ["broken"]).plain
    assert max(map(len, text.splitlines())) <= width
    for words in (running.name, "running", runner, "1234", "91.2 %", "6,123 B", "120.6 KB", "not begun", "unreadable"):
        assert words in text


def test_the_list_of_studies_breaks_no_name_at_80_columns() -> None:
    name = "cnn_timeseries-synthetic-6kb"
    shown = io.StringIO()
    Console(width=80, file=shown).print(listing([StudySummary(name, "", "finished", "", {}, trials=3)], []))
    lines = shown.getvalue().splitlines()
    assert any(name in line for line in lines)
    assert any("finished" in line for line in lines)
