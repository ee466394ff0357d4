"""Python values as C source text that means the same to every C99 and C++17 compiler."""

import re
import unicodedata
from collections.abc import Iterable


def identifier(name: str) -> str:
    """Return lower-case `name` as a C identifier: letters, digits and single underscores, beginning with a letter."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    # Doubled and leading underscores are reserved to the compiler.
    word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return word if re.match(r"[a-z]", word) else f"nas_{word}".rstrip("_")


def string(text: str) -> str:
    """Return a literal of `text` in UTF-8."""
    return '"' + "".join(map(_character, text.encode())) + '"'


def _character(byte: int) -> str:
    # Three octal digits end by themselves, where \x would swallow the letters behind it. `?` begins trigraphs.
    keep = 0x20 <= byte < 0x7F and chr(byte) not in '"\\?'
    return chr(byte) if keep else f"\\{byte:03o}"


def comment(text: str) -> str:
    """Return `text` fit for a `//` comment: one line of ASCII that no trigraph and no backslash can continue."""
    return re.sub(r"[^ -~]|[\\?]", "_", " ".join(text.split()))


def number(value: float) -> str:
    """Return a literal that a compiler reads as the float32 nearest to `value`."""
    digits = f"{value:.9g}"
    return f"{digits}f" if re.search(r"[.e]", digits) else f"{digits}.0f"


def rows(items: Iterable[str], per_line: int = 12) -> str:
    """Return the inside of an initializer, indented, `per_line` items a line."""
    listed = list(items)
    lines = [listed[i : i + per_line] for i in range(0, len(listed), per_line)]
    return "\n".join(f"    {', '.join(line)}," for line in lines)
