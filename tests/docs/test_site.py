"""The site: it is built without a warning, and its reference lists every verb, option, key and name of the code."""

import dataclasses
import json
import re
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import click
import pytest

import nas
from nas.cli import VERBS, group
from nas.space.blocks.block import BLOCKS
from nas.study.model_spec import TABLES as SPECIFICATION_TABLES
from nas.study.model_spec import ModelSpec
from nas.study.objectives import OBJECTIVES
from nas.study.recipe import TABLES
from nas.study.study import Study
from nas.target.target import known_targets

ROOT = Path(__file__).parents[2]
REFERENCE = "docs/reference"
SPACES = sorted((ROOT / "search_spaces").glob("*.toml"))


class Page(HTMLParser):
    """The anchors, links, code and text of a page of the site."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors, self.links, self.code = set[str](), list[str](), set[str]()
        self.in_article, self.article_links = False, list[str]()
        self._inside = 0
        self.text = ""
        self.feed(path.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {given["id"] or ""} if "id" in given else set()
        self.in_article |= tag == "article"
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
            self.article_links += [given["href"] or ""] if self.in_article else []
        self._inside += tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag == "code"
        self.in_article &= tag != "article"

    def handle_data(self, data: str) -> None:
        self.text += data
        self.code |= {data} if self._inside else set()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built with warnings as errors."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-c", "docs", ".", str(folder)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return folder


def code_on(site: Path, name: str) -> set[str]:
    """Return what stands as code on a page of the reference, word by word."""
    return {word for code in Page(site / REFERENCE / f"{name}.html").code for word in [code, *code.split()]}


def test_every_internal_link_leads_to_a_page_and_to_an_anchor_of_it(site: Path) -> None:
    pages = {path: Page(path) for path in site.rglob("*.html")}
    broken = []
    for path, page in pages.items():
        for link in page.links:
            place, _, anchor = link.partition("#")
            if "://" in link or link.startswith("mailto:"):
                continue
            target = (path.parent / place).resolve() if place else path
            leads = target.exists() and (not anchor or target not in pages or anchor in pages[target].anchors)
            broken += [] if leads else [f"{path.relative_to(site)}: {link}"]
    assert not broken


def test_the_reference_lists_every_verb_with_every_option(site: Path) -> None:
    known, missing = code_on(site, "verbs"), []
    with click.Context(group, info_name="nas") as context:
        for name in VERBS:
            verb = group.get_command(context, name)
            assert verb is not None
            inner = verb.commands.values() if isinstance(verb, click.Group) else ()
            for command in (verb, *inner):
                options = [option for one in command.params for option in one.opts if option.startswith("--")]
                missing += [
                    f"{name} {option}" for option in options if f"{option}," not in known | {f"{o}," for o in known}
                ]
    assert not missing
    anchors = Page(site / REFERENCE / "verbs.html").anchors
    assert [name for name in VERBS if f"nas-{name}" not in anchors] == []


def test_the_reference_lists_every_public_name(site: Path) -> None:
    page = Page(site / REFERENCE / "python.html")
    assert [name for name in nas.__all__ if f"nas.{name}" not in page.anchors and f"nas.{name}" not in page.code] == []


@pytest.mark.parametrize(
    ("page", "keys"),
    [
        ("study", [field.name for kind in (Study, *TABLES.values()) for field in dataclasses.fields(kind)]),
        ("study", list(OBJECTIVES)),
        ("space", ["description", "input", "data", "stages", "start", *BLOCKS]),
        ("space", [field.name for name in BLOCKS for field in dataclasses.fields(BLOCKS[name])]),
        ("specification", [f.name for k in (ModelSpec, *SPECIFICATION_TABLES.values()) for f in dataclasses.fields(k)]),
        ("targets", [field.name for field in dataclasses.fields(next(iter(known_targets().values())))]),
    ],
)
def test_the_reference_lists_every_key_of_a_file_that_users_write(site: Path, page: str, keys: list[str]) -> None:
    tables = {"recipe", *TABLES, *SPECIFICATION_TABLES, "cluster"}  # these are headings
    headings = Page(site / REFERENCE / f"{page}.html").anchors
    tables |= {block for block in BLOCKS if f"the-block-{block.replace('_', '-')}" in headings}
    of_the_core = {"name", "pointer_bytes"} if page == "targets" else set()  # not keys of the file
    known = code_on(site, page)
    assert [key for key in keys if key not in known | tables | of_the_core] == []


def test_the_reference_lists_every_key_of_written_results(site: Path) -> None:
    known = code_on(site, "results")
    documents = [json.loads(path.read_text()) for path in (ROOT / "studies").glob("*/results.json")]
    assert len(documents) > 10
    assert sorted({leaf for document in documents for leaf in leaves(document)} - known) == []


def keys_of_file(content: Any) -> set[str]:
    """Return every key of a file, of its tables, and of the tables in its lists."""
    if isinstance(content, list):
        return {key for entry in content for key in keys_of_file(entry)}
    if not isinstance(content, dict):
        return set()
    return set(content) | {key for value in content.values() for key in keys_of_file(value)}


def test_the_reference_lists_every_key_of_the_files_that_come_with_nas(site: Path) -> None:
    """What users copy from has no key that the reference lacks, whatever the dataclasses say."""
    named = {stage for path in SPACES for stage in stages(path)}
    for page, paths in (("space", SPACES), ("study", sorted((ROOT / "studies").glob("*/study.toml")))):
        found = {key for path in paths for key in keys_of_file(tomllib.loads(path.read_text()))}
        tables = {*TABLES, "cluster", "recipe"} | named
        assert paths
        assert sorted(found - code_on(site, page) - tables) == [], page
    boards = tomllib.loads((ROOT / "nas" / "target" / "targets.toml").read_text())
    assert sorted(keys_of_file(boards) - set(boards) - code_on(site, "targets")) == []


def stages(path: Path) -> list[str]:
    """Return the stages that a space's file names, each of which is a table there."""
    named: list[str] = tomllib.loads(path.read_text())["stages"]
    return named


def leaves(document: Any, place: str = "") -> list[str]:
    """Return the paths of the values in a document, with `*` for names of metrics, states and libraries."""
    if place.endswith("blocks"):  # their keys are the dimensions of blocks, which the page of spaces lists
        return [place]
    if isinstance(document, list) and document and isinstance(document[0], dict):
        return [leaf for entry in document for leaf in leaves(entry, f"{place}[]")]
    if not isinstance(document, dict):
        return [place]
    named = place.endswith(("metrics", "states", "versions"))
    below = [(f"{place}.{'*' if named else key}".lstrip("."), value) for key, value in document.items()]
    return [leaf for path, value in below for leaf in leaves(value, path)] or [place]


def test_each_of_ten_questions_is_answered_within_two_clicks_from_the_front_page(site: Path) -> None:
    front = Page(site / "docs" / "index.html")
    assert "questions.html" in front.article_links  # the first click
    page = (ROOT / "docs" / "questions.md").read_text()
    questions = re.findall(r"^## (.+\?.*)$", page, re.MULTILINE)
    assert len(questions) == 10
    answers = re.split(r"^## .+$", page, flags=re.MULTILINE)[1:]
    for question, answer in zip(questions, answers, strict=True):
        assert len(answer.split()) > 20, question  # an answer stands there,
        assert re.search(r"\]\([\w-]+\.md", answer), question  # and the second click leads to all of it


def test_every_guide_is_one_click_from_the_front_page(site: Path) -> None:
    front = {link.partition("#")[0] for link in Page(site / "docs" / "index.html").article_links}
    guides = {path.with_suffix(".html").name for path in (ROOT / "docs").glob("*.md")} - {"index.html"}
    assert guides - front == set()


def test_pictures_have_a_text_for_those_who_do_not_see_them(site: Path) -> None:
    pages = [path.read_text() for path in (site / "docs").rglob("*.html")]
    pictures = [tag for page in pages for tag in re.findall(r"<img [^>]+>", page)]
    assert len(pictures) >= 5
    assert [tag for tag in pictures if not re.search(r'alt="[^"]{10,}"', tag)] == []
