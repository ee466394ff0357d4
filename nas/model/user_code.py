"""Functions in the user's own Python files: found by `FILE.py:NAME`, called, and their failures told in one line.

A file is run only when the user has named it, or has written the specification that does.
"""

import importlib.util
import inspect
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any

from nas.errors import InputError, unknown


class UserCode:
    """The user's Python files, each run once, when the first of its functions is asked for.

    Life cycle: made for one training; `find` returns functions and classes by reference.
    """

    def __init__(self) -> None:
        self._modules: dict[Path, ModuleType] = {}

    def find(self, reference: str) -> "UserFunction":
        """Return what `FILE.py:NAME` names.

        Raises:
            InputError: the file cannot be read or raises, or defines no such function or class.
        """
        path, _, name = reference.rpartition(":")
        if not path.endswith(".py") or not name:
            raise InputError(reference, "must be FILE.py:NAME", hint="such as my_model.py:build")
        file = Path(path)
        module = self._module(file)
        if not callable(getattr(module, name, None)):
            own = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
            raise unknown(file, "function", name, own or ["(it defines none)"])
        return UserFunction(file, name, getattr(module, name))

    def _module(self, file: Path) -> ModuleType:
        key = file.resolve()
        if key not in self._modules:
            if not key.is_file():
                raise InputError(file, "must be a readable Python file", hint="check the path in the specification")
            self._modules[key] = _run(file, key)
        return self._modules[key]


class UserFunction:
    """A function or class of the user's; calling it turns whatever it raises into one line with file and line.

    Attributes:
        file: where it is defined.
        name: of the function.
        function: itself.
    """

    def __init__(self, file: Path, name: str, function: Any) -> None:
        self.file = file
        self.name = name
        self.function = function

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        with _told(self.file, f"{self.name} raised"), _beside(self.file):
            return self.function(*arguments, **named)

    @property
    def place(self) -> str:
        """Where it is defined: file and line."""
        try:
            line = inspect.getsourcelines(self.function)[1]
        except (OSError, TypeError):  # it is not a Python function, such as a functools.partial
            return f"{self.file}: {self.name}"
        return f"{self.file}:{line}: {self.name}"


def _run(file: Path, path: Path) -> ModuleType:
    """Run a file as a module of a name of its own, so that it hides no other module."""
    name = f"_nas_user_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Keras and dataclasses look the module of a class up by its name.
    sys.modules[name] = module
    with _told(file, "running it raised"), _beside(path):
        spec.loader.exec_module(module)
    return module


@contextmanager
def _beside(file: Path) -> Iterator[None]:
    """Let imports find the modules beside a file; what it prints goes to standard error, as all progress does."""
    folder = str(file.resolve().parent)
    sys.path.insert(0, folder)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        if folder in sys.path:
            sys.path.remove(folder)


@contextmanager
def _told(file: Path, what: str) -> Iterator[None]:
    """Raise an exception of the user's code as an InputError with the last line of the file that it went through."""
    try:
        yield
    except InputError:
        raise
    except SyntaxError as error:
        raise InputError(f"{error.filename or file}:{error.lineno}", f"must be Python: {error.msg}") from error
    except (Exception, SystemExit) as error:
        kind, text = type(error).__name__, " ".join(str(error).split())
        hint = "import what it needs, or install it" if isinstance(error, ImportError) else "mend it and train again"
        raise InputError(f"{file}{_line(error, file)}", f"{what} {kind}: {text[:300]}", hint=hint) from error


def _line(error: BaseException, file: Path) -> str:
    """Return `:line` of the last frame of a traceback that is in a file, or nothing."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename).resolve() == file.resolve()]
    return f":{lines[-1]}" if lines else ""
