"""The rules of the code base: who may import whom, what loads when, what every module says of itself."""

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable

import pytest
import rooms
from rooms import FILES, ROOT

import nas

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

# The one room, or folder of a room, that may import a heavy library.
HOMES = {
    "tensorflow": "model",
    "keras": "model",
    "ai_edge_litert": "model",
    "flatbuffers": "model/deploy",
    "onnx": "exporters/onnx",
    "onnxruntime": "model/host",
    "optuna": "optimizer",
    "cloudpickle": "optimizer/executor",
    "distributed": "optimizer/executor/cluster",
    "mlflow": "tracking",
    "scipy": "task data/readers data/sound",
    "sklearn": "data evaluation",
    "pandas": "data",
    "tflite_micro": "model/host",
    "joblib": "data",
    "cbor2": "data",
    "keyring": "exporters/edge_impulse",
    "requests": "exporters/edge_impulse",
    "soundfile": "data/readers",
    "PIL": "data/readers",
    "click": "cli",
    "rich": "cli api/progress.py api/training_progress.py",
    "matplotlib": "reports",
    "nas._native": "signal target/runtimes target/details.py target/flatbuffer.py target/plan.py "
    "target/plain_c/batch.py",
}
HEAVY = ["tensorflow", "keras", "ai_edge_litert", "optuna", "mlflow", "sklearn", "scipy", "pandas", "matplotlib"]
HEAVY += ["numpy.random"]  # about 15 ms, for which one annotation that is evaluated is enough
# What a library is called where it is installed from, if that is another name.
DISTRIBUTIONS = {
    "ai_edge_litert": "ai-edge-litert",
    "sklearn": "scikit-learn",
    "cv2": "opencv-python-headless",
    "PIL": "pillow",
    "tflite_micro": "tflite-micro",
}


def test_every_room_has_its_place():
    assert {rooms.room(path) for path in FILES} == set(rooms.ROOMS)
    assert len(rooms.ROOMS) <= 25


def test_a_room_imports_only_from_rooms_before_it():
    assert rooms.upward() == []


def test_no_modules_import_each_other_in_a_circle():
    assert rooms.circles() == []


def test_a_heavy_library_has_one_home():
    strangers = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in FILES
        for name in rooms.imports(path)
        for library, homes in HOMES.items()
        if f"{name}.".startswith(f"{library}.")
        and not any(path.is_relative_to(ROOT / "nas" / home) for home in homes.split())
    ]
    assert strangers == []


def test_a_verb_of_the_command_line_uses_only_what_python_users_have():
    strangers = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in FILES
        if path.is_relative_to(ROOT / "nas" / "cli" / "verbs")
        for name in rooms.imports(path)
        if name.startswith("nas.") and not name.startswith(("nas.cli.", "nas.errors.")) and name not in rooms.PUBLIC
    ]
    assert strangers == []


def test_no_public_name_is_a_package_s_or_module_s_name():
    # Importing the package would put it in the function's place.
    assert set(nas.__all__) & {module.removeprefix("nas.") for module in rooms.MODULES} == set()


def test_every_imported_package_is_declared():
    project = PYPROJECT["project"]
    extras = [name for extra, names in project["optional-dependencies"].items() if extra != "dev" for name in names]
    declared = {re.split(r"[<>=;\s\[]", name)[0] for name in [*project["dependencies"], *extras]}
    imported = {name.split(".")[0] for path in FILES for name in rooms.imports(path)} - set(sys.stdlib_module_names)
    assert {DISTRIBUTIONS.get(name, name) for name in imported - {"nas"}} <= declared


def test_scripts_outside_of_nas_import_what_there_is():
    # Nothing runs benchmarks in a test, so a name that has moved would be missed for long.
    missing = []
    for path in (path for folder in ("benchmarks", "native", "examples") for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "nas":
                missing += [f"{path.name}: {node.module}.{one.name}" for one in node.names if not _exists(node, one)]
    assert missing == []


def _exists(node, one):
    if f"{node.module}.{one.name}" in rooms.MODULES or node.module in ("nas", "nas._native"):
        return True
    file = rooms.MODULES.get(node.module)
    return file is not None and re.search(rf"\b{one.name}\b", file.read_text()) is not None


@pytest.mark.parametrize("module", ["nas", "nas.cli", "nas.target.profiler", "nas.space.file", "nas.exporters.format"])
def test_importing_loads_no_heavy_library(module):
    code = f"import {module}, sys; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert not set(HEAVY) & set(run.stdout.split())


def test_a_module_says_in_a_sentence_what_it_is():
    silent = []
    for path in FILES:
        doc = ast.get_docstring(rooms.tree(path)) or ""
        if not doc.split("\n\n")[0].rstrip().endswith((".", ":")):
            silent.append(str(path.relative_to(ROOT)))
    assert silent == []


def test_the_version_is_one():
    assert nas.__version__ == PYPROJECT["project"]["version"]


def test_the_changelog_has_the_version():
    assert re.search(rf"^## \[{re.escape(nas.__version__)}\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


def test_every_dependency_has_its_reason():
    project = PYPROJECT["project"]
    extras = [name for names in project["optional-dependencies"].values() for name in names]
    named = [*PYPROJECT["build-system"]["requires"], *project["dependencies"], *extras]
    reasons = (ROOT / "CONTRIBUTING.md").read_text().partition("## Dependencies")[2].partition("\n## ")[0]
    missing = {re.split(r"[<>=;\s\[]", name)[0] for name in named} - set(re.findall(r"`([\w.-]+)`", reasons))
    assert not missing


def test_continuous_integration_runs_what_the_readme_says():
    script = (ROOT / ".ci" / "run").read_text().replace(".venv-ci", ".venv").replace(" --quiet --no-compile", "")
    readme = (ROOT / "README.md").read_text()
    commands = [line for line in script.splitlines() if ".venv" in line and not line.startswith("rm ")]
    assert len(commands) == 3
    assert all(command in readme for command in commands)


def percentile_90(sizes: Iterable[int]) -> int:
    ordered = sorted(sizes)
    return ordered[int(0.9 * (len(ordered) - 1))]


def test_functions_are_short():
    sizes = {place: rooms.lines(node) for place, node in rooms.functions()}
    assert [place for place, size in sizes.items() if size > 50] == []
    assert percentile_90(sizes.values()) <= 20


def test_files_are_short():
    sizes = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in FILES}
    assert [place for place, size in sizes.items() if size > 320] == []
    assert percentile_90(sizes.values()) <= 200


def test_functions_have_at_most_seven_parameters():
    counts = {place: rooms.parameters(node) for place, node in rooms.functions()}
    assert {place: count for place, count in counts.items() if count > 7} == {}


def test_no_two_test_files_have_one_name():
    """In folders that are no packages, pytest imports them by their names alone."""
    files = (ROOT / "tests").rglob("test_*.py")
    names = Counter(file.name for file in files if not (file.parent / "__init__.py").exists())
    assert [name for name, count in names.items() if count > 1] == []
