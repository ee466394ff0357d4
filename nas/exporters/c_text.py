"""Python values as C source text that means the same to every C99 and C++17 compiler."""

import re
import unicodedata
from collections.abc import Iterable

from nas.errors import InputError


def identifier(name: str) -> str:
    """Return lower-case `name` as a C identifier: letters, digits and single underscores, beginning with a letter."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    # Doubled and leading underscores are reserved to the compiler.
    word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return word if re.match(r"[a-z]", word) else f"nas_{word}".rstrip("_")


# Keywords of C and C++, and the headers of C's library that a file of the same name would hide.
_KEYWORDS = """
alignas alignof and asm auto bool break case catch char class const constexpr continue default delete do double else
enum explicit export extern false float for friend goto if inline int long mutable namespace new not operator or private
protected public register restrict return short signed sizeof static struct switch template this throw true try typedef
typeid typename union unsigned using virtual void volatile while xor
"""
_HEADERS = """
assert complex ctype errno fenv inttypes iso646 limits locale math setjmp signal stdarg stdatomic stdbool stddef stdint
stdio stdlib string tgmath threads time uchar wchar wctype
"""
_TAKEN = frozenset(f"{_KEYWORDS} {_HEADERS}".split())


def symbol(name: str) -> str:
    """Return `name` as what C files and symbols may be called: as it is, if it can be."""
    plain = name if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) and "__" not in name else identifier(name)
    return f"{plain}_model" if plain.lower() in _TAKEN else plain


def chosen_name(name: str, place: str = "--name") -> str:
    """Return the name that a user has chosen for C symbols; InputError if C cannot have it."""
    if symbol(name) != name:
        rule = "must be an identifier of C that is no keyword and no header of its library"
        raise InputError(place, rule, got=repr(name), hint=f"such as {symbol(name)}")
    return name


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
