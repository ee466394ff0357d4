"""Models and architectures on a target: what they cost, and what would make them smaller."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nas.api import STUDIES
from nas.api.front_ends import with_front_end_of, with_its_front_end
from nas.codec import parse_json
from nas.errors import InputError
from nas.files import read_regular
from nas.graph.graph import Graph
from nas.keywords import explains_keywords
from nas.space.architecture import Architecture
from nas.space.file import load_space
from nas.study.manifest import INT8, SUFFIX
from nas.target import profiler
from nas.target.footprint import Footprint
from nas.target.front_end import estimate_member
from nas.target.target import DEFAULT_TARGET, Target, find_target

if TYPE_CHECKING:
    from nas.api.model import Model
    from nas.study.result import Result
    from nas.target.advice import Advice


_KNOWN = "`nas studies` lists the studies"


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """One of several models on one of several targets.

    Attributes:
        file: the model's path.
        target: the target.
        result: its footprint there, or why it has none.
        study: name of the study whose winner it is; empty for any other file.
    """

    file: str
    target: Target
    result: Footprint | InputError
    study: str = ""

    def __repr__(self) -> str:
        return f"<nas.Comparison: {self.file} on {self.target.name}: {self.result!r}>"


@explains_keywords
def estimate(
    architecture: Graph | Architecture | Mapping[str, Any] | str | Path,
    target: Target | str = DEFAULT_TARGET,
    *,
    space: str | None = None,
    input_shape: Sequence[int] | None = None,
    classes: int | None = None,
) -> Footprint:
    """Return what an architecture will cost on a target, without building or training it.

    Args:
        architecture: a graph, an architecture, its JSON, or the path of a JSON file with it; with `space`, the value
            of each dimension by name, or the path of a JSON file with them.
        target: a target, its name, or the path of a TOML file that describes it.
        space: name of a space, or path of a TOML file.
        input_shape: shape of one row of data; by default the architecture's own, or that of the space's own data.
        classes: number of classes, likewise.

    Raises:
        InputError: a file cannot be read, its contents are no architecture or no parameters of the space, or the shape
            has another number of axes than the architecture's.
    """
    from nas.api.spaces import on_data

    board = _board(target)
    if isinstance(architecture, Graph):
        return profiler.estimate(architecture, board)
    if isinstance(architecture, Architecture):
        return estimate_member(_on_data(architecture, input_shape, classes), board)
    place = str(architecture) if isinstance(architecture, str | Path) else "architecture"
    values = _json_object(Path(architecture)) if isinstance(architecture, str | Path) else architecture
    if space is None:
        member = _on_data(Architecture.from_json(values, place), input_shape, classes)
    else:
        learning, shape, outputs = on_data(load_space(space), input_shape, classes)
        member = learning.from_params(values, shape, outputs)
    return estimate_member(member, board)


@explains_keywords
def profile(model: "str | Path | bytes | Result | Model", target: Target | str = DEFAULT_TARGET) -> Footprint:
    """Return the footprint of a model on a target.

    Args:
        model: path of a `.tflite` or of a `.nas.zip`, whose int8 model it is then; the content of a `.tflite`; what
            `nas.load` returned; or what a search returned, or a study's name or folder, whose winner it is then.
        target: a target, its name, or the path of a TOML file that describes it.

    Raises:
        InputError: a study has no winner yet, a folder holds several models, the file
            cannot be read, has more than 256 MB or holds no sound `.tflite`, or the target is unknown.
    """
    board = _board(target)
    loaded: Any = model if hasattr(model, "predict") else None
    content = _tflite(model)
    if loaded is not None and content is not None:
        return with_front_end_of(profiler.profile(content, board), loaded, board)
    file = _one_file(model) if content is None else ""
    content = _content(file) if content is None else content
    footprint = profiler.profile(content, board, file or "model")
    return with_its_front_end(replace(footprint, file=file), content, file, board)


def _tflite(model: object) -> bytes | None:
    """Return the `.tflite` of a model in memory; None for anything else."""
    content = getattr(model, "tflite", None) if hasattr(model, "predict") else model
    return content if isinstance(content, bytes) else None


def _one_file(model: object) -> str:
    """Return the file of a model that is given as a file, as a study or as the result of one."""
    name = str(model) if isinstance(model, str | Path) else getattr(model, "folder", None)
    if name is None:
        hint = "give the path of a .tflite, its bytes, a study's name, or what nas.search returned"
        raise InputError("model", "must be a model or a study", got=type(model).__name__, hint=hint)
    if Path(name).is_file() or name.endswith((SUFFIX, ".tflite")):
        return name
    found = [file for file, _ in model_files(name)]
    if len(found) > 1:
        raise InputError(name, "must hold one model", got=len(found), hint="nas.compare takes several")
    return found[0]


def _on_data(member: Architecture, input_shape: Sequence[int] | None, classes: int | None) -> Architecture:
    """Return the same blocks for data of another shape, or with another number of classes."""
    from nas.api.spaces import require_positive

    require_positive(input_shape, classes)
    shape = tuple(input_shape or member.input_shape)
    if len(shape) != len(member.input_shape):
        rule = f"must have {len(member.input_shape)} numbers, as the architecture's {_numbers(member.input_shape)}"
        raise InputError("--input-shape", rule, got=_numbers(shape))
    outputs = member.task.outputs_for(member.front_end.shape(shape), classes or member.outputs)
    return replace(member, input_shape=shape, outputs=outputs)


def _numbers(shape: Sequence[int]) -> str:
    return ",".join(map(str, shape))


@explains_keywords
def compare(
    files: Sequence[str | Path] | str | Path, targets: Sequence[Target | str] | Target | str
) -> list[Comparison]:
    """Return the footprint of each model on each target.

    Args:
        files: paths of `.tflite` or `.nas.zip` files, or one; a study's name or folder stands for its winner, any other
            folder for the `.tflite` files in it and in its folders, of each study among them the winner.
        targets: targets, their names, or paths of TOML files that describe them, or one.

    Raises:
        InputError: a folder holds no model, a study no winner yet, or a target is unknown. A file that cannot be read
            is no error here: its result says why.
    """
    files = [files] if isinstance(files, str | Path) else files
    models = [model for file in files for model in model_files(str(file))]
    boards = [_board(target) for target in ([targets] if isinstance(targets, str | Target) else targets)]
    return [
        Comparison(model, board, _profile_or_error(model, board), study) for model, study in models for board in boards
    ]


@explains_keywords
def advise(model: "str | Path | bytes | Result | Model", target: Target | str = DEFAULT_TARGET) -> "list[Advice]":
    """Return what would make a `.tflite` smaller or faster on a target, each with its computed saving.

    Args:
        model: as in `profile`: a file, a study, or a model in memory.
        target: a target, its name, or the path of a TOML file that describes it.

    Raises:
        InputError: the file cannot be read or is no `.tflite`, the study has no winner yet, or the target is unknown.
    """
    from nas.target import advice

    content = _tflite(model)
    content = _content(_one_file(model)) if content is None else content
    return [*advice.advise(content, _board(target), _without_metadata), *_on_parameters(content)]


def _content(model: str | Path) -> bytes:
    """Return the `.tflite` in a file; the int8 one of an archive."""
    if str(model).endswith(SUFFIX):
        from nas.study.archive_zip import read_archive

        return read_archive(Path(model)).member(INT8)
    return read_regular(Path(model), profiler.MOST_FILE_BYTES)


def _board(target: Target | str) -> Target:
    return find_target(target) if isinstance(target, str) else target


def _bare(model: bytes) -> bytes:
    """Return a `.tflite` without the parameters in its metadata; one that is damaged as it is."""
    from nas.model.deploy.params.store import without_params

    try:
        return without_params(model)
    except ValueError:
        return model


def _without_metadata(model: bytes) -> bytes:
    """Return a `.tflite` without what a device does not read; parameters stay."""
    from nas.model.deploy.slim import slim  # its libraries take longer to import than a profile takes

    return slim(model)


def _on_parameters(model: bytes) -> "Iterator[Advice]":
    """Yield what the parameters in a model's metadata cost; they are there on purpose."""
    from nas.model.deploy.params.metadata import entry_of
    from nas.target.advice import Advice

    try:
        if entry_of(model) is None:
            return
        from nas.api.params import params

        carried = params(model)
    except ValueError:  # it runs all the same
        return
    if carried.cost_bytes:
        keys = ", ".join(carried.values)
        message = f"{carried.entry} in its metadata holds {keys}; a firmware that reads none of them can do without"
        note = "nas export --bare leaves them out, nas params --remove '*' removes them"
        yield Advice("parameters", (), message, {"file_bytes": carried.cost_bytes}, note=note)


def _profile_or_error(model: str, target: Target) -> Footprint | InputError:
    try:
        return profile(model, target)
    except InputError as error:
        return error


def model_files(file: str) -> Iterator[tuple[str, str]]:
    """Yield the file, a study's winner, or the models in a folder, each with the name of its study."""
    path = Path(file)
    named = not path.exists() and _is_study(STUDIES / file)
    if not path.is_dir() and not named:
        if not path.exists() and not path.suffix:
            raise InputError(file, "must be a file, a folder or a study, and there is none of this name", hint=_KNOWN)
        yield file, ""
        return
    # These take longer to import than a profile takes.
    from nas.api.studies import open_study
    from nas.study.archive_file import has_archive, winner_file

    if named or _is_study(path):
        study, folder = open_study(file, STUDIES)
        yield winner_file(folder, _bare), study.name
        return
    studies = {definition.parent for definition in path.rglob("study.toml")}
    found = [(str(model), "") for model in path.rglob("*.tflite") if studies.isdisjoint(model.parents)]
    found += [(winner_file(folder, _bare), folder.name) for folder in studies if has_archive(folder)]
    if not found:
        raise InputError(file, "must hold .tflite files", got="none")
    yield from sorted(found)


def _is_study(folder: Path) -> bool:
    return (folder / "study.toml").is_file()


def _json_object(file: Path) -> Mapping[str, Any]:
    data = parse_json(read_regular(file, profiler.MOST_FILE_BYTES), file)
    if not isinstance(data, dict):
        raise InputError(file, "must hold a JSON object", got=type(data).__name__)
    return data
