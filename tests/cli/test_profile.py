"""The verbs profile, estimate and targets, as a user calls them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from nas.cli import group
from nas.cli.footprint_view import live_at, peak_op
from nas.dims import RandomChooser
from nas.errors import InputError
from nas.footprint import estimate
from nas.space_file import load_space
from nas.target import find_target, known_targets


def call(*arguments: str) -> Result:
    return CliRunner().invoke(group, arguments, catch_exceptions=False)


def document(*arguments: str) -> Any:
    result = call(*arguments, "--json")
    assert result.exit_code == 0
    return json.loads(result.stdout)


@pytest.fixture
def model(shared: Path) -> str:
    return str(shared / "truth" / "models" / "kws_49x10_ds_s.tflite")


@pytest.fixture
def architecture(tmp_path: Path) -> str:
    member = load_space("cnn_timeseries").sample(RandomChooser(1), (128, 6), 6)
    path = tmp_path / "architecture.json"
    path.write_text(json.dumps(member.to_json()))
    return str(path)


def test_profile_prints_the_contracts_document(model: str) -> None:
    printed = document("profile", model, "--target", "cortex-m4")
    assert printed["file"] == model
    assert printed["file_bytes"] == Path(model).stat().st_size
    assert printed["arena_bytes"] == printed["arena"]["head"] + printed["arena"]["tail"]
    assert [op["index"] for op in printed["ops"]] == list(range(len(printed["ops"])))
    assert {t["kind"] for t in printed["tensors"]} == {"input", "output", "activation", "constant", "scratch"}


def test_profile_for_people_shows_totals_operators_and_the_peak(model: str) -> None:
    text = call("profile", model, "--target", "nucleo-f411re").stdout
    for word in (
        "weights",
        "arena",
        "flash",
        "MACs",
        "latency",
        "DEPTHWISE_CONV_2D",
        "at its fullest",
        "of 128.0 KB RAM",
    ):
        assert word in " ".join(text.split())


def test_a_model_that_does_not_fit_is_said_to(model: str, tmp_path: Path) -> None:
    board = tmp_path / "tiny.toml"
    board.write_text('[tiny]\ndescription = "t"\ncore = "cortex-m4"\nkernels = "cmsis_nn"\nram_bytes = 1024\n')
    assert "does not fit" in " ".join(call("profile", model, "--target", str(board)).stdout.split())


def test_an_unsupported_operator_is_shown_with_the_reason(shared: Path) -> None:
    file = str(shared / "truth" / "external" / "seed_CarSensor_float16.tflite")
    assert not document("profile", file)["supported"]
    assert "float16" in call("profile", file).stdout


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
    [("{", "must be JSON"), ("[]", "must hold a JSON object, got list"), ("{}", "must have the keys")],
)
def test_a_bad_architecture_file_is_refused_in_a_line(tmp_path: Path, text: str, message: str) -> None:
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


def test_the_peak_is_where_most_bytes_live(architecture: str) -> None:
    member = load_space("cnn_timeseries").sample(RandomChooser(1), (128, 6), 6)
    footprint = estimate(member.lower(), find_target("cortex-m4"))
    used = [sum(t.bytes for t in live_at(footprint, op.index)) for op in footprint.ops]
    assert used[peak_op(footprint)] == max(used) <= footprint.arena.head


def test_profile_imports_none_of_the_heavy_libraries(model: str) -> None:
    code = (
        "import sys; from nas.cli import group;"
        f"group(['profile', {model!r}], standalone_mode=False);"
        "assert not {'tensorflow', 'keras', 'optuna', 'mlflow', 'pandas', 'matplotlib'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0
