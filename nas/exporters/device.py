"""C headers that are the same for every model, and are written beside it."""

from pathlib import Path

# In a checkout the folder is below `native/`; in a wheel, inside the package.
_FOLDERS = (Path(__file__).parents[1] / "device", Path(__file__).parents[2] / "native" / "device")


def device_header(name: str) -> str:
    """Return the text of a header that is part of nas."""
    return next(path for folder in _FOLDERS if (path := folder / name).is_file()).read_text()
