"""`nas evaluate` and `nas predict` on the winner of a study, as a user calls them."""

import csv
import io
import json
import shutil

import numpy as np
import pytest

import nas as package


@pytest.fixture
def studies(result, root, tmp_path):
    """A copy of the study, whose test set was used once, in the current folder."""
    shutil.copytree(root / "mine", tmp_path / "studies" / "mine")
    return tmp_path / "studies"


def test_a_winner_is_evaluated_on_its_test_set_and_every_use_is_counted(nas, studies, result):
    first, second = (nas("evaluate", "mine", "--json") for _ in range(2))
    data = json.loads(first.out)
    tested = result.winner.tested
    assert data["int8"]["accuracy"] == tested.metrics["accuracy"].value
    assert data["int8"]["confusion"] == [list(row) for row in tested.confusion]
    assert data["float"]["accuracy"] == pytest.approx(tested.float_metrics["accuracy"].value)
    assert data["baseline"]["accuracy"] == tested.baseline_metrics["accuracy"]
    assert (data["test_uses"], json.loads(second.out)["test_uses"]) == (2, 3)
    assert (data["part"], data["data"], data["groups"]) == ("test", "wine", {})


def test_rows_that_were_trained_on_do_not_count_as_a_use_and_are_told(nas, studies):
    ended = nas("evaluate", "mine", "--part", "val")
    assert "took part in training" in ended.out
    assert json.loads(nas("evaluate", "mine", "--json").out)["test_uses"] == 2


def test_the_tables_show_every_class_and_the_baseline(nas, studies, result):
    ended = nas("evaluate", "mine", "--target", "cortex-m4")
    assert ended.code == 0
    for words in (
        "accuracy",
        "macro-F1",
        "class_0",
        "class_2",
        "baseline: always class_1",
        "on cortex-m4: arena to reserve",
    ):
        assert words in ended.out


def test_page_and_pictures_are_written_into_a_folder(nas, studies, tmp_path):
    ended = nas("evaluate", "mine", "-o", "seen")
    names = {path.name for path in (tmp_path / "seen").iterdir()}
    assert {"evaluation.html", "evaluation.json", "roc.svg", "confusion.svg"} <= names
    assert "seen/evaluation.html" in ended.out
    assert json.loads((tmp_path / "seen" / "evaluation.json").read_text())["model"] == "mine"


def test_the_exported_model_with_other_data_has_the_figures_of_its_study(nas, studies, tmp_path):
    wine = package.load("mine").data.splits()
    np.savez(tmp_path / "test.npz", x=wine.test.x, y=wine.test.y, class_names=wine.class_names)
    ended = nas("evaluate", "studies/mine/best/model.tflite", "--data", "test.npz", "--json")
    own = json.loads(nas("evaluate", "mine", "--json").out)
    data = json.loads(ended.out)
    assert data["int8"]["confusion"] == own["int8"]["confusion"]
    assert (data["part"], data["test_uses"]) == ("all", None)


def test_an_archive_has_the_figures_of_its_study_and_takes_them_in(nas, studies, tmp_path):
    assert nas("archive", "mine", "-o", "mine.nas.zip").code == 0
    before = package.open_archive("mine.nas.zip").members
    ended = nas("evaluate", "mine.nas.zip", "--json", "--update-archive")
    own = json.loads(nas("evaluate", "mine", "--json").out)
    data = json.loads(ended.out)
    assert data["int8"] == own["int8"]
    assert data["files"] == ["mine.nas.zip"]
    after = package.open_archive("mine.nas.zip").members
    assert {name: content for name, content in after.items() if not name.startswith("evaluation/")} == before
    assert json.loads(after["evaluation/evaluation.json"])["int8"] == own["int8"]
    assert nas("evaluate", "mine.nas.zip", "--update-archive").code == 0
    assert package.open_archive("mine.nas.zip").members.keys() == after.keys()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["mine", "--update-archive"], "must be a .nas.zip, got mine; write one with nas archive mine"),
        (["mien"], "mine"),
        (["mine", "--data", "nowhere.csv"], "no such file"),
        (["mine", "--data", "digits"], "must have the model's classes"),
        (["mine", "--data", "breast_cancer"], "must have the model's classes"),
        (["mine", "--target", "cortex-m44"], "cortex-m4"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_1(words, complaint, nas, studies):
    ended = nas("evaluate", *words)
    assert ended.code == 1
    assert len(ended.complaints) == 1
    assert complaint in ended.complaints[0]


@pytest.fixture
def table(studies, tmp_path):
    """Rows of the test set as a table without classes, with a blank cell in the second."""
    wine = package.load("mine").data.splits()
    lines = [",".join(wine.channel_names), *(",".join(map(str, row)) for row in wine.test.x.tolist())]
    lines[2] = "," + lines[2].partition(",")[2]
    (tmp_path / "rows.csv").write_text("\n".join(lines))
    return np.delete(wine.test.x, 1, axis=0)


def test_the_rows_of_a_table_are_answered_a_line_each(nas, table, tmp_path):
    ended = nas("predict", "mine", "rows.csv", "-o", "out/answers.csv")
    assert ended.code == 0
    assert "blank cells left out: 1" in ended.err
    lines = list(csv.DictReader((tmp_path / "out" / "answers.csv").read_text().splitlines()))
    expected = package.load("mine").predict(table)
    assert [line["class"] for line in lines] == [f"class_{i}" for i in expected.argmax(1)]
    assert [line["source"] for line in lines][:2] == ["rows.csv:2", "rows.csv:4"]
    assert [float(line["class_1"]) for line in lines] == pytest.approx(expected[:, 1], rel=1e-5)


def test_answers_go_to_standard_output_alone(nas, table):
    ended = nas("predict", "mine", "rows.csv")
    assert ended.out.splitlines()[0] == "source,start,end,class,class_0,class_1,class_2"
    assert len(list(csv.reader(io.StringIO(ended.out)))) == len(table) + 1
    rows = json.loads(nas("predict", "mine", "rows.csv", "--json").out)["rows"]
    assert [row["source"] for row in rows][:2] == ["rows.csv:2", "rows.csv:4"]


def test_an_earlier_file_is_kept_if_the_data_cannot_be_answered(nas, table, tmp_path):
    (tmp_path / "answers.csv").write_text("earlier")
    ended = nas("predict", "mine", "nowhere.csv", "-o", "answers.csv")
    assert (ended.code, len(ended.complaints)) == (1, 1)
    assert (tmp_path / "answers.csv").read_text() == "earlier"
