"""What the source distribution and the wheel hold; builds both, offline, as `python -m build` does."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.packaging


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution of this checkout, and the wheel built from it."""
    folder = tmp_path_factory.mktemp("dist")
    # Optimization and symbols take most of the time, and change nothing that is asked here.
    plain = [f"-Ccmake.define.CMAKE_{language}_FLAGS_DEBUG=-O0" for language in ("C", "CXX")]
    quick = ["-Ccmake.build-type=Debug", *plain]
    command = [sys.executable, "-m", "build", "--no-isolation", *quick, "--outdir", str(folder), str(ROOT)]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


@pytest.fixture(scope="module")
def sdist(dist: Path) -> set[str]:
    """Paths in the source distribution, below its one folder."""
    (archive,) = dist.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        return {name.partition("/")[2] for name in tar.getnames()}


@pytest.fixture(scope="module")
def wheel(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked."""
    (archive,) = dist.glob("*.whl")
    folder = tmp_path_factory.mktemp("wheel")
    zipfile.ZipFile(archive).extractall(folder)
    return folder


def files(folder: Path) -> set[str]:
    """The paths of all files below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def spaces() -> set[str]:
    return {path.name for path in (ROOT / "search_spaces").glob("*.toml")}


def test_the_source_distribution_holds_what_it_is_built_from(sdist):
    assert {f"search_spaces/{name}" for name in spaces()} <= sdist
    assert {"nas/target/targets.toml", "native/CMakeLists.txt", "LICENSE", "README.md", "pyproject.toml"} <= sdist


def test_the_source_distribution_holds_no_studies_and_nothing_built(sdist):
    assert not [name for name in sdist if name.startswith(("studies", ".ci", "build/", "dist/"))]
    assert not [name for name in sdist if name.endswith((".so", ".pyc"))]


def test_the_wheel_holds_spaces_targets_headers_one_native_module_and_the_layers_beside_it(wheel):
    assert {path.name for path in (wheel / "nas" / "search_spaces").iterdir()} == spaces()
    assert (wheel / "nas" / "target" / "targets.toml").is_file()
    shipped = wheel / "nas" / "device"
    assert files(shipped) == files(ROOT / "native" / "device") >= {"nas_params.h", "kernels/conv.h"}
    (native,) = wheel.rglob("_native*.so")
    assert native.with_name("_training.so").is_file()


def test_the_wheel_holds_nothing_outside_the_package(wheel):
    assert sorted(path.name for path in wheel.iterdir() if not path.name.endswith(".dist-info")) == ["nas"]


def test_the_wheel_works_without_the_checkout(wheel, tmp_path):
    # An editable install's finder would come before the wheel on the path.
    code = f"""
import sys
sys.meta_path[:] = [finder for finder in sys.meta_path if "ScikitBuild" not in type(finder).__name__]
sys.path.insert(0, {str(wheel)!r})
import nas, nas._native
from nas.space.file import load_space, space_names
from nas.target.target import known_targets
assert nas.__file__.startswith({str(wheel)!r}), nas.__file__
assert nas._native.__file__.startswith({str(wheel)!r}), nas._native.__file__
for name in space_names():
    load_space(name)
print(*space_names(), len(known_targets()))
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    *names, targets = run.stdout.split()
    assert {f"{name}.toml" for name in names} == spaces()
    assert int(targets) > 0
