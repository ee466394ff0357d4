"""Members register themselves when the extension point is first looked into."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from nas.errors import InputError
from nas.registry import Registry

PACKAGE = "a_package_of_members"


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry[str]]:
    """An extension point with the members `one` and `two`, a file each; `broken.py` can be added."""
    folder = tmp_path / PACKAGE
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from nas.registry import Registry\nMEMBERS = Registry('member', __name__)\nloads = []\n"
    )
    for name in ("two", "one"):
        (folder / f"{name}.py").write_text(
            f"from {PACKAGE} import MEMBERS, loads\nMEMBERS.register('{name}')('{name.upper()}')\n"
            f"loads.append('{name}')\n"
        )
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module(PACKAGE).MEMBERS
    for module in [name for name in sys.modules if name.startswith(PACKAGE)]:
        del sys.modules[module]


def test_a_file_in_the_folder_is_all_that_an_addition_takes(registry: Registry[str]) -> None:
    assert dict(registry) == {"one": "ONE", "two": "TWO"}
    assert list(registry) == ["one", "two"]
    assert len(registry) == 2


def test_files_are_imported_at_the_first_look_and_once(registry: Registry[str]) -> None:
    loads = sys.modules[PACKAGE].loads
    assert loads == []
    assert [registry["one"], registry["two"]] == ["ONE", "TWO"]
    assert sorted(loads) == ["one", "two"]


def test_an_unknown_name_is_told_with_the_known_ones(registry: Registry[str]) -> None:
    with pytest.raises(InputError, match="member: unknown member 'twoo'; did you mean two"):
        registry.find("twoo", "--member")
    assert registry.find("two", "--member") == "TWO"
    assert "three" not in registry


def test_members_in_files_are_listed_by_name_whatever_was_imported_first(registry: Registry[str]) -> None:
    importlib.import_module(f"{PACKAGE}.two")
    assert list(registry) == ["one", "two"]


def test_members_in_one_module_are_listed_in_the_order_in_which_they_stand_there() -> None:
    registry: Registry[int] = Registry("number", __name__)
    for name, number in (("two", 2), ("one", 1)):
        registry.register(name)(number)
    assert list(registry.items()) == [("two", 2), ("one", 1)]


def test_a_function_is_described_by_its_docstring_and_an_object_by_its_summary() -> None:
    registry: Registry[object] = Registry("member", __name__)

    @registry.register("function")
    def function() -> None:
        """Describe the function.

        More about it.
        """

    registry.register("object")(SimpleNamespace(summary="Describes the object."))
    assert registry.summary("function") == "Describe the function."
    assert registry.summary("object") == "Describes the object."


def test_two_members_of_one_name_are_refused(registry: Registry[str]) -> None:
    registry.register("three")("3")
    with pytest.raises(ValueError, match="'three' is registered twice"):
        registry.register("three")("4")


def test_a_file_that_fails_fails_again_at_the_next_look(registry: Registry[str], tmp_path: Path) -> None:
    (tmp_path / PACKAGE / "broken.py").write_text("raise OSError('no such board')\n")
    for _ in range(2):
        with pytest.raises(OSError, match="no such board"):
            registry["one"]
