"""Every command that the documentation shows is run here, on small data and models of the names that the pages use.

Commands that train or search are run to the point where they would begin. Those that need other machines, a server or a
long time are marked, with the test that runs them.
"""

import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd
import pytest
from test_docs import GUIDES, ROOT, commands, fault

import nas
from nas.cli import group, main
from nas.study.recipe import Recipe
from nas.study.study import Study

CLASSES = ("WALKING", "SITTING", "LAYING")
CHANNELS = ("acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z")

# What pages call the things that every user has under a name of his own.
STANDS_FOR = {
    **dict.fromkeys(("NAME", "STUDY", "first", "A", "B", "w64", "w128"), "gesture"),
    **dict.fromkeys(("cnn_timeseries-synthetic-6kb", "studies/NAME", "studies/har"), "studies/gesture"),
    **dict.fromkeys(("FILE", "FILE..."), "model.tflite"),
    "MODEL": "models/har_cnn",
    "DATA": "uci_har_windows.npz",
    "SPEC": "har_cnn.py",
    "M": "10",
    "my_model.py": "har_cnn.py",
    "VERB": "summarize",
}

MARKED = {
    r"--cluster": "needs other machines; tests/optimizer/test_cluster.py and test_machines.py start some",
    r"nas convert": "judges by how well the model was trained; tests/api/test_converting.py converts trained ones",
    r"nas edge-impulse": "needs a server of Edge Impulse; tests/exporters/test_edge_impulse.py has a stand-in of one",
    r"nas learning-block run": "searches for minutes; tests/api/test_learning_block.py runs a shorter one",
    r"nas learning-block write": "needs a wheel of nas; tests/api/test_learning_block.py writes the block",
    r"--tracking-uri http": "needs a server of MLflow; benchmarks/mlflow_server.py starts one",
    r"--storage postgresql": "needs a database; tests/optimizer/test_shared_storage.py starts one",
    r"nas (attach|stop|search .*--detach)": "needs a search in the background; see tests/api/test_background.py",
    r"nas (ui|tensorboard)|--netron": "serves until Ctrl-C; tests/cli/test_ui.py starts it",
    r"nas studies delete": "deletes what the next command needs; tests/cli/test_studies.py deletes studies",
    r"nas sweep": "searches six studies; tests/api/test_sweeping.py searches smaller ones",
    r"nas train (?!.*--test)": "trains for minutes; tests/cli/test_train_archive.py and tests/model train shorter",
}


def shown() -> list[str]:
    """Return the commands of all pages, each once, without comments, placeholders filled in, words one space apart."""
    pages = [ROOT / "README.md", *GUIDES]
    lines = [line for page in pages for line in commands(page.read_text())]
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


ONE_OF = {"search": ("study", "space"), "estimate": ("architecture", "space")}
"""Parameters of which a verb needs one, where click does not know it."""


def is_mentioned(command: str) -> bool:
    """Return whether a command stands in a sentence without what it needs, as in `nas profile` or `--smooth N`."""
    words = command.split()[1:]
    if "--help" in words:
        return False
    try:
        with click.Context(group, info_name="nas") as outer:
            _, verb, rest = group.resolve_command(outer, words)
            if isinstance(verb, click.Group) and rest[:1] and rest[0] in verb.commands:
                verb, rest = verb.commands[rest[0]], rest[1:]
            assert verb is not None
            with verb.make_context(verb.name, rest) as context:
                given = context.params
        return words[0] in ONE_OF and not any(given[name] for name in ONE_OF[words[0]])
    except click.exceptions.Exit:  # an option such as --help-recipe that prints and ends
        return False
    except click.MissingParameter:
        return True
    except click.BadParameter:  # a value that the command does not take, unless a letter stands for one
        return any(re.fullmatch("[A-Z]", word) for word in words)
    except click.ClickException:
        return True


@pytest.fixture(scope="module")
def workshop(
    tmp_path_factory: pytest.TempPathFactory, search_here: Callable[[Study, Path], Any]
) -> Iterator[tuple[Path, int]]:
    """A folder with everything that the pages name, and the number of the winning trial of its study."""
    folder = tmp_path_factory.mktemp("workshop")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        _write_data()
        quick = {"epochs": 1, "min_steps": 0, "finalists": 1, "final_epochs": 1, "final_folds": 2, "winner_epochs": 1}
        study = Study(
            space="cnn_timeseries", data="uci_har_windows.npz", name="gesture", budget_kb=6, trials=2,
            recipe=Recipe.of(**quick, qat_epochs=0, hand_made=False), tracking_uri="none",
        )  # fmt: skip
        winner = search_here(study, Path("studies")).winner
        assert winner is not None
        _write_files()
        trained = nas.train("har_cnn.py", epochs=1, progress=False, tracking_uri="none")
        shutil.copy(nas.archive(trained.folder), "har_cnn.nas.zip")
        shutil.copy("model.tflite", "models")
        yield folder, winner.record.trial


def _write_data() -> None:
    """Write windows and recordings of six people, each class with a frequency of its own."""
    rng, rows = np.random.default_rng(0), []
    for person in range(6):
        for index, name in enumerate(CLASSES):
            signal = np.sin(np.arange(640)[:, None] * (index + 1) / 9) + rng.normal(0, 0.2, (640, 6))
            times = np.arange(640) / 50
            path = Path("recordings", name.lower(), f"anna{person}_1.csv")
            path.parent.mkdir(parents=True, exist_ok=True)
            lines = [",".join(map(str, [time, *values])) for time, values in zip(times, signal, strict=True)]
            path.write_text("\n".join([",".join(("time", *CHANNELS)), *lines]))
            rows += [(signal[at : at + 128], index, person) for at in range(0, 512, 64)]
    x, y, group = (np.array(column) for column in zip(*rows, strict=True))
    names = {"class_names": np.array(CLASSES), "channel_names": np.array(CHANNELS), "sample_rate_hz": 50}
    for file in ("uci_har_windows.npz", "uci_har.npz"):
        np.savez(file, x_train=x.astype(np.float32), y_train=y, group_train=group, **names)
    shutil.copy("recordings/walking/anna0_1.csv", "recording.csv")
    shutil.copy("uci_har_windows.npz", "windows.npz")
    shutil.copytree("recordings", "export")
    tables = [
        pd.read_csv(file).assign(label=file.parent.name, group=file.name.partition("_")[0])
        for file in Path("recordings").glob("*/*.csv")
    ]
    pd.concat(tables).to_parquet("rows.parquet")


def _write_files() -> None:
    """Write the files of users: those whose content a page shows are as they are there."""
    for name in ("model", "sensor", "CarSensor", "cnn_timeseries", "other", "gesture"):
        shutil.copy("studies/gesture/best/model.tflite", f"{name}.tflite")
    guide = (ROOT / "docs" / "one-model.md").read_text()
    Path("har_cnn.py").write_text(re.findall(r"```python\n(.*?)```", guide, re.DOTALL)[0])
    Path("har.toml").write_text(re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)[0])
    reference = (ROOT / "docs" / "reference" / "targets.md").read_text()
    board = re.findall(r"^    (.*)$", reference, re.MULTILINE)
    Path("my_board.toml").write_text("\n".join(board))
    shutil.copy(ROOT / "search_spaces" / "cnn_timeseries.toml", "mine.toml")
    shutil.copy("studies/gesture/study.toml", "study.toml")
    shutil.copy("studies/gesture/best/architecture.json", "architecture.json")


def typed(command: str, trial: int) -> list[str]:
    """Return the words of a command as they are run here: a search begins nothing, a measurement is short."""
    words = command.split()[1:]
    if words[0] == "search" and "--help-recipe" not in words and "--dry-run" not in words:
        words += ["--dry-run"]
    if words[0] == "benchmark":
        words += ["--runs", "1"]
    if "--trial" in words:
        words[words.index("--trial") + 1] = str(trial)
    if "--architecture" in words:
        words[words.index("--architecture") + 1] = "architecture.json"
    return words


@pytest.mark.parametrize("command", shown())
def test_a_shown_command_runs(
    command: str, workshop: tuple[Path, int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, trial = workshop
    mentioned = is_mentioned(command)
    words = [*command.split()[1:2], "--help"] if mentioned else typed(command, trial)
    why = next((why for mark, why in MARKED.items() if re.search(mark, command)), None)
    if why and not mentioned:
        assert fault(command) is None
        assert all((ROOT / path).exists() for path in re.findall(r"tests/[\w/.]+", why))
        return
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.argv", ["nas", *words])
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code, capsys.readouterr().err
