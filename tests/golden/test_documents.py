"""Documents that commit ce3e131 wrote: today's have every key of them, and what was stored then is still read."""

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from documents import RECORDED, losses, recorded

from nas.cli import group
from nas.errors import InputError
from nas.optimizer.run import open_ledger, stored_result
from nas.study.archive_file import load_archive, save_archive
from nas.study.result import Result
from nas.study.study import Study
from nas.study.study_file import make_study, read_study

MODEL = RECORDED / "studies" / "bc" / "bundle.tflite"
VERBS = {
    "profile": ("profile", MODEL),
    "estimate": ("estimate", "--architecture", RECORDED / "architecture.json"),
    "data": ("data",),
    "data_breast_cancer": ("data", "breast_cancer"),
    "spaces": ("spaces",),
    "spaces_mlp_tabular": ("spaces", "mlp_tabular", "--budget-kb", "2"),
    "targets": ("targets",),
    "targets_cortex_m4": ("targets", "cortex-m4"),
    "dry_run": ("search", "--space", "mlp_tabular", "--data", "breast_cancer", "--budget-kb", "2", "--dry-run"),
}

# A study may now leave open whether classes are weighed.
CHANGED = {"dry_run": [".recipe.class_weights: was boolean, is null"]}


def nas(*words: object) -> Any:
    """Run a command in this process and return its JSON document."""
    ended = CliRunner().invoke(group, [*map(str, words), "--json"], catch_exceptions=False)
    assert ended.exit_code == 0, ended.stderr
    return json.loads(ended.stdout)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the recorded study's folder."""
    return shutil.copytree(RECORDED / "studies" / "bc", tmp_path / "studies" / "bc")


def stored(folder: Path) -> tuple[Study, Result]:
    study = make_study(read_study(folder))
    return study, stored_result(folder, open_ledger(study, folder))


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_s_json_keeps_its_keys_and_their_types(name: str) -> None:
    assert losses(recorded(name), nas(*VERBS[name])) == CHANGED.get(name, [])


def test_a_result_read_from_a_recorded_journal_gives_the_recorded_winner(folder: Path) -> None:
    result = stored(folder)[1]
    document = json.loads(json.dumps(result.to_contract("studies/bc/best/model.tflite")))
    best = recorded("search")["best"]
    assert {key: document["best"][key] for key in best} == best
    assert losses(recorded("search"), document) == []
    assert losses(json.loads((folder / "results.json").read_text()), result.to_json()) == []


def test_records_are_read_from_a_recorded_journal(folder: Path) -> None:
    study = make_study(read_study(folder))
    records = open_ledger(study, folder).records()
    assert [(record.trial, record.state, record.val_accuracy is None) for record in records] == [
        (trial, "complete", False) for trial in range(5)
    ]


def test_a_recorded_bundle_is_exported_with_the_recorded_facts(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    files = nas("export", folder, "-o", out, "--bare")["files"]
    assert {Path(file).name for file in files} >= {"model.tflite", "metadata.json", "model_card.md", "model_data.c"}
    assert (out / "model.tflite").read_bytes() == MODEL.read_bytes()
    old, new = recorded("metadata"), json.loads((out / "metadata.json").read_text())
    recipe, settings = old.pop("recipe"), new.pop("recipe")
    assert {key: settings[key] for key in recipe} == recipe
    assert new.pop("parameters") == {"keys": [], "bytes": 0, "left_out": ""}
    assert new.pop("bare_sha256") == new["sha256"]
    winner, found = old["winner"], new["winner"]
    record = winner.pop("record")
    assert {key: found["record"][key] for key in record} == record
    assert {key: found[key] for key in winner} == winner
    assert {**new, "winner": None} == {**old, "winner": None}


def test_a_report_is_written_of_a_recorded_study(folder: Path) -> None:
    nas("report", folder)
    assert "99.1" in (folder / "report.html").read_text()


def test_a_recorded_study_file_is_the_study_of_its_command(folder: Path) -> None:
    study, command = stored(folder)[0], recorded("metadata")["command"]
    # It says that classes were not weighed, which was the default and now has to be asked for.
    assert study.recipe.training.class_weights is False
    assert " --recipe class_weights=false" in study.command()
    assert study.command().replace(" --recipe class_weights=false", "") == command
    assert (study.recipe.finals.finalists, study.recipe.finals.qat_epochs) == (2, 10)


def test_every_lost_key_and_every_changed_type_is_found() -> None:
    old = recorded("search")
    new = copy.deepcopy(old)
    new["best"].pop("macs")
    new["states"]["failed"] = "0"
    new["front"][0]["supported"] = 1
    assert losses(old, new) == [
        ".best.macs: missing",
        ".front[0].supported: was boolean, is number",
        ".states.failed: was number, is text",
    ]
    assert losses(old, old) == []


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (lambda text: text[: len(text) // 2], "bundle.json: must be valid JSON"),
        (lambda text: "[]", "bundle.json: must be a table of keys and values"),
        (lambda text: "{}", "bundle.json: must have the key name"),
        (lambda text: text.replace('"state": "complete"', '"state": "done"', 1), "bundle.json: winner.record.state: "),
        (lambda text: text.replace('"zero_point"', '"zero"', 1), "bundle.json: input: unknown key"),
        (lambda text: text.replace('"epochs": 10', '"epochs": 0', 1), "json: recipe: training.epochs: must be 1 or"),
    ],
)
def test_a_damaged_archive_is_one_line_with_the_place_of_the_damage(
    folder: Path, damage: Callable[[str], str], line: str
) -> None:
    file = folder / "bundle.json"
    text = file.read_text()
    file.write_text(damage(text))
    assert file.read_text() != text
    with pytest.raises(InputError) as error:
        load_archive(folder)
    assert line in str(error.value)


def test_an_archive_survives_its_files(folder: Path, tmp_path: Path) -> None:
    archive = load_archive(folder)
    save_archive(archive, tmp_path)
    assert load_archive(tmp_path) == archive


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (('"state":"complete","digest"', '"state":"done","digest"'), "study bc, trial 0: state: unknown value"),
        (('"history":{"loss":[', '"history":{"loss":["x",'), "study bc, trial 0: history.loss[0]: must be a number"),
    ],
)
def test_a_damaged_record_in_the_journal_is_one_line_that_names_its_trial(
    folder: Path, damage: tuple[str, str], line: str
) -> None:
    journal = folder / "study.journal"
    journal.write_text(journal.read_text().replace(*damage, 1))
    with pytest.raises(InputError) as error:
        stored(folder)
    assert line in str(error.value)


def test_a_recorded_study_without_a_winner_is_reported_from_its_trials(folder: Path) -> None:
    (folder / "bundle.json").unlink()
    page = Path(nas("report", folder)["report"]).read_text()
    assert "no winner yet" in page
    assert "All 5 trained candidates" in page
