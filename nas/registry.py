"""Extension points: the members of each are registered by name and imported at the first look-up."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from nas.errors import unknown

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """The members of one extension point, by name.

    Life cycle: made empty in the module of the extension point's contract; filled by `register` while the modules that
    hold the members are imported, which happens once, at the first look-up; read-only from then on.

    Members are functions, classes or other objects. A function or class is described by the first line of its
    docstring, any other object by its attribute `summary`.

    Args:
        what: the word for a member in messages, such as `"block"`.
        home: where the members are: a package (a file for each member or a few of them; listed by name), or a single
            module, usually the registry's own, `__name__` (listed in the order in which they stand there).
        loads: the heavy libraries that are imported by looking a member up.
    """

    def __init__(self, what: str, home: str, *, loads: tuple[str, ...] = ()) -> None:
        self.what = what
        self.home = home
        self.loads = loads
        self._members: dict[str, T] = {}
        self._loaded = False

    def register(self, name: str) -> Callable[[T], T]:
        """Decorate a member so that it is found under `name`."""

        def add(member: T) -> T:
            if name in self._members:
                raise ValueError(f"{self.what} {name!r} is registered twice")
            self._members[name] = member
            return member

        return add

    def find(self, name: str, place: object) -> T:
        """Return the member called `name`; InputError at `place`, with the known names, if there is none."""
        if name not in self:
            raise unknown(place, self.what, name, self)
        return self[name]

    def summary(self, name: str) -> str:
        """Return the line that describes the member called `name`."""
        member = self[name]
        words = getattr(member, "summary", None) or member.__doc__ or ""
        return str(words).strip().partition("\n")[0]

    def __getitem__(self, name: str) -> T:
        return self._load()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._load())

    def __len__(self) -> int:
        return len(self._load())

    def _load(self) -> dict[str, T]:
        # A member's module may look other members up while it is imported, so the mark is set first.
        if not self._loaded:
            self._loaded = True
            try:
                self._import_members()
            except BaseException:
                self._loaded = False
                raise
        return self._members

    def _import_members(self) -> None:
        home = importlib.import_module(self.home)
        if hasattr(home, "__path__"):
            for module in pkgutil.iter_modules(home.__path__):
                importlib.import_module(f"{self.home}.{module.name}")
            # Another module may have imported some of the files before, in any order.
            self._members = dict(sorted(self._members.items()))
