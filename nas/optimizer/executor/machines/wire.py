"""Messages between a search and a machine: pickles, each after its length in 8 bytes."""

import pickle
import struct
from typing import Any

import cloudpickle

LENGTH = struct.Struct(">Q")


def packed(message: object) -> bytes:
    """Return a message as it is sent."""
    content: bytes = cloudpickle.dumps(message)
    return LENGTH.pack(len(content)) + content


def unpacked(content: bytes) -> Any:
    """Return a message from the bytes after its length."""
    return pickle.loads(content)
