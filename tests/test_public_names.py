"""The names that other programs may use."""

import ast
import inspect
from pathlib import Path
from typing import Any

import pytest

import nas
from nas.cli import VERBS

# A name is added here on purpose, and taken away only with a new major version.
NAMES = [
    "Architecture",
    "ArchiveFile",
    "AudioView",
    "BackgroundSearch",
    "Benchmark",
    "BlockResult",
    "BlockSettings",
    "Bounds",
    "CameraPixels",
    "Check",
    "Checking",
    "Classified",
    "Comparison",
    "Conversion",
    "Data",
    "DataOptions",
    "DeployedThere",
    "Destination",
    "Diagnosis",
    "Evaluation",
    "Event",
    "Features",
    "FetchedData",
    "Footprint",
    "HealthCheck",
    "InputError",
    "LayerSummary",
    "Model",
    "ModelSpec",
    "Observer",
    "Outcome",
    "Params",
    "Predictions",
    "Progress",
    "PublicData",
    "Quantization",
    "Quantized",
    "Recipe",
    "Record",
    "ResolvedSpec",
    "Result",
    "SpaceDescription",
    "SpecSummary",
    "Spotting",
    "Study",
    "StudyComparison",
    "StudySummary",
    "Summary",
    "SweepOutcome",
    "SweepStudy",
    "Target",
    "TensorSummary",
    "TrainingResult",
    "Uploaded",
    "__version__",
    "advise",
    "archive",
    "archive_evaluation",
    "archive_front",
    "benchmark",
    "camera_input",
    "check_limits",
    "check_search",
    "classify",
    "compare",
    "compare_studies",
    "convert",
    "define_study",
    "delete_study",
    "deploy_to_edge_impulse",
    "describe_data",
    "describe_space",
    "describe_spec",
    "doctor",
    "download_from_edge_impulse",
    "estimate",
    "evaluate",
    "export",
    "export_baseline",
    "extract_archive",
    "features",
    "fetch_data",
    "find_target",
    "follow_search",
    "limits_in_words",
    "list_data",
    "list_public_data",
    "list_spaces",
    "list_spec_keys",
    "list_specs",
    "list_studies",
    "list_targets",
    "listen",
    "load",
    "load_data",
    "load_result",
    "load_space",
    "open_archive",
    "open_netron",
    "open_study",
    "open_tensorboard",
    "open_ui",
    "params",
    "predict",
    "profile",
    "quantize",
    "report",
    "run_learning_block",
    "save_data",
    "search",
    "serve_audio",
    "set_params",
    "show_study",
    "spotting_of",
    "start_search",
    "stop_search",
    "summarize",
    "sweep",
    "tensorboard_command",
    "train",
    "trials",
    "ui_command",
    "upload_to_edge_impulse",
    "view",
    "view_audio",
    "watch",
    "write_comparison",
    "write_evaluation",
    "write_learning_block",
    "write_memory_map",
]
FUNCTIONS = [name for name in NAMES if name.islower() and name != "__version__"]


def test_the_public_names_are_these() -> None:
    assert nas.__all__ == NAMES
    assert dir(nas) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_there_and_explained(name: str) -> None:
    assert getattr(nas, name).__doc__


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_has_types(name: str) -> None:
    signature = inspect.signature(getattr(nas, name))
    assert signature.return_annotation is not inspect.Signature.empty
    assert all(p.annotation is not inspect.Parameter.empty for p in signature.parameters.values())


def test_a_type_checker_sees_every_name_where_it_is_found_at_run_time() -> None:
    stub = ast.parse(Path(nas.__file__).with_suffix(".pyi").read_text())
    seen = {
        alias.asname: node.module for node in ast.walk(stub) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert seen == nas.HOMES


def test_every_verb_of_the_command_line_is_a_public_function() -> None:
    assert {call for verb in VERBS.values() for call in verb.calls} <= set(FUNCTIONS)


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_calls_the_functions_that_its_table_names(verb: str) -> None:
    file = Path(nas.__file__).parent / "cli" / "verbs" / f"{verb.replace('-', '_')}.py"
    imported = {
        alias.name
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "nas"
        for alias in node.names
    }
    assert imported & set(FUNCTIONS) == set(VERBS[verb].calls)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_package_s_docstring_lists_every_function(name: str) -> None:
    assert f"`{name}`" in (nas.__doc__ or "")


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'serach'; did you mean search\?"):
        nas.serach  # noqa: B018 - reading it is the test


@pytest.mark.parametrize("name", [each for each in NAMES if inspect.isfunction(getattr(nas, each))])
def test_every_function_says_that_it_does_not_know_a_keyword(name: str) -> None:
    parameters = inspect.signature(getattr(nas, name)).parameters.values()
    if not parameters or any(each.kind == each.VAR_KEYWORD and each.annotation is Any for each in parameters):
        pytest.skip("takes no keyword, or the settings of a class")
    with pytest.raises(nas.InputError, match="no_such_keyword"):
        getattr(nas, name)(no_such_keyword=1)


@pytest.mark.parametrize("one", [nas.list_targets()[-1], nas.list_spaces(budget_kb=6)[0]], ids=["target", "space"])
def test_what_is_listed_prints_in_a_line_with_its_name(one: nas.Target) -> None:
    assert one.name in repr(one)
    assert len(repr(one)) < 160
