"""Named extension points: a folder whose files register themselves when they are imported."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from nas.errors import unknown

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """The members of one extension point, by name.

    Life cycle: made empty beside the extension point's contract; filled by `register` as the files of
    `package` are imported, which happens once, at the first look-up; read-only from then on.

    Args:
        what: the word for a member in messages, such as `"block"`.
        package: the package whose modules hold the members.
    """

    def __init__(self, what: str, package: str) -> None:
        self.what = what
        self._package = package
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

    def __getitem__(self, name: str) -> T:
        return self._load()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._load()))

    def __len__(self) -> int:
        return len(self._load())

    def _load(self) -> dict[str, T]:
        # A member's module may look others up while it is imported, so the mark comes first.
        if not self._loaded:
            self._loaded = True
            try:
                package = importlib.import_module(self._package)
                for module in pkgutil.iter_modules(package.__path__):
                    importlib.import_module(f"{self._package}.{module.name}")
            except BaseException:
                self._loaded = False
                raise
        return self._members
