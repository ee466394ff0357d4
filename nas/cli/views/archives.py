"""An archive as a person reads it."""

from collections.abc import Iterator

from rich.console import Group
from rich.text import Text

from nas.cli.views.columns import columns
from nas.reports.memory_map.lifetimes import printable
from nas.study.archive_zip import ArchiveFile
from nas.target.ram import ram_needed, ram_to_reserve
from nas.task.task import score_text
from nas.text import UNKNOWN, kilobytes

_DIGEST_SHOWN = 16
_SIZES = {
    "weights_bytes": "weights",
    "file_bytes": ".tflite",
    "arena_min_bytes": "arena to reserve",
    "flash_bytes": "flash, with runtime",
}


def contents(archive: ArchiveFile) -> Group:
    """Return what an archive is, with what it was made, and its members with the start of their digests."""
    facts = list(_facts(archive))
    width = max(len(name) for name, _ in facts) + 2
    lines = [Text(f"{name:{width}}{printable(value)}") for name, value in facts]
    rows = [(member.name, f"{member.bytes:,}", member.sha256[:_DIGEST_SHOWN]) for member in archive.manifest.members]
    members = columns(("member", "bytes", "sha256"), rows, frozenset({"bytes"}), [""] * len(rows))
    return Group(*lines, Text(""), members)


def _facts(archive: ArchiveFile) -> Iterator[tuple[str, str]]:
    manifest = archive.manifest
    about = manifest.about
    yield "name", f"{manifest.name} ({manifest.kind})"
    yield "state", f"sound: all {len(archive.members)} members are as they were written"
    metric = str(about.get("metric", "score")).replace("_", " ")
    for key, words in {"test_score": "test", "val_score": "validation"}.items():
        if isinstance(about.get(key), float):
            yield f"{words} {metric}", score_text(str(about.get("metric", "accuracy")), about[key])
    yield "target", str(about.get("target") or UNKNOWN)
    for key, title in _SIZES.items():
        if isinstance(about.get(key), int):
            is_ram = key == "arena_min_bytes"
            yield ram_to_reserve(about) if is_ram else title, kilobytes(ram_needed(about) if is_ram else about[key])
    versions = dict(manifest.versions)
    yield "made by", f"nas {versions.pop('nas', UNKNOWN)} on {versions.pop('platform', UNKNOWN)}"
    yield "with", ", ".join(f"{name} {version}" for name, version in versions.items())
    if manifest.mlflow_run_id:
        yield "MLflow run", manifest.mlflow_run_id
