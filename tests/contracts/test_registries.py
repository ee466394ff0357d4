"""What holds for every registry of the project; a new registry is found and tested without a change here."""

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import rooms

from nas.errors import InputError
from nas.registry import Registry

HEAVY = {"tensorflow", "keras", "ai_edge_litert", "optuna", "mlflow", "sklearn", "pandas", "matplotlib"}


def variables() -> Iterator[tuple[str, str]]:
    """The module and the name of every variable of `nas` that is assigned a `Registry` at the top of a module."""
    for module, path in rooms.MODULES.items():
        for node in rooms.tree(path).body:
            if not isinstance(node, ast.Assign | ast.AnnAssign) or not isinstance(node.value, ast.Call):
                continue
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if isinstance(target, ast.Name) and ast.unparse(node.value.func) == "Registry":
                yield module, target.id


REGISTRIES = {f"{module}.{name}": getattr(importlib.import_module(module), name) for module, name in variables()}
every_registry = pytest.mark.parametrize("registry", REGISTRIES.values(), ids=REGISTRIES)


def test_no_registry_escapes_these_tests() -> None:
    calls = [path for path in rooms.FILES for _ in re.finditer(r"= Registry\(", path.read_text())]
    assert len(calls) == len(REGISTRIES) > 3
    assert all(isinstance(registry, Registry) for registry in REGISTRIES.values())
    assert len({registry.what for registry in REGISTRIES.values()}) == len(REGISTRIES)


@every_registry
def test_names_are_words_in_lower_case(registry: Registry[Any]) -> None:
    assert [name for name in registry if not re.fullmatch(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*", name)] == []


@every_registry
def test_every_member_is_described_by_a_sentence_of_its_own(registry: Registry[Any]) -> None:
    summaries = {name: registry.summary(name) for name in registry}
    assert [name for name, summary in summaries.items() if not summary.endswith(".")] == []
    assert len(set(summaries.values())) == len(registry) > 0


@every_registry
def test_a_name_that_is_not_registered_is_refused_with_the_known_ones(registry: Registry[Any]) -> None:
    with pytest.raises(InputError, match=rf"^here: unknown {registry.what} .no-such-name.; ") as refused:
        registry.find("no-such-name", "here")
    assert all(name in str(refused.value) for name in registry)


@pytest.mark.parametrize("place", REGISTRIES)
def test_a_look_up_loads_no_heavy_library_unless_the_registry_says_so(place: str) -> None:
    module, _, name = place.rpartition(".")
    code = f"import sys; from {module} import {name}; list({name}); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=rooms.ROOT, check=True, capture_output=True, text=True)
    assert HEAVY & set(run.stdout.split()) == set(REGISTRIES[place].loads)


@pytest.mark.parametrize("name", [place.rpartition(".")[2] for place in REGISTRIES])
def test_every_registry_has_tests_that_run_over_all_its_members(name: str) -> None:
    tests = "\n".join(path.read_text() for path in (rooms.ROOT / "tests").rglob("test_*.py"))
    assert re.search(rf"parametrize\([^)]*\b{name}\b", tests)
