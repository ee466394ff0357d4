"""Every command and every piece of Python that the documentation shows is run here, on the small things of `workshop`.

A command that searches is run to the point where it would begin. Those that need other machines, a database or somebody
who ends them are marked, with the test that runs them.
"""

import io
import json
import os
import re
import shlex
import shutil
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import click
import pytest
import workshop
from click.testing import CliRunner
from documented import unlisted
from edge_impulse_stand_in import KEY, StandIn
from test_docs import GUIDES, ROOT, commands, fault

import nas
from nas.api.studies import define_study
from nas.cli import group, main
from nas.cli.default_group import DefaultGroup
from nas.optimizer.run import run

# What pages call the things that every user has under a name of his own.
STANDS_FOR = {
    **dict.fromkeys(("NAME", "STUDY", "first", "A", "B", "w64", "w128"), "gesture"),
    **dict.fromkeys(("cnn_timeseries-synthetic-6kb", "studies/NAME", "studies/har"), "studies/gesture"),
    **dict.fromkeys(("FILE", "FILE..."), "model.tflite"),
    "MODEL": "models/har_cnn",
    "DATA": "uci_har_windows.npz",
    "RECORDING": "recording.csv",
    "SPEC": "har_cnn.py",
    "M": "10",
    "my_model.py": "har_cnn.py",
    "VERB": "summarize",
}

MARKED = {
    r"--cluster": "needs other machines; tests/optimizer/test_cluster.py and test_machines.py start some",
    r"--tracking-uri http": "needs a server of MLflow; benchmarks/mlflow_server.py starts one",
    r"--storage postgresql": "needs a database; tests/optimizer/test_shared_storage.py starts one",
    r"nas (attach|stop|search .*--detach)": "searches for minutes in the background; see tests/api/test_background.py",
    r"nas classify .*--camera": "watches until Ctrl-C; tests/api/test_watching.py plays a camera",
    r"nas export .*--baseline": "needs a study of anomalies; tests/cli/test_anomaly_study.py exports of one",
    r"nas data fetch [a-z]": "downloads; tests/data/public does so from a server here",
    r"nas (ui|tensorboard)$": "serves until Ctrl-C; tests/cli/test_ui.py and tests/cli/test_look.py begin it",
}

SHORTENED = {
    "search": ("--dry-run",),
    "benchmark": ("--runs", "1"),
    "train": ("--tracking-uri", "none"),
    "studies delete": ("--yes",),
    "view-audio": ("--features-only",),
}
"""What is added to the commands of a verb, so that they take seconds and ask nobody."""
PAGES = [ROOT / "README.md", *GUIDES]


def shown() -> list[str]:
    """Return the commands of all pages, each once, without comments, placeholders filled in, words one space apart."""
    lines = [line for page in PAGES for line in commands(page.read_text())]
    return sorted({" ".join(_words(line)) for line in lines})


def _words(line: str) -> list[str]:
    words = shlex.split(line.partition(" > ")[0].partition(" | ")[0], comments=True)
    if words[1:2] == ["targets"]:
        return [{"NAME": "nucleo-f411re"}.get(word, word) for word in words]
    before = ["", *words]  # a name that is given to something new stays
    return [
        word if earlier == "--name" else STANDS_FOR.get(word, word)
        for earlier, word in zip(before, words, strict=False)
        if word != "..."
    ]


ONE_OF = {
    "search": ("study", "space"),
    "estimate": ("architecture", "space"),
    "view-audio": ("file", "microphone"),
}
"""Parameters of which a verb needs one, where click does not know it."""


def is_mentioned(command: str) -> bool:
    """Return whether a command stands in a sentence without what it needs, as in `nas profile` or `--smooth N`."""
    words = command.split()[1:]
    if any(word.startswith("--help") for word in words):  # it prints and ends
        return False
    try:
        with click.Context(group, info_name="nas") as outer:
            _, verb, rest = group.resolve_command(outer, words)
            rest = verb.named(rest, outer) if isinstance(verb, DefaultGroup) else rest
            if isinstance(verb, click.Group) and rest[:1] and rest[0] in verb.commands:
                verb, rest = verb.commands[rest[0]], rest[1:]
            assert verb is not None
            with verb.make_context(verb.name, rest) as context:
                given = context.params
        return words[0] in ONE_OF and not any(given[name] for name in ONE_OF[words[0]])
    except click.MissingParameter:
        return True
    except click.BadParameter:  # a value that the command does not take, unless a letter stands for one
        return any(re.fullmatch("[A-Z]", word) for word in words)
    except click.ClickException:
        return True


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory, search_here: workshop.SearchHere) -> tuple[Path, int]:
    """A folder with everything that the pages name, and the number of the winning trial of its study."""
    folder = tmp_path_factory.mktemp("workshop")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return folder, workshop.furnish(search_here)


@pytest.fixture(scope="module")
def service() -> Iterator[StandIn]:
    """A stand-in of Edge Impulse whose project holds a few windows."""
    stand_in = StandIn(looks=1)
    stand_in.hold_windows()
    yield stand_in
    stand_in.close()


@pytest.fixture
def here(
    furnished: tuple[Path, int],
    service: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    executor_here: Callable[..., Any],
) -> int:
    """The folder as the current one, with quick searches and the stand-in; the number of the winning trial."""

    def quick(settings: dict[str, Any]) -> nas.Study:
        recipe = {**settings.get("recipe", {}), **workshop.QUICK, "winner_epochs": 1}
        return define_study({**settings, "trials": 1, "tracking_uri": "none", "recipe": recipe})

    monkeypatch.chdir(furnished[0])
    monkeypatch.setattr("nas.api.search.run", partial(run, make_executor=executor_here))
    monkeypatch.setattr("nas.api.search.define_study", quick)
    monkeypatch.setattr("nas.api.learning_block.define_study", quick)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    for name, value in {"EI_API_KEY": KEY, "EI_HMAC_KEY": "secret", **service.environment}.items():
        monkeypatch.setenv(name, value)
    return furnished[1]


def typed(command: str, trial: int) -> list[str]:
    """Return the words of a command as run here: a search begins nothing, trainings and measurements are short."""
    words = command.split()[1:]
    if not any(word.startswith("--help") or word == "--dry-run" for word in words):
        words += [word for verb, more in SHORTENED.items() if command.startswith(f"nas {verb} ") for word in more]
    for option, value in (("--trial", str(trial)), ("--epochs", "3")):
        if option in words:
            words[words.index(option) + 1] = value
    if "--architecture" in words:
        words[words.index("--architecture") + 1] = "architecture.json"
    return words


def mark(command: str) -> str | None:
    """Return why a command is not run here; None if it is."""
    return next((why for marked, why in MARKED.items() if re.search(marked, command)), None)


@pytest.mark.parametrize("command", shown())
def test_a_shown_command_runs(
    command: str, here: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mentioned = is_mentioned(command)
    words = [*command.split()[1:2], "--help"] if mentioned else typed(command, here)
    if not mentioned and (why := mark(command)):
        assert fault(command) is None
        assert all((ROOT / path).exists() for path in re.findall(r"(?:tests|benchmarks)/[\w/.]+", why))
        return
    if command.startswith("nas studies delete"):  # other commands need the study
        shutil.copytree("studies", tmp_path / "studies")
        monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["nas", *words])
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code, capsys.readouterr().err


def test_every_mark_is_of_a_command_that_is_shown() -> None:
    marked = [command for command in shown() if mark(command) and not is_mentioned(command)]
    assert [pattern for pattern in MARKED if not any(re.search(pattern, command) for command in marked)] == []


def python(page: Path) -> list[str]:
    """Return the Python of a page: its blocks in order as one program, then each call that stands in a sentence."""
    text = page.read_text()
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    calls = [call for call in re.findall(r"`(nas\.\w+\([^`]*)`", text) if "..." not in call]
    return [program for program in ("\n".join(blocks), *calls) if program]


SNIPPETS = [(page, program) for page in PAGES for program in python(page)]


@pytest.mark.parametrize(("page", "program"), SNIPPETS, ids=lambda value: getattr(value, "stem", None))
def test_shown_python_runs(page: Path, program: str, here: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def quick(spec: Any, **settings: Any) -> Any:
        return train(spec, **{**settings, "epochs": 3, "tracking_uri": "none", "progress": False})

    train = nas.train
    monkeypatch.setattr(nas, "train", quick, raising=False)
    for name, stands_for in STANDS_FOR.items():
        program = program.replace(f'"{name}"', f'"{stands_for}"')
    exec(compile(program, os.fspath(page), "exec"), {"nas": nas, **workshop.arrays()})


def test_python_is_found_in_blocks_and_in_sentences(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text('```python\na = 1\n```\nthen `nas.trials("NAME")` or `nas.load(...)`\n```python\nb = a\n```\n')
    assert python(page) == ["a = 1\n\nb = a\n", 'nas.trials("NAME")']
    assert len(SNIPPETS) > 6


REFERENCE = ROOT / "docs" / "reference" / "documents.md"
SAID = {
    "Profile": (
        "profile model.tflite --check --ram-kb 1", "profile model.tflite --runtime c --target arduino-uno",
        "profile model.tflite har.toml",
    ),
    "Evaluation": ("evaluate models/har_cnn",),
    "Archive": ("archive show har_cnn.nas.zip",),
    "Studies": ("studies", "studies show gesture"),
    "Comparison": ("studies compare gesture gesture",),
    "Deletion": ("studies delete gesture --yes --studies {made}/studies",),
    "Data": ("data", "data uci_har_windows.npz", "data recordings --window 128"),
    "Spaces": ("spaces", "spaces cnn_timeseries --budget-kb 6"),
    "Check of a search": ("search --space cnn_timeseries --data uci_har_windows.npz --budget-kb 6 --dry-run",),
    "Quantization": ("quantize models/har_cnn",),
    "Summary": ("summarize model.tflite", "summarize har_cnn.nas.zip --float"),
    "Benchmark": ("benchmark model.tflite --runs 1",),
    "Doctor": ("doctor",),
    "Targets": ("targets", "targets nucleo-f411re"),
    "Other answers": (
        "export gesture -o {made}/firmware", "data left.npz -o {made}/out.npz",
        "archive make gesture -o {made}/g.nas.zip",
        "archive verify {made}/g.nas.zip", "archive extract {made}/g.nas.zip -o {made}/out", "report gesture",
        "view model.tflite -o {made}/page.html", "predict model.tflite windows.npz",
        "predict model.tflite windows.npz -o {made}/out.csv", "params gesture.tflite", "specs", "specs --keys",
        "completion bash",
    ),
}  # fmt: skip
"""By section of the reference, the verbs whose answers with `--json` have the keys that it lists."""


def said(command: str, made: Path) -> Any:
    """Return the document that a verb prints; with `--check`, and for a file that is none, the exit code is 1."""
    result = CliRunner().invoke(group, [*command.format(made=made).split(), "--json"])
    assert result.exit_code in (0, 1), result.output
    return json.loads(result.stdout)


def together(*documents: Any) -> list[Any]:
    """Return all documents, and those in lists, as one list."""
    return [one for document in documents for one in (document if isinstance(document, list) else [document])]


def documents(made: Path) -> Iterator[tuple[str, Any]]:
    """Yield real documents, each with the section of the reference that lists its keys."""
    with zipfile.ZipFile("har_cnn.nas.zip") as archive:
        names = [name for name in archive.namelist() if name.endswith(".json")]
        member = {name: json.loads(archive.read(name)) for name in names}
    deployed = nas.deploy_to_edge_impulse("model.tflite", folder=made)
    block = nas.run_learning_block("data", made, settings=nas.BlockSettings(budget_kb=6, channels=6), progress=False)
    yield "Profile", member["profile.json"]
    yield "Training", member["training.json"]
    yield "History", member["history.json"]
    yield "Archive", [member["manifest.json"], member["data.json"], member["environment.json"]]
    yield "Metadata", [member["metadata.json"], json.loads(Path("studies/gesture/best/metadata.json").read_text())]
    yield "Sweep", nas.sweep("sizes.toml", progress=False).to_json()
    yield "Conversion", nas.convert("har_cnn.nas.zip").to_json()
    yield "Edge Impulse", [nas.upload_to_edge_impulse("windows.npz").to_json(), deployed.to_json(), block.to_json()]
    shutil.copytree("studies", made / "studies")  # one that may be deleted
    for section, commands_of_it in SAID.items():
        yield section, together(*(said(command, made) for command in commands_of_it))
    with zipfile.ZipFile(made / "g.nas.zip") as archive:
        yield "Facts", json.loads(archive.read("archive.json"))


def test_the_reference_lists_every_key_of_each_json_document(here: int, tmp_path: Path) -> None:
    lacking = [(section, unlisted(document, section, REFERENCE)) for section, document in documents(tmp_path)]
    assert [(section, keys) for section, keys in lacking if keys] == []


def test_a_key_that_the_reference_does_not_list_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("## One\n| key | means |\n| `a`, `b.*` | b |\n| `c.*` | see [c](#c) |\n## Two\n| `d` | d |\n")
    document = {"a": 1, "b": {"x": 1}, "c": {"y": [{"z": 1}]}, "d": 1, "e": [{"f": 1}, {"g": 2}]}
    assert unlisted(document, "One", page) == ["d", "e[].f", "e[].g"]
