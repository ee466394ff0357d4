"""The documentation: every relative link leads somewhere, and every command that is shown can be typed."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from nas.cli import group
from nas.cli.default_group import DefaultGroup

ROOT = Path(__file__).parents[1]
GUIDES = sorted((ROOT / "docs").rglob("*.md"))
SHOWN = [ROOT / "README.md", *GUIDES]
LINKED = [*SHOWN, ROOT / "CONTRIBUTING.md"]

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
INLINE = re.compile(r"`(nas [^`]+)`")
OUTPUT = re.compile(r"nas(?: search| train)?: ")
"""How lines begin that `nas` prints; in a block they stand beside commands."""


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def broken_links(path: Path) -> list[str]:
    """Return the relative links of a Markdown file that lead to no file, or to no heading of one."""
    return [link for link in LINK.findall(path.read_text()) if "://" not in link and not _leads(path, link)]


def _leads(path: Path, link: str) -> bool:
    place, _, heading = link.partition("#")
    found = path.parent / place if place else path
    return found.exists() and (not heading or heading in _headings(found))


def _headings(path: Path) -> set[str]:
    """Return the anchors of a Markdown file's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def commands(text: str) -> Iterator[str]:
    """Yield the `nas` commands of a Markdown text: lines of its code blocks, and code in its sentences."""
    blocks, prose, fenced = list[str](), list[str](), False
    for line in text.splitlines():
        fence = line.startswith("```")
        fenced ^= fence
        (blocks if fenced or line.startswith("    ") else prose).append("" if fence else line.strip())
    for line in "\n".join(blocks).replace("\\\n", " ").splitlines():
        parts = (part.strip().removeprefix("$ ").removeprefix(".venv/bin/") for part in line.split("&&"))
        yield from (part for part in parts if part.startswith("nas ") and not OUTPUT.match(part))
    yield from INLINE.findall(" ".join(prose))


def fault(command: str) -> str | None:
    """Return what click says against a command's verb, flags and number of arguments; None if nothing.

    Values are not looked at, so that a command may name files and boards that are not here. A verb alone stands for
    itself, as in a sentence about `nas estimate`.
    """
    words = shlex.split(command.partition(" | ")[0], comments=True)[1:]
    words = [word for word in words if word not in ("...", ">")]
    try:
        with click.Context(group, info_name="nas") as outer:
            if words and words[0].startswith("-"):
                group.make_parser(outer).parse_args(words)
                return None
            _, verb, rest = group.resolve_command(outer, words)
        assert verb is not None
        return _parse(verb, rest)
    except click.ClickException as error:
        return error.format_message()


def _parse(verb: click.Command, words: list[str]) -> str | None:
    context = click.Context(verb, info_name=verb.name)
    words = verb.named(words, context) if isinstance(verb, DefaultGroup) else words
    if isinstance(verb, click.Group) and words and not words[0].startswith("-"):
        _, inner, rest = verb.resolve_command(context, words)
        assert inner is not None
        return _parse(inner, rest)
    _, extra, _ = verb.make_parser(context).parse_args(words)
    return f"{verb.name} takes no argument {' '.join(extra)}" if extra else None


@pytest.mark.parametrize("path", LINKED, ids=_name)
def test_every_relative_link_leads_to_a_file_and_a_heading(path: Path) -> None:
    assert not broken_links(path)


@pytest.mark.parametrize("path", SHOWN, ids=_name)
def test_every_command_that_is_shown_has_a_known_verb_and_known_flags(path: Path) -> None:
    faults = [(command, wrong) for command in commands(path.read_text()) if (wrong := fault(command))]
    assert not faults


@pytest.mark.parametrize(
    "command",
    ["nas serch", "nas search --budgetkb 6", "nas data wine digits", "nas studies remove x", "nas search --window"],
)
def test_a_command_that_cannot_be_typed_is_told(command: str) -> None:
    assert fault(command) is not None


def test_commands_are_found_in_blocks_over_several_lines_and_in_sentences() -> None:
    text = "See `nas targets` and\n\n    $ nas search a \\\n      --finish\n    nas search: study a\n\n`best/`\n"
    assert list(commands(text)) == ["nas search a  --finish", "nas targets"]


def test_a_link_to_no_file_or_no_heading_is_told(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One thing\n[a](other.md) [b](#one-thing) [c](#two) [d](https://example.org/x)\n")
    assert broken_links(page) == ["other.md", "#two"]
