"""With what a model was made: versions of nas, of Python and of the libraries, and the kind of machine."""

import platform
from importlib.metadata import PackageNotFoundError, version

from nas import __version__

LIBRARIES = ("tensorflow", "keras", "ai-edge-litert", "numpy")


def versions() -> dict[str, str]:
    """Return the versions that a model's numbers depend on, without importing a library.

    The machine is told by its system and processor, such as `Linux x86_64`; nothing names the machine or its user.
    """
    found = {"nas": __version__, "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    return {**found, "platform": f"{platform.system()} {platform.machine()}"}
