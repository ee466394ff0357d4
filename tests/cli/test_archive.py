"""`nas archive` on a study that was run in this process."""

import getpass
import hashlib
import json
import platform
import shutil
import zipfile
from pathlib import Path

import pytest

from nas.api.data import load_data
from nas.api.loading import load
from nas.api.studies import open_study
from nas.codec import to_data
from nas.study.archive_file import archive_of, load_archive
from nas.study.archive_zip import read_archive
from nas.study.result import Result
from nas.target.profiler import profile

WINNER = "mine/best/mine.nas.zip"


@pytest.fixture
def file(root: Path, result: Result) -> Path:
    """The archive that the search wrote."""
    return root / WINNER


def test_a_search_writes_the_winner_s_archive_beside_its_files(file: Path, root: Path) -> None:
    members = read_archive(file).members
    assert members["tflite/int8.tflite"] == (root / "mine" / "bundle.tflite").read_bytes()
    assert members["weights.npz"] == (root / "mine" / "models" / "winner.npz").read_bytes()
    assert {"archive.json", "study.toml", "space.toml", "architecture.json", "profile.json", "evaluation.json"} <= {
        *members
    }
    assert {"history.json", "environment.json", "metadata.json", "figures/pareto_front.svg"} <= {*members}


def test_the_archive_holds_every_fact_of_the_study_s_winner(file: Path, root: Path) -> None:
    kept, found = (to_data(archive) for archive in (load_archive(root / "mine"), archive_of(read_archive(file))))
    assert found == kept


def test_its_profile_is_that_of_its_model(file: Path) -> None:
    members = read_archive(file).members
    stored = json.loads(members["profile.json"])
    footprint = json.loads(json.dumps(profile(members["tflite/int8.tflite"], stored["target"]).to_json()))
    assert {**stored, "file": ""} == footprint


def test_it_names_nothing_of_this_machine(nas, root: Path, file: Path, tmp_path: Path) -> None:
    nas("archive", root / "mine", "-o", "again.nas.zip")
    words = [platform.node(), str(Path.home()), str(root), str(tmp_path), str(root.parent), getpass.getuser() + "/"]
    for archive in (file, tmp_path / "again.nas.zip"):
        for name, content in read_archive(archive).members.items():
            if not name.endswith((".tflite", ".npz", ".npy", ".keras")):
                assert [word for word in words if word in content.decode()] == [], name


def test_show_lists_each_member_with_its_size_and_digest(nas, file: Path) -> None:
    ended = nas("archive", "show", file, "--json")
    shown = json.loads(ended.out)
    with zipfile.ZipFile(file) as archive:
        there = {name: archive.read(name) for name in archive.namelist() if name != "manifest.json"}
    assert (ended.code, ended.err) == (0, "")
    assert {member["name"]: (member["bytes"], member["sha256"]) for member in shown["members"]} == {
        name: (len(content), hashlib.sha256(content).hexdigest()) for name, content in there.items()
    }
    assert shown["versions"].keys() >= {"nas", "python", "tensorflow", "keras", "ai-edge-litert", "numpy", "platform"}
    text = nas("archive", "show", file).out
    assert all(name in text for name in ("mine (winner)", "test accuracy", *there))


def test_a_sound_archive_is_said_to_be_sound_and_a_damaged_one_is_told_in_a_line(
    nas, file: Path, tmp_path: Path
) -> None:
    assert nas("archive", "verify", file).out == f"{file}: sound, {len(read_archive(file).members)} members\n"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "bad.nas.zip").write_bytes(content)
    for words in (["verify", file, "bad.nas.zip"], ["show", "bad.nas.zip"], ["extract", "bad.nas.zip", "-o", "out"]):
        ended = nas("archive", *words)
        assert (ended.code, ended.out, len(ended.err.splitlines())) == (1, "", 1)
        assert ended.err.startswith("nas: bad.nas.zip")
    assert not (tmp_path / "out").exists()


def test_extract_writes_the_members(nas, file: Path, tmp_path: Path) -> None:
    files = nas("archive", "extract", file, "-o", "out").out.split()
    members = read_archive(file).members
    assert {str(Path(path).relative_to("out")): (tmp_path / path).read_bytes() for path in files} == members


def test_the_archive_of_a_trial_holds_the_trial_s_own_model(nas, root: Path, other: int, tmp_path: Path) -> None:
    ended = nas("archive", "mine", "--trial", other, "--studies", root, "-o", "trial.nas.zip")
    assert (ended.code, ended.out) == (0, "trial.nas.zip\n")
    archive = read_archive(tmp_path / "trial.nas.zip")
    models = root / "mine" / "models"
    assert archive.members["tflite/int8.tflite"] == (models / f"{other}.tflite").read_bytes()
    assert archive.members["weights.npz"] == (models / f"{other}.npz").read_bytes()
    assert (archive.manifest.kind, archive.manifest.name) == ("trial", f"mine-trial-{other}")
    assert archive.manifest.about["test_score"] is None


def test_the_front_gets_an_archive_for_each_member(nas, root: Path, result: Result, tmp_path: Path) -> None:
    assert nas("archive", "mine", "--front", "--studies", root, "-o", "front").code == 0
    trials = [read_archive(file).manifest.about["trial"] for file in (tmp_path / "front").iterdir()]
    assert sorted(trials) == sorted(record.trial for record in result.front)


def test_equal_studies_give_equal_bytes(nas, root: Path, file: Path, tmp_path: Path) -> None:
    for name in ("one.nas.zip", "two.nas.zip"):
        nas("archive", "mine", "--studies", root, "-o", name)
    assert (tmp_path / "one.nas.zip").read_bytes() == (tmp_path / "two.nas.zip").read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["mime"], "unknown study 'mime'; did you mean mine?"),
        (["mine", "-o", "mine.zip"], "mine.zip: the name of an archive must end in .nas.zip"),
        (["mine", "--trial", "99"], "--trial: must be a complete trial of the study, got 99"),
        (["mine", "-o", "file/x.nas.zip"], "file/x.nas.zip: must be writable; nothing of it was written, got"),
    ],
)
def test_wrong_input_is_told_in_a_line_and_writes_nothing(
    nas, root: Path, result: Result, tmp_path: Path, words: list[str], line: str
) -> None:
    (tmp_path / "file").write_text("")
    ended = nas("archive", *words, "--studies", root)
    assert (ended.code, ended.out, len(ended.complaints)) == (1, "", 1)
    assert line in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_study_without_a_winner_names_the_commands_that_lead_on(nas, stopped: Path) -> None:
    ended = nas("archive", "mine")
    assert (ended.code, len(ended.complaints)) == (1, 1)
    assert "nas search studies/mine --finish" in ended.err


def test_a_study_with_paths_of_its_own_is_archived_without_them(
    nas, root: Path, result: Result, tmp_path: Path
) -> None:
    shutil.copytree(root / "mine", tmp_path / "studies" / "mine")
    study = tmp_path / "studies" / "mine" / "study.toml"
    space = tmp_path / "my_space.toml"
    space.write_bytes(read_archive(root / WINNER).members["space.toml"])
    text = study.read_text().replace('space = "mlp_tabular"', f'space = "{space}"')
    study.write_text(text.replace('data = "wine"', f'data = "{tmp_path}/secret place/wine.csv"'))
    assert nas("archive", "mine", "-o", "x.nas.zip").code == 0
    archive = read_archive(tmp_path / "x.nas.zip")
    assert str(tmp_path).encode() not in b"".join(archive.members.values())
    assert 'space = "space.toml"\ndata = "wine.csv"' in archive.members["study.toml"].decode()
    assert "--space space.toml --data wine.csv" in archive_of(archive).command
    assert archive.members["space.toml"] == space.read_bytes()


def test_a_model_is_loaded_from_an_archive_as_from_its_study(nas, file: Path, root: Path) -> None:
    archived, winner = load(file), load("mine", root)
    rows = load_data(open_study("mine", root)[0]).test.x
    assert archived == winner
    assert (archived.name, archived.data) == (winner.name, winner.data)
    assert archived.predict(rows).tolist() == winner.predict(rows).tolist()


def test_profile_takes_an_archive(nas, file: Path, root: Path) -> None:
    shown = json.loads(nas("profile", file, "--target", "cortex-m4", "--json").out)
    model = json.loads(nas("profile", root / "mine" / "bundle.tflite", "--target", "cortex-m4", "--json").out)
    assert shown["file"] == str(file)
    assert {**shown, "file": ""} == {**model, "file": ""}


def test_export_writes_from_an_archive_what_it_writes_from_the_study(
    nas, file: Path, root: Path, tmp_path: Path
) -> None:
    assert nas("export", file).code == 0
    nas("export", "mine", "--studies", root, "-o", "out")
    written = {path.name: path.read_bytes() for path in (tmp_path / "mine").iterdir()}
    assert written == {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}


@pytest.mark.parametrize("words", [["export"], ["profile"], ["archive", "show"]])
def test_each_verb_refuses_a_truncated_archive_in_a_line(nas, file: Path, tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "cut.nas.zip").write_bytes(file.read_bytes()[:-1000])
    ended = nas(*words, "cut.nas.zip")
    assert (ended.code, len(ended.complaints)) == (1, 1)
    assert "cut.nas.zip" in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["cut.nas.zip"]
