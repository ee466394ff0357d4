"""What a model is: summarized as data, and drawn as a page."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nas.api import STUDIES
from nas.api.browser import open_page
from nas.errors import InputError
from nas.files import read_regular
from nas.keywords import explains_keywords
from nas.study.summary import Summary
from nas.study.tflite_summary import summarize_tflite, tflite_weights
from nas.target.profiler import MOST_FILE_BYTES
from nas.target.target import DEFAULT_TARGET, Target, find_target

if TYPE_CHECKING:
    from nas.study.tflite_summary import WeightTensor

PAGE_SUFFIX = "-view.html"


@dataclass(frozen=True, slots=True)
class _Content:
    """A model's file: its content, one of the two, with its name, and the place in messages."""

    name: str
    place: object
    tflite: bytes | None = None
    keras: bytes | None = None


@explains_keywords
def summarize(
    model: str | Path | bytes,
    *,
    target: Target | str = DEFAULT_TARGET,
    keras: bool = False,
    root: Path | str = STUDIES,
) -> Summary:
    """Return what a model is: its layers, shapes, parameters, multiply-accumulates and quantization.

    Args:
        model: path of a `.tflite` or a `.keras` file, the content of a `.tflite`, or anything that `nas.load` takes.
        target: by whose runtime the operators of a `.tflite` are accepted or refused; a name, or a TOML file's path.
        keras: whether to summarize the float Keras model where `model` has both.
        root: folder of studies.

    Raises:
        InputError: there is no such model, its file is damaged, or a `.keras` file holds what does not come with Keras.
    """
    return _described(_content(model, keras, root), _board(target))[0]


@explains_keywords
def view(
    model: str | Path | bytes,
    *,
    out: str | Path | None = None,
    target: Target | str = DEFAULT_TARGET,
    keras: bool = False,
    root: Path | str = STUDIES,
    browser: bool = False,
) -> Path:
    """Write a page that shows a model: graph, memory map, work, weights and quantization. Return its path.

    Args:
        model: see `summarize`.
        out: the page's path; by default `NAME-view.html` in the current folder.
        target: whose memory and latency are shown.
        keras: whether to show the float Keras model where `model` has both.
        root: folder of studies.
        browser: whether to open the page in the user's browser.

    Raises:
        InputError: as `summarize` does.
    """
    from nas.reports.model_page.page import ModelView, write_model_page

    content, board = _content(model, keras, root), _board(target)
    summary, weights = _described(content, board)
    path = Path(f"{Path(summary.name).name}{PAGE_SUFFIX}" if out is None else out)
    page = write_model_page(ModelView(summary, weights, board), path)
    if browser:
        open_page(page.resolve().as_uri())
    return page


@contextmanager
def model_file(model: str | Path, keras: bool, root: Path | str) -> Iterator[Path]:
    """Give the path of a model's file, for programs that read files; that of a study's winner is a temporary copy."""
    content = _content(model, keras, root)
    if isinstance(content.place, Path) and content.place.suffix in (".tflite", ".keras"):
        yield content.place
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{content.name}{'.keras' if content.tflite is None else '.tflite'}")
        path.write_bytes(content.tflite or content.keras or b"")
        yield path


def _described(content: _Content, board: Target) -> "tuple[Summary, list[WeightTensor]]":
    if content.tflite is not None:
        summary = summarize_tflite(content.tflite, board, content.name, content.place)
        return summary, list(tflite_weights(content.tflite, summary))
    # TensorFlow takes seconds to import.
    from nas.model.keras_summary import summarize_keras

    assert content.keras is not None
    return summarize_keras(content.keras, content.name, content.place)


def _content(model: str | Path | bytes, keras: bool, root: Path | str) -> _Content:
    if isinstance(model, bytes):
        return _Content("model", "model", tflite=model)
    path = Path(model)
    if path.suffix == ".tflite":
        return _Content(path.name, path, tflite=read_regular(path, MOST_FILE_BYTES))
    if path.suffix == ".keras":
        return _Content(path.name, path, keras=read_regular(path, MOST_FILE_BYTES))
    from nas.api.loading import load

    loaded = load(model, root)
    if loaded.keras is not None and (keras or loaded.tflite is None):
        return _Content(loaded.name, loaded.origin, keras=loaded.keras)
    if keras or loaded.tflite is None:
        hint = "give the study, its .nas.zip or its .keras file: a .tflite has no float model"
        raise InputError(model, "must hold the float model, a .keras file", hint=hint)
    return _Content(loaded.name, loaded.origin, tflite=loaded.tflite)


def _board(target: Target | str) -> Target:
    return find_target(target) if isinstance(target, str) else target
