"""What a search returns to Python, and the model that is loaded from it, against pandas' counts and LiteRT."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

import nas as package
from nas import Outcome, load, load_result, set_params
from nas.data.prepared import prepare
from nas.data.source import load as load_rows
from nas.data.splits import split
from nas.errors import InputError
from nas.model.deploy.params.store import without_params
from nas.optimizer.run import run
from nas.study.result import Result
from nas.study.study import Study

from .conftest import STUDY, InThisProcess

WINE = load_rows("wine").train.x


def litert(tflite: bytes, scaled: np.ndarray) -> np.ndarray:
    """The probabilities of scaled rows, one row at a time, by LiteRT alone."""
    interpreter = Interpreter(model_content=tflite)
    interpreter.allocate_tensors()
    into, out = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    (scale, zero), (out_scale, out_zero) = into["quantization"], out["quantization"]
    found = []
    for row in scaled:
        q = np.clip(np.round(row / scale) + zero, -128, 127).astype(np.int8)
        interpreter.set_tensor(into["index"], q.reshape(into["shape"]))
        interpreter.invoke()
        found.append((interpreter.get_tensor(out["index"])[0].astype(float) - out_zero) * out_scale)
    return np.array(found)


def test_a_result_shows_itself_in_a_few_lines(result: Result) -> None:
    shown = repr(result)
    assert len(shown) < 500
    assert len(shown.splitlines()) <= 6
    assert result.winner is not None
    for words in ("study mine", "5 trials", f"winner: trial {result.winner.record.trial}", "test accuracy", "weights"):
        assert words in shown


def test_the_winner_of_a_result_is_profiled_like_its_file(result: Result, root: Path) -> None:
    model = package.profile(root / "mine" / "best" / "model.tflite", "cortex-m4")
    for given in (result, str(root / "mine")):
        assert package.profile(given, "cortex-m4").weights_bytes == model.weights_bytes
    shown = repr(model)
    assert "\n" not in shown
    for size in (model.weights_bytes, model.ram_bytes, model.file_bytes):
        assert f"{size:,} B" in shown
    assert len(str(model).splitlines()) > 5
    with pytest.raises(InputError, match=r"must be a model or a study, got int.*nas\.search returned"):
        package.profile(3, "cortex-m4")


def test_a_mistyped_setting_is_answered_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"spac.*did you mean space"):
        package.search(root=tmp_path, spac="mlp_tabular", budget_kb=2)


def test_a_frame_has_a_row_for_each_trial_with_its_state_and_its_footprint(result: Result, root: Path) -> None:
    assert isinstance(result, Outcome)
    frame = result.frame()
    assert list(frame["number"]) == list(range(5))
    counts = {state: count for state, count in result.states.items() if count}
    assert dict(frame["state"].value_counts()) == counts
    complete = frame[frame["state"] == "complete"]
    for number, size in zip(complete["number"], complete["weights_bytes"], strict=True):
        model = package.profile(root / "mine" / "models" / f"{number}.tflite", "cortex-m4")
        assert model.weights_bytes == size
    assert [column for column in frame if column.startswith("params_")]


def test_a_study_s_result_can_be_had_again(result: Result, root: Path) -> None:
    assert isinstance(result, Outcome)
    again = load_result("mine", root)
    assert again.to_json() == result.to_json()
    assert again.frame().equals(result.frame())
    assert package.trials("mine", root).equals(result.frame())


def test_a_plot_holds_every_complete_trial_over_the_objective_s_cost(result: Result) -> None:
    assert isinstance(result, Outcome)
    axes = result.plot()
    dots, front, winner = axes.get_lines()
    complete = result.frame().query("state == 'complete'")
    assert sorted(dots.get_xdata()) == sorted(complete["weights_bytes"])
    assert np.allclose(sorted(dots.get_ydata()), sorted(100 * complete["accuracy"]))
    assert len(front.get_xdata()) == len(result.front)
    assert len(winner.get_xdata()) == 1
    assert axes.get_xlabel() == "weights, B"


def test_a_loaded_model_predicts_what_litert_gives_for_rows_scaled_by_the_training_rows(
    result: Result, root: Path
) -> None:
    model = load("mine", root)
    study = Study(space="mlp_tabular", data="wine", budget_kb=2)
    train = split(load_rows("wine"), study.seed).train.x
    scaled = (WINE - train.mean(axis=0)) / train.std(axis=0)
    expected = litert((root / "mine" / "best" / "model.tflite").read_bytes(), scaled)
    got = model.predict(WINE)
    assert got.shape == (len(WINE), 3)
    # A value on the border between two integers may be rounded to either side.
    assert np.mean(np.abs(got - expected) > 2 / 256) < 0.01
    assert model.class_names == load_rows("wine").class_names
    assert prepare(split(load_rows("wine"), study.seed)).scaling == model.scaling


def test_the_example_for_a_firmware_is_what_tflm_answers(result: Result, root: Path) -> None:
    runtime = pytest.importorskip("tflite_micro", reason="tflite-micro has wheels for x86-64 Linux only").runtime
    header = (root / "mine" / "best" / "model_check.h").read_text()
    given, expected = (
        np.array(re.findall(r"-?\d+", numbers), np.int8) for numbers in re.findall(r"= \{([^}]*)\}", header)
    )
    micro = runtime.Interpreter.from_file(str(root / "mine" / "best" / "model.tflite"))
    micro.set_input(given.reshape(1, 13), 0)
    micro.invoke()
    assert len(set(given.tolist())) > 5
    # LiteRT and TFLM differ by a step in a few of a thousand values.
    assert np.abs(micro.get_output(0)[0].astype(int) - expected).max() <= 1


def test_an_exported_file_predicts_the_same_as_its_study(result: Result, root: Path) -> None:
    model, file = load("mine", root), load(root / "mine" / "best" / "model.tflite")
    assert file.tflite is not None
    assert replace(file, tflite=without_params(file.tflite)) == model
    assert np.array_equal(file.predict(WINE), model.predict(WINE))
    assert len(repr(file)) < 300


def test_a_file_alone_takes_scaled_rows_and_says_so(result: Result, root: Path, tmp_path: Path) -> None:
    file = shutil.copy(root / "mine" / "bundle.tflite", tmp_path / "m.tflite")
    model, known = load(file), load("mine", root)
    assert "must be scaled already" in repr(model)
    assert known.scaling is not None
    assert np.array_equal(model.predict(known.scaling.apply(WINE)), known.predict(WINE))


def test_a_file_alone_is_scaled_by_the_parameters_that_it_carries(result: Result, root: Path, tmp_path: Path) -> None:
    file = shutil.copy(root / "mine" / "best" / "model.tflite", tmp_path / "m.tflite")
    model, known = load(file), load("mine", root)
    assert model.class_names == known.class_names
    assert np.array_equal(model.predict(WINE), known.predict(WINE))


def test_parameters_that_were_changed_after_the_export_are_those_of_the_model(
    result: Result, root: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(root / "mine" / "best", tmp_path / "best"))
    set_params(folder / "model.tflite", {"class_names": ["a", "b", "c"], "version": 2})
    model, known = load(folder / "model.tflite"), load("mine", root)
    assert model.class_names == ("a", "b", "c")
    assert np.array_equal(model.predict(WINE), known.predict(WINE))


def test_parameters_that_do_not_fit_the_model_are_left_aside(result: Result, root: Path, tmp_path: Path) -> None:
    file = Path(shutil.copy(root / "mine" / "bundle.tflite", tmp_path / "m.tflite"))
    set_params(file, {"class_names": ["a"], "mean": [0.0], "std": [1.0], "units_scale": "x"})
    model = load(file)
    assert (model.class_names, model.scaling, model.units_scale) == (("0", "1", "2"), None, None)


def test_another_model_s_metadata_and_a_damaged_file_are_refused(result: Result, root: Path, tmp_path: Path) -> None:
    file = Path(shutil.copy(root / "mine" / "best" / "model.tflite", tmp_path / "m.tflite"))
    facts = json.loads((root / "mine" / "best" / "metadata.json").read_text())
    (tmp_path / "metadata.json").write_text(json.dumps({**facts, "sha256": "0" * 64, "bare_sha256": "0" * 64}))
    with pytest.raises(InputError, match=r"must describe the \.tflite beside it"):
        load(file)
    (tmp_path / "metadata.json").write_text('{"sha256": 3}')
    with pytest.raises(InputError, match=r"metadata\.json"):
        load(file)
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(InputError, match=r"must be a valid \.tflite file"):
        load(file)


def test_rows_of_another_shape_or_that_are_no_numbers_are_refused(result: Result, root: Path) -> None:
    model = load("mine", root)
    with pytest.raises(InputError, match=r"must have the shape \[n, 13\], got \[13\]; give one row as rows\[None\]"):
        model.predict(WINE[0])
    with pytest.raises(InputError, match=r"must have the shape \[n, 13\]"):
        model.predict(WINE[:, :12])
    with pytest.raises(InputError, match="must be finite numbers"):
        model.predict(np.where(WINE[0, 0] == WINE, np.nan, WINE))
    with pytest.raises(InputError, match="must be an array of numbers"):
        model.predict([["a"] * 13])
    assert model.predict(WINE[:0]).shape == (0, 3)


def test_progress_goes_to_standard_error_unless_it_is_turned_off(
    result: Result, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("nas.api.search.run", partial(run, make_executor=InThisProcess))
    package.search(STUDY, root)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "nas search: study mine" in shown.err
    assert len(re.findall("^trial +[0-9]+ ", shown.err, re.MULTILINE)) >= 2
    package.search(STUDY, root, progress=False)
    assert capsys.readouterr() == ("", "")


def test_settings_in_place_of_a_study_define_it_and_contradictions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean budget_kb"):
        package.search(space="mlp_tabular", budget=2, root=tmp_path)
    with pytest.raises(InputError, match="keywords, space= and data= among them, got ndarray"):
        package.search(WINE, root=tmp_path)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="must be settings of the study itself"):
        package.search(Study(space="mlp_tabular", budget_kb=2), tmp_path, trials=3)
    with pytest.raises(InputError, match=r"must be nas\.Data, got ndarray"):
        package.search(space="mlp_tabular", budget_kb=2, data=WINE, root=tmp_path)  # type: ignore[arg-type]


def test_a_finished_study_run_again_keeps_its_keras_file_and_makes_what_was_removed_anew(
    result: Result, root: Path, search_here: Callable[[Study, Path], Result], tmp_path: Path, monkeypatch
) -> None:
    study = Path(shutil.copytree(root / "mine", tmp_path / "mine"))
    before = {name: (study / f"bundle.{name}").read_bytes() for name in ("keras", "tflite")}
    with monkeypatch.context() as patch:
        patch.setattr("nas.model.keras_file.dump_keras", lambda _: pytest.fail("the same model is written again"))
        search_here(STUDY, tmp_path)
    assert (study / "bundle.keras").read_bytes() == before["keras"]
    for name, content in before.items():
        (study / f"bundle.{name}").unlink()
        search_here(STUDY, tmp_path)
        assert (study / f"bundle.{name}").read_bytes() == content
