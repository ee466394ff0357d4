"""A verb that is a group of commands, of which one is meant where none is named."""

from typing import Any

import click


class DefaultGroup(click.Group):
    """A group whose command `default` is meant where the first word is no command; what is called like one is `./NAME`.

    Args:
        default: name of the command.
        alone: whether it is meant without any words too; else these show the help.
    """

    def __init__(self, name: str | None = None, *, default: str, alone: bool = False, **settings: Any) -> None:
        super().__init__(name, no_args_is_help=not alone, **settings)
        self._default, self._alone = default, alone

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(context, self.named(args, context))

    def named(self, words: list[str], context: click.Context) -> list[str]:
        """Return the words behind the verb with the default command in front, if they name none."""
        known = {*self.commands, *context.help_option_names}
        return [self._default, *words] if (words[0] not in known if words else self._alone) else words
