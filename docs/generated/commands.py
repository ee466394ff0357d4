"""The verbs of the command line, from click's commands: usage, options, examples, the functions behind them."""

import re
from collections.abc import Iterator

import click

from generated.markdown import code, prose, table
from nas.cli import VERBS, group


def verbs() -> str:
    """Return a table of all verbs, then a section on each."""
    listed = table(
        ("verb", "does"), ([f"[`nas {name}`](#nas-{name})", prose(verb.help)] for name, verb in VERBS.items())
    )
    with click.Context(group, info_name="nas") as outer:
        sections = [_section(name, outer) for name in VERBS]
    return "\n".join([listed, *sections])


def _section(name: str, outer: click.Context) -> str:
    command = group.get_command(outer, name)
    assert command is not None
    calls = ", ".join(f"{{py:obj}}`nas.{function} <nas.{function}>`" for function in VERBS[name].calls)
    parts = [f"## nas {name}\n", *_description(command, outer, name)]
    parts += [f"In Python: {calls}.\n"] if calls else []
    if isinstance(command, click.Group):
        with click.Context(command, info_name=name, parent=outer) as context:
            for word, inner in command.commands.items():
                parts += [f"### nas {name} {word}\n", *_description(inner, context, word)]
    return "\n".join(parts)


def _description(command: click.Command, parent: click.Context, name: str) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=parent)
    yield from (f"{prose(part)}\n" for part in _paragraphs(command.help or ""))
    yield f"```text\n{' '.join([context.command_path, *command.collect_usage_pieces(context)])}\n```\n"
    rows = [_option(option, context) for option in command.get_params(context) if isinstance(option, click.Option)]
    yield table(("option", "does"), [row for row in rows if row])
    yield from _examples(command.epilog or "")


def _paragraphs(text: str) -> list[str]:
    return [part for part in re.split(r"\n\s*\n", text.replace("\b", "")) if part.strip()]


def _option(option: click.Option, context: click.Context) -> tuple[str, str]:
    """Return the cells of an option: its names with the kind of its value, and what it does."""
    record = option.get_help_record(context)
    assert record is not None
    return code(record[0]), prose(record[1])


def _examples(epilog: str) -> Iterator[str]:
    """Yield what stands below the options of a verb: its examples as a block, and other paragraphs before them."""
    examples = list[str]()
    for part in re.split(r"\n\s*\n", epilog):
        lines = [re.sub(r"^Examples?:\s*", "", line.strip()) for line in part.replace("\b", "").splitlines()]
        examples += [line for line in lines if line.startswith("nas ")]
        rest = [line for line in lines if line and line not in examples]
        if rest and "\b" in part:
            yield "```text\n" + "\n".join(rest) + "\n```\n"
        elif rest:
            yield f"{prose(' '.join(rest))}\n"
    if examples:
        yield "```shell\n" + "\n".join(examples) + "\n```\n"
