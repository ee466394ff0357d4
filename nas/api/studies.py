"""Studies: which there are, and how one is defined."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nas.api import STUDIES
from nas.data.source import require_source
from nas.errors import InputError, unknown
from nas.files import nearest
from nas.keywords import explains_keywords
from nas.optimizer.samplers.sampler import SAMPLERS
from nas.study.no_budget import NoBudgetError
from nas.study.paths import from_folder, original
from nas.study.study import Study
from nas.study.study_file import make_study, read_study


@explains_keywords
def list_studies(root: Path = STUDIES) -> list[str]:
    """Return the names of the studies below `root`."""
    return sorted(path.parent.name for path in root.glob("*/study.toml"))


@explains_keywords
def define_study(settings: Mapping[str, Any], base: str | None = None, root: Path = STUDIES) -> Study:
    """Return the study with these settings, or with these changes of one that is there.

    Args:
        settings: fields of `Study` by name; under `recipe`, settings of the recipe by name, whatever their table.
        base: path of a `study.toml`, or name or folder of a study, whose other settings are kept.
        root: folder of studies.

    Raises:
        InputError: there is no such study, its folder was copied or renamed and the settings give no name, or a
            setting is unknown or wrong.
    """
    if base is None:
        return as_begun(_made(settings, "settings"), Path(root))
    path = Path(base) if Path(base).exists() else root / base
    if not path.exists() and path.suffix != ".toml":
        if "space" in settings:
            raise InputError(base, "must be a study that is there", hint=f"name a new one with --name {base}")
        raise _no_study(base, root)
    fields = _read(path) if path.is_dir() else read_study(path)
    recipe = settings.get("recipe", {})
    if recipe and isinstance(fields.setdefault("recipe", {}), dict):
        fields["recipe"] |= recipe
    study = _made({**fields, **{k: v for k, v in settings.items() if k != "recipe"}}, base)
    if "name" in fields and "name" not in settings and path.is_dir():
        _require_own_name(study, _named(path))
    return as_begun(study, Path(root))


def _require_own_name(study: Study, folder: Path) -> None:
    """Raise an InputError for a copied or renamed folder: its study would run in the folder that bears its name."""
    own = folder.parent / study.name
    if own.resolve() == folder.resolve():
        return
    if original(study, folder) is not None:
        hint = f"go on with the original: nas search {own}; or begin a new study with these settings: --name NEW"
    else:
        hint = f"rename the folder: mv {folder} {own}; or begin a new study with these settings: --name NEW"
    raise InputError(folder, "must have the name of the study in its study.toml", got=f"study {study.name}", hint=hint)


def as_begun(study: Study, root: Path) -> Study:
    """Return a study with the `class_weights` that it began with in the folder of studies, if it leaves them open.

    Earlier releases wrote `false` where they had not been asked for.
    """
    if not (root / study.name / "study.toml").is_file():
        return study
    weighed = open_study(str(root / study.name))[0].recipe.training.class_weights
    return study if weighed is None else replace(study, recipe=study.recipe.weighing(weighed))


def _made(settings: Mapping[str, Any], place: str) -> Study:
    """Make a study; a missing budget is told only if its sampler and its data are known."""
    try:
        return make_study(settings, place)
    except NoBudgetError:
        if "sampler" in settings:
            SAMPLERS.find(settings["sampler"], "--sampler")
        if settings.get("data"):
            require_source(settings["data"])
        raise


def _read(folder: Path) -> dict[str, Any]:
    """Return the fields of the `study.toml` in a study's folder."""
    return from_folder(read_study(folder), folder)


def require_begun(folder: Path) -> None:
    """Raise an InputError if no study has been run in a folder."""
    if not (folder / "study.toml").is_file():
        raise InputError(folder, "must hold a study that has begun", hint="run it without --finish first")


@explains_keywords
def open_study(name: str, root: Path | str = STUDIES) -> tuple[Study, Path]:
    """Return the definition and the folder of a study, given its name or its folder; InputError if there is none."""
    folder = Path(name) if (Path(name) / "study.toml").is_file() else Path(root) / name
    if (folder / "study.toml").is_file():
        folder = _named(folder)
        return make_study(_read(folder), f"{folder}/study.toml"), folder
    refuse_file(name, root, "a study's name or its folder")
    raise _no_study(name, Path(root))


def _named(folder: Path) -> Path:
    """Return a folder by its name: `.` says neither the study's name nor where the folder of studies is."""
    return folder if folder.name not in ("", "..") else folder.resolve()


def refuse_file(name: str, root: Path | str, kinds: str) -> None:
    """Raise an InputError for a name that is a file's, where a file of its kind is not read.

    Args:
        name: as the user gave it.
        root: folder of studies; a study comes before a file.
        kinds: what may be given instead.
    """
    path = Path(name)
    if (Path(root) / name / "study.toml").is_file():
        return
    if path.is_file():
        kind = f"a {path.suffix} file" if path.suffix else "a file without an ending"
        raise InputError(name, f"must be of a kind that is read here: {kinds}", got=kind)
    if not path.exists() and re.fullmatch(r"[.][A-Za-z][A-Za-z0-9]{0,6}", path.suffix):
        raise InputError(name, f"there is no such file, and no study of this name; give {kinds}", hint=nearest(path))


def _no_study(name: str, root: Path) -> InputError:
    if names := list_studies(root):
        return unknown(f"{root}/", "study", name, names)
    hint = "begin one with nas search --space NAME --budget-kb 6, or name the folder of studies with --studies"
    return InputError(f"{root}/", "must hold a study", got=f"none in {root.absolute()}", hint=hint)
