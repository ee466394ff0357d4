"""What a shell proposes for names: of studies, spaces and targets, quickly and without heavy libraries."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

import click
from click.shell_completion import CompletionItem

from nas.errors import InputError

Completer: TypeAlias = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _proposing(names: Callable[[click.Context], Iterable[str]]) -> Completer:
    """Return a completer that proposes names, and files where no name fits."""

    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        try:
            fitting = [name for name in names(context) if name.startswith(incomplete)]
        except (InputError, OSError):  # a shell must not show an error while its user types
            fitting = []
        # Bash forgets what comes before an item that stands for files.
        return [CompletionItem(incomplete, type="file"), *map(CompletionItem, fitting)]

    return complete


def _studies(context: click.Context) -> Sequence[str]:
    from nas import list_studies

    root = context.params.get("studies")
    return list_studies(Path(root)) if root else list_studies()


def _spaces(context: click.Context) -> Iterable[str]:
    from nas import list_spaces

    return (space.name for space in list_spaces())


def _targets(context: click.Context) -> Iterable[str]:
    from nas import list_targets

    return (target.name for target in list_targets())


def _runtimes(context: click.Context) -> Iterable[str]:
    from nas.target.target import RUNTIMES

    return iter(RUNTIMES)


studies, spaces, targets, runtimes = map(_proposing, (_studies, _spaces, _targets, _runtimes))
