"""The verbs profile, estimate and targets, as a user calls them."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from nas.cli import group
from nas.errors import InputError
from nas.reports.memory_map.lifetimes import live_at, peak_op
from nas.space.dims import RandomChooser
from nas.space.file import load_space
from nas.target.profiler import estimate
from nas.target.target import find_target, known_targets


def call(*arguments: str) -> Result:
    return CliRunner().invoke(group, arguments, catch_exceptions=False)


def document(*arguments: str) -> Any:
    result = call(*arguments, "--json")
    assert result.exit_code == 0
    return json.loads(result.stdout)


def rejected(*arguments: str) -> Result:
    """Run a command that prints what it has and then ends with exit code 1 and one line."""
    result = CliRunner().invoke(group, arguments)
    assert isinstance(result.exception, InputError)
    return result


@pytest.fixture
def model(shared: Path) -> str:
    return str(shared / "truth" / "models" / "kws_49x10_ds_s.tflite")


@pytest.fixture
def architecture(tmp_path: Path) -> str:
    member = load_space("cnn_timeseries").sample(RandomChooser(1), (128, 6), 6)
    path = tmp_path / "architecture.json"
    path.write_text(json.dumps(member.to_json()))
    return str(path)


def test_profile_prints_the_documented_json_keys(model: str) -> None:
    printed = document("profile", model, "--target", "cortex-m4")
    assert printed["file"] == model
    assert printed["file_bytes"] == Path(model).stat().st_size
    assert printed["arena_bytes"] == printed["arena"]["head"] + printed["arena"]["tail"]
    assert [op["index"] for op in printed["ops"]] == list(range(len(printed["ops"])))
    assert {t["kind"] for t in printed["tensors"]} == {"input", "output", "activation", "constant", "scratch"}


def test_profile_shows_totals_operators_and_the_fullest_moment_of_the_arena(model: str) -> None:
    text = call("profile", model, "--target", "nucleo-f411re").stdout
    for word in (
        "weights",
        "arena",
        "flash",
        "MACs",
        "latency",
        "DEPTHWISE_CONV_2D",
        "fullest at operator",
        "RAM: 7.1 % of 128.0 KB, 119.0 KB free",
        "advice",
    ):
        assert word in " ".join(text.split())


def test_profile_says_that_a_model_does_not_fit(model: str, tmp_path: Path) -> None:
    board = tmp_path / "tiny.toml"
    board.write_text('[tiny]\ndescription = "t"\ncore = "cortex-m4"\nkernels = "cmsis_nn"\nram_bytes = 1024\n')
    assert "does not fit" in " ".join(call("profile", model, "--target", str(board)).stdout.split())


def test_an_unsupported_operator_is_shown_with_the_reason(shared: Path) -> None:
    file = str(shared / "truth" / "external" / "seed_CarSensor_float16.tflite")
    assert not json.loads(rejected("profile", file, "--json").stdout)["supported"]
    assert "float16" in rejected("profile", file).stdout


@pytest.fixture
def models(shared: Path, tmp_path: Path) -> Path:
    """A folder with a model in a folder below, one that TFLM refuses, and a file that is no model."""
    folder = tmp_path / "models"
    (folder / "below").mkdir(parents=True)
    for source, name in (
        ("models/kws_49x10_ds_s.tflite", "below/good.tflite"),
        ("external/seed_CarSensor_float16.tflite", "half.tflite"),
    ):
        (folder / name).write_bytes((shared / "truth" / source).read_bytes())
    (folder / "wrong.tflite").write_bytes(b"nothing of the kind")
    return folder


def test_a_folder_gives_a_document_for_each_model_and_the_reason_for_each_unreadable_file(models: Path) -> None:
    result = rejected("profile", str(models), "--target", "nucleo-f411re", "--json")
    good, half, wrong = json.loads(result.stdout)
    assert good == {
        k: v for k, v in document("profile", good["file"], "--target", "nucleo-f411re").items() if k != "advice"
    }
    assert not half["supported"]
    assert "must be a valid .tflite file" in wrong["error"]


def test_a_folder_gives_a_line_for_each_model_and_the_reasons_of_those_that_do_not_run(models: Path) -> None:
    text = rejected("profile", str(models), "--target", "blue-pill").stdout
    lines = {first: second for first, second, *_ in map(str.split, re.findall(r".+ .+", text))}
    assert (lines["good"], lines["half"], lines["wrong"]) == ("no", "refused", "unreadable")
    assert "good: flash over by 33" in text
    assert "TFLM has no float16 kernels" in " ".join(text.split())


def test_models_of_one_name_are_called_by_their_folders_in_the_table_and_in_the_reasons(
    shared: Path, tmp_path: Path
) -> None:
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        content = (shared / "truth" / "models" / "kws_49x10_ds_s.tflite").read_bytes()
        (tmp_path / folder / "model.tflite").write_bytes(content)
    text = call("profile", str(tmp_path), "--target", "blue-pill").stdout
    assert re.findall(r"^(\S*model) +no ", text, re.MULTILINE) == ["first/model", "second/model"]
    assert re.findall(r"^(\S*model): flash over by", text, re.MULTILINE) == ["first/model", "second/model"]


def test_a_folder_without_models_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"must hold \.tflite files"):
        call("profile", str(tmp_path))


def test_files_that_are_all_unreadable_are_wrong_input(models: Path) -> None:
    with pytest.raises(InputError, match=r"must hold a valid \.tflite file"):
        call("profile", str(models / "wrong.tflite"), str(models / "absent.tflite"))


def test_a_model_is_compared_on_all_targets(model: str) -> None:
    documents = document("profile", model, "--target", "all")
    assert [each["target"] for each in documents] == list(known_targets())
    alone = document("profile", model, "--target", "cortex-m55")
    assert next(each for each in documents if each["target"] == "cortex-m55") == {
        key: value for key, value in alone.items() if key != "advice"
    }
    text = call("profile", model, "--target", "all").stdout
    assert all(name in text for name in known_targets())


def test_several_targets_are_separated_by_commas(model: str) -> None:
    assert [each["target"] for each in document("profile", model, "--target", "host, cortex-m4")] == [
        "host",
        "cortex-m4",
    ]


@pytest.mark.parametrize("arguments", [["--target", "all"], ["--target", "blue-pill"], []])
def test_output_that_is_piped_has_at_most_80_columns(shared: Path, arguments: list[str]) -> None:
    for file in (shared / "truth" / "external").glob("*MusicClassifier*.tflite"):
        text = CliRunner().invoke(group, ["profile", str(file), *arguments]).stdout
        assert max(map(len, text.splitlines())) <= 80


def test_profile_also_writes_a_memory_map(model: str, tmp_path: Path) -> None:
    map_ = tmp_path / "map.svg"
    result = call("profile", model, "--memory-map", str(map_), "--json")
    assert json.loads(result.stdout)["file"] == model
    assert map_.read_text().startswith("<svg")


def test_a_memory_map_of_several_targets_is_wrong_usage(model: str, tmp_path: Path) -> None:
    assert call("profile", model, "--target", "all", "--memory-map", str(tmp_path / "map.svg")).exit_code == 2


def test_advice_is_shown_with_its_savings(shared: Path) -> None:
    file = str(shared / "truth" / "models" / "ts_128x9_nonebatch.tflite")
    advice = {piece["rule"]: piece for piece in document("profile", file)["advice"]}
    assert advice["fixed_batch"]["saves"]["arena_min_bytes"] > 0
    text = " ".join(call("profile", file).stdout.split())
    for piece in advice.values():
        assert piece["message"] in text
        assert all(f"{saved:,} B of arena" in text for key, saved in piece["saves"].items() if key == "arena_min_bytes")


def test_every_published_model_is_profiled_or_refused_with_the_reason(shared: Path) -> None:
    documents = json.loads(rejected("profile", str(shared / "truth" / "external"), "--json").stdout)
    assert len(documents) == len(list((shared / "truth" / "external").glob("*.tflite"))) > 20
    for each in documents:
        reasons = [op["reason"] for op in each["ops"] if not op["supported"]]
        assert each["supported"] == (not reasons)
        assert all(reasons)
        assert each["supported"] == each["file"].endswith("no_quant.tflite")
        assert each["arena_bytes"] <= each["arena"]["min"]


def test_estimate_of_an_architecture_is_that_of_its_graph(architecture: str) -> None:
    member = load_space("cnn_timeseries").sample(RandomChooser(1), (128, 6), 6)
    expected = estimate(member.lower(), find_target("host")).to_json()
    assert document("estimate", "--architecture", architecture, "--target", "host") == json.loads(json.dumps(expected))


def test_estimate_of_parameters_equals_that_of_their_architecture(tmp_path: Path) -> None:
    space = load_space("mlp_tabular")
    params: dict[str, Any] = {}

    class Remember(RandomChooser):
        def choose(self, name: str, dim: Any) -> Any:
            params[name] = super().choose(name, dim)
            return params[name]

    member = space.sample(Remember(3), (30,), 2)
    file = tmp_path / "params.json"
    file.write_text(json.dumps(params))
    arguments = ["--space", "mlp_tabular", "--params", str(file), "--input-shape", "30", "--classes", "2"]
    expected = estimate(member.lower(), find_target("cortex-m4")).to_json()
    assert document("estimate", *arguments) == json.loads(json.dumps(expected))


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "must be valid JSON"), ("[]", "must hold a JSON object, got list"), ("{}", "must have the keys")],
)
def test_a_bad_architecture_file_is_refused_with_the_reason(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "a.json"
    file.write_text(text)
    with pytest.raises(InputError, match=message):
        call("estimate", "--architecture", str(file))


def test_estimate_without_an_architecture_is_wrong_usage() -> None:
    assert call("estimate").exit_code == 2


def test_targets_lists_every_target() -> None:
    assert [row["name"] for row in document("targets")] == list(known_targets())
    text = call("targets").stdout
    assert all(name in text for name in known_targets())


def test_targets_describes_one() -> None:
    assert document("targets", "nucleo-f411re")["flash_bytes"] == 512 * 1024
    assert "DS10314" in call("targets", "nucleo-f411re").stdout


def test_the_peak_is_the_operator_with_most_bytes_in_use(architecture: str) -> None:
    member = load_space("cnn_timeseries").sample(RandomChooser(1), (128, 6), 6)
    footprint = estimate(member.lower(), find_target("cortex-m4"))
    used = [sum(t.bytes for t in live_at(footprint, op.index)) for op in footprint.ops]
    assert used[peak_op(footprint)] == max(used) <= footprint.detail.head


def test_profile_imports_none_of_the_heavy_libraries(model: str) -> None:
    code = (
        "import sys; from nas.cli import group;"
        f"group(['profile', {model!r}], standalone_mode=False);"
        "assert not {'tensorflow', 'keras', 'optuna', 'mlflow', 'pandas', 'matplotlib'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0
