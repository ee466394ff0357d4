"""The rules of the code base: who may import whom, what loads when, what every module says of itself."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import nas

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

# A module imports from rows above its own, and from its own row. CONTRIBUTING.md, "Layers", says what a row is for.
LAYERS = {
    "foundation": "errors registry dims files metrics seeds",
    "description": "graph graph_builder target recipe blocks data architecture space space_file",
    "measurement": "footprint budget feasibility advice",
    "learning": "model",
    "search": "record rungs objectives study pipeline tracking runner",
    "faces": "export saved report memory_map api cli __init__ __main__",
}
ROW = {module: row for row, modules in enumerate(LAYERS.values()) for module in modules.split()}

HOMES = {
    "tensorflow": {"model"},
    "keras": {"model"},
    "ai_edge_litert": {"model"},
    "optuna": {"runner"},
    "joblib": {"runner"},
    "mlflow": {"tracking"},
    "click": {"cli"},
    "rich": {"cli"},
    "matplotlib": {"report"},
    "nas._native": {"footprint"},
}
HEAVY = ["tensorflow", "keras", "ai_edge_litert", "optuna", "mlflow", "sklearn", "pandas", "matplotlib", "joblib"]

FILES = sorted((ROOT / "nas").rglob("*.py"))


def unit(path: Path) -> str:
    """The name of a module or folder directly below nas/."""
    return path.relative_to(ROOT / "nas").parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, within functions and for type checking too."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            # `from nas import errors` imports a module, `from nas import __version__` a name.
            yield from (f"{base}.{alias.name}" for alias in node.names) if base == "nas" else [base]


def own_imports(path: Path) -> Iterator[str]:
    """What a file imports from directly below nas/, without the version and the native module."""
    for name in imports(path):
        if name.startswith("nas.") and name not in ("nas.__version__", "nas._native"):
            yield name.split(".")[1]


def test_every_module_has_a_row():
    assert {unit(path) for path in FILES} <= set(ROW), "put the new module into a row of LAYERS"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_from_its_own_row_and_those_above(path):
    row = ROW[unit(path)]
    below = {name for name in own_imports(path) if ROW[name] > row}
    assert not below, f"{path.name} is of row {list(LAYERS)[row]}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_heavy_library_has_one_home(path):
    strangers = {
        library
        for name in imports(path)
        for library, homes in HOMES.items()
        if (name == library or name.startswith(f"{library}.")) and unit(path) not in homes
    }
    assert not strangers


@pytest.mark.parametrize("module", ["nas", "nas.cli", "nas.footprint", "nas.space_file", "nas.export.bundle"])
def test_importing_loads_no_heavy_library(module):
    code = f"import {module}, sys; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert not set(HEAVY) & set(run.stdout.split())


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_in_a_sentence_what_it_is(path):
    source = path.read_text()
    doc = ast.get_docstring(ast.parse(source))
    if path.name == "__init__.py" and not source.strip():
        return
    assert doc
    assert doc.split("\n\n")[0].rstrip().endswith((".", ":"))


def test_the_version_is_one():
    assert nas.__version__ == PYPROJECT["project"]["version"]


def test_the_changelog_has_the_version():
    assert re.search(rf"^## \[{re.escape(nas.__version__)}\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


def test_every_dependency_has_its_reason():
    project = PYPROJECT["project"]
    extras = [name for names in project["optional-dependencies"].values() for name in names]
    named = [*PYPROJECT["build-system"]["requires"], *project["dependencies"], *extras]
    reasons = (ROOT / "CONTRIBUTING.md").read_text().partition("## Dependencies")[2].partition("\n## ")[0]
    missing = {re.split(r"[<>=;\s]", name)[0] for name in named} - set(re.findall(r"`([\w.-]+)`", reasons))
    assert not missing


def test_continuous_integration_runs_what_the_readme_says():
    script = (ROOT / ".ci" / "run").read_text().replace(".venv-ci", ".venv").replace(" --quiet", "")
    readme = (ROOT / "README.md").read_text()
    commands = [line for line in script.splitlines() if ".venv" in line and not line.startswith("rm ")]
    assert len(commands) == 3
    assert all(command in readme for command in commands)
