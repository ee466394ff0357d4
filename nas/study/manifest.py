"""`manifest.json`, the first member of an archive: what the archive holds, what it is, and with what it was made."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nas.codec import Place, from_data, parse_json
from nas.errors import InputError

FORMAT = 1
"""Version of the format; it rises when archives get what earlier releases of nas cannot read."""

SUFFIX = ".nas.zip"
"""How the names of archives end."""

MANIFEST = "manifest.json"

# The members that functions of nas read again; others are for people.
FACTS = "archive.json"
METADATA = "metadata.json"
DATA = "data.json"
INT8 = "tflite/int8.tflite"
KERAS = "model.keras"
WEIGHTS = "weights.npz"
SOFT_LABELS = "soft_labels.npy"
ARCHITECTURE = "architecture.json"


def digest(content: bytes) -> str:
    """Return the SHA-256 of a content as hexadecimal text."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True, slots=True)
class Member:
    """A member in the manifest: its path, its size unpacked, and the SHA-256 of its content."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `manifest.json` says: the fields of `Contents`, and with what and in which form the archive was made."""

    format: int
    name: str
    kind: str
    about: Mapping[str, Any]
    versions: Mapping[str, str]
    members: tuple[Member, ...]
    mlflow_run_id: str | None = None


def read_manifest(content: bytes, place: Place) -> Manifest:
    """Read the manifest; InputError for a later format, which may hold anything, or for what is none."""
    facts = parse_json(content, place)
    found = facts.get("format") if isinstance(facts, dict) else None
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise InputError(place, "must be the manifest of an archive, with the version of its format", got=repr(found))
    if found > FORMAT:
        made = facts.get("versions")
        nas = str(made.get("nas", "")) if isinstance(made, dict) else ""
        later = f"nas {nas}" if re.fullmatch(r"\d[\w.+-]{0,40}", nas) else "the nas that made it"
        rule = f"must have a format that this nas reads, at most {FORMAT}"
        raise InputError(place, rule, got=found, hint=f"open it with {later} or a later one")
    manifest = from_data(Manifest, facts, place)
    for key, value in manifest.about.items():
        if any(isinstance(part, dict | list) for part in (value if isinstance(value, list) else [value])):
            raise InputError(place.key("about").key(key), "must be a text, a number, or a list of these")
    return manifest
