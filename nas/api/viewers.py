"""Programs of others that show a model or a training in a browser: Netron and TensorBoard."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from nas.api import STUDIES
from nas.api.browser import invite
from nas.api.summary import model_file
from nas.errors import InputError
from nas.keywords import explains_keywords
from nas.tracking.server import require_free, serve

MODELS = Path("models")
"""The folder of trainings where a user names none."""
_EVENTS = "events.out.tfevents.*"
_LOCAL = "127.0.0.1"
_NETRON = "import netron; netron.main()"  # what its own command does


@explains_keywords
def open_netron(
    model: str | Path,
    *,
    host: str = _LOCAL,
    port: int = 8080,
    keras: bool = False,
    root: Path | str = STUDIES,
    tell: Callable[[str], None] = lambda line: print(line, file=sys.stderr),
    browser: bool = False,
) -> int:
    """Show a model in Netron until Ctrl-C, and return the exit code: 0, 1 if it failed, 130 after Ctrl-C.

    Args:
        model: see `nas.summarize`.
        host: network interface to listen on.
        port: port to listen on.
        keras: whether to show the float Keras model where `model` has both.
        root: folder of studies.
        tell: called with each line that the user should read; prints it to standard error by default.
        browser: whether to open it in the user's browser.

    Raises:
        InputError: there is no such model, Netron is not installed, or the port is in use.
    """
    _require("netron", "netron")
    with model_file(model, keras, root) as file:
        command = [sys.executable, "-c", _NETRON, "--host", host, "--port", str(port), str(file)]
        return _show(command, host, port, f"{model} in Netron", tell, browser)


@explains_keywords
def open_tensorboard(
    source: str | Path | None = None,
    *,
    host: str = _LOCAL,
    port: int = 6006,
    root: Path | str = STUDIES,
    tell: Callable[[str], None] = lambda line: print(line, file=sys.stderr),
    browser: bool = False,
) -> int:
    """Show trainings in TensorBoard until Ctrl-C, and return the exit code: 0, 1 if it failed, 130 after Ctrl-C.

    Args:
        source: a folder with TensorBoard's files, or the name of a training or study; all trainings by default.
        host: network interface to listen on.
        port: port to listen on.
        root: folder of studies.
        tell: called with each line that the user should read; prints it to standard error by default.
        browser: whether to open it in the user's browser.

    Raises:
        InputError: there are no files of TensorBoard, it is not installed, or the port is in use.
    """
    command = tensorboard_command(source, host=host, port=port, root=root)
    return _show(command, host, port, f"{command[command.index('--logdir') + 1]} in TensorBoard", tell, browser)


@explains_keywords
def tensorboard_command(
    source: str | Path | None = None, *, host: str = _LOCAL, port: int = 6006, root: Path | str = STUDIES
) -> list[str]:
    """Return the command that `open_tensorboard` runs; the arguments and what it raises are that one's."""
    _require("tensorboard", "tensorboard")
    options = {"--logdir": str(_events(source, Path(root))), "--host": host, "--port": str(port)}
    return [sys.executable, "-m", "tensorboard.main", *(word for option in options.items() for word in option)]


def _require(module: str, extra: str) -> None:
    if find_spec(module) is None:
        raise InputError(module, "must be installed", hint=f"pip install 'nas[{extra}]'")


def _events(source: str | Path | None, root: Path) -> Path:
    """Return the folder of a training or study; InputError if TensorBoard finds nothing there."""
    places = [MODELS] if source is None else [Path(source), MODELS / source, root / source]
    folders = [place for place in places if place.is_dir()]
    found = next((folder for folder in folders if next(folder.rglob(_EVENTS), None) is not None), None)
    if found is None:
        hint = "train with tensorboard = true in the specification's table [training]"
        raise InputError((folders or places)[0], "must hold files of TensorBoard", got="none", hint=hint)
    return found


def _show(command: Sequence[str], host: str, port: int, what: str, tell: Callable[[str], None], browser: bool) -> int:
    require_free(host, port)
    tell(f"Starting {what}; this takes some seconds.")
    return serve(command, host, port, partial(invite, tell=tell, browser=browser), tell)
