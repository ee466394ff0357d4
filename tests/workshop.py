"""A folder with everything that the pages of the documentation name: data, models, a study, files of users, small."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from graph_files import file_of
from test_docs import ROOT

import nas
from nas.graph.builder import GraphBuilder
from nas.study.recipe import Recipe
from nas.study.study import Study

CLASSES = ("WALKING", "SITTING", "LAYING")
CHANNELS = ("acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z")
WINDOW, RATE_HZ = 128, 50
QUICK = {
    "epochs": 1, "min_steps": 0, "finalists": 1, "final_epochs": 1, "final_folds": 2, "qat_epochs": 0,
    "hand_made": False,
}  # fmt: skip
"""Settings with which a search takes a second or two."""
WHEEL = "nas-0.1.0-cp311-cp311-linux_x86_64.whl"

SearchHere = Callable[[Study, Path], Any]


def furnish(search_here: SearchHere) -> int:
    """Write everything into the current folder; return the number of the winning trial of its study.

    Args:
        search_here: runs a study below a folder, with all trainings in this process.
    """
    _write_data()
    study = Study(
        space="cnn_timeseries", data="uci_har_windows.npz", name="gesture", budget_kb=6, trials=2,
        recipe=Recipe.of(**QUICK, winner_epochs=60), tracking_uri="none",
    )  # fmt: skip
    winner = search_here(study, Path("studies")).winner
    assert winner is not None
    _write_files()
    trained = nas.train("har_cnn.py", epochs=1, progress=False, tracking_uri="none")
    shutil.copy(nas.archive(trained.folder), "har_cnn.nas.zip")
    shutil.copy("model.tflite", "models")
    trial: int = winner.record.trial
    return trial


def arrays() -> dict[str, Any]:
    """Return what users of snippets have in memory, by the names that the pages give it."""
    import tensorflow as tf

    held = np.load("uci_har_windows.npz")
    x, y, groups = held["x_train"], held["y_train"], held["group_train"]
    files = sorted(Path("recordings").glob("*/*.csv"))
    frames = [pd.read_csv(f).assign(activity=f.parent.name, subject=f.name[:5]) for f in files]
    frame = pd.concat(frames).assign(time_ms=lambda rows: 1000 * rows["time"]).drop(columns="time")
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(16)
    return {
        "x": x, "y": y, "groups": groups, "rows": x[:4], "windows": x[:4, :64], "frame": frame,
        "train_dataset": batches, "test_dataset": batches.take(2),
    }  # fmt: skip


def _write_data() -> None:
    """Write windows and recordings of six people, each class with a frequency of its own."""
    rng, rows = np.random.default_rng(0), []
    for person in range(6):
        for index, name in enumerate(CLASSES):
            signal = np.sin(np.arange(640)[:, None] * (index + 1) / 9) + rng.normal(0, 0.2, (640, 6))
            times = np.arange(640) / RATE_HZ
            path = Path("recordings", name.lower(), f"anna{person}_1.csv")
            path.parent.mkdir(parents=True, exist_ok=True)
            lines = [",".join(map(str, [time, *values])) for time, values in zip(times, signal, strict=True)]
            path.write_text("\n".join([",".join(("time", *CHANNELS)), *lines]))
            rows += [(signal[at : at + WINDOW], index, person) for at in range(0, 512, 64)]
    x, y, group = (np.array(column) for column in zip(*rows, strict=True))
    names = {"class_names": np.array(CLASSES), "channel_names": np.array(CHANNELS), "sample_rate_hz": RATE_HZ}
    for file in ("uci_har_windows.npz", "uci_har.npz", "windows.npz", "left.npz"):
        np.savez(file, x_train=x.astype(np.float32), y_train=y, group_train=group, **names)
    shutil.copy("recordings/walking/anna0_1.csv", "recording.csv")
    shutil.copytree("recordings", "export")
    tables = [
        pd.read_csv(file).assign(activity=file.parent.name, subject=file.name.partition("_")[0])
        for file in Path("recordings").glob("*/*.csv")
    ]
    pd.concat(tables).to_parquet("rows.parquet")
    np.savez("counts.npz", x_train=x.astype(np.float32), y_train=y * 7 + x[:, 0, 0].astype(int), group_train=group)
    Path("motion.toml").write_text('front_end = "spectrum"\nframe_size = 64\nbands = 8\n')
    _write_block_data(x.astype(np.float32), y)
    _write_vibration(rng)
    _write_sounds(rng)
    _write_pictures(rng)


def _write_vibration(rng: np.random.Generator) -> None:
    """Write a recording for each of six tools, which shakes the more the more it is worn."""
    Path("vibration").mkdir()
    for tool in range(6):
        wear = (0.1 + 0.2 * tool) * np.linspace(1, 1.1, 640)
        columns = np.column_stack([rng.normal(0, wear[:, None], (640, 3)), wear])
        pd.DataFrame(columns, columns=["ax", "ay", "az", "wear_mm"]).to_csv(f"vibration/tool{tool}.csv", index=False)


def _write_sounds(rng: np.random.Generator) -> None:
    """Write a quarter of a second of noise for each word and speaker."""
    import soundfile

    folders = {
        "clips": ("yes", "no"),
        "speech_words": ("up", "down", "left", "right", "go", "stop", "_background_noise_"),
    }
    for folder, words in folders.items():
        for index, word in enumerate(words):
            Path(folder, word).mkdir(parents=True)
            for speaker in range(6):
                samples = rng.integers(-2000 - 500 * index, 2000, 4000).astype(np.int16)
                soundfile.write(Path(folder, word, f"{speaker:08x}_nohash_0.wav"), samples, 16000)
    Path("kitchen").mkdir()
    soundfile.write("kitchen/fridge.wav", samples, 16000)


def _write_pictures(rng: np.random.Generator) -> None:
    """Write grey pictures of noise for each class."""
    from PIL import Image

    for folder, classes in {"photos": ("cat", "dog"), "rps_grey96": ("paper", "rock", "scissors")}.items():
        for name in classes:
            Path(folder, name).mkdir(parents=True)
            for number in range(8):
                Image.fromarray(rng.integers(0, 256, (24, 24), np.uint8)).save(Path(folder, name, f"{number}.png"))


def _write_block_data(x: Any, y: Any) -> None:
    """Write what Edge Impulse gives a learning block: raw features, one-hot classes, and the names of the classes."""
    Path("data").mkdir()
    for part, of in (("train", slice(0, 96)), ("test", slice(96, None))):
        np.save(f"data/X_split_{part}.npy", x[of].reshape(len(x[of]), -1))
        np.save(f"data/Y_split_{part}.npy", np.eye(len(CLASSES), dtype=np.float32)[y[of]])
    Path("data/train_input.json").write_text(json.dumps({"classes": CLASSES, "mode": "classification"}))


def _unpadded() -> bytes:
    """Return a network of the windows of an accelerometer, whose convolutions do not pad the time."""
    g = GraphBuilder((1, 128, 3))
    g.conv2d(16, 7, padding="VALID")
    g.mean()
    g.flatten()
    g.fully_connected(6, activation="NONE")
    return file_of(g.graph(), np.random.default_rng(0))


def _write_files() -> None:
    """Write the files of users: those whose content a page shows are as they are there, but for the epochs."""
    for name in ("model", "sensor", "CarSensor", "cnn_timeseries", "other", "gesture"):
        shutil.copy("studies/gesture/best/model.tflite", f"{name}.tflite")
    Path("steps.tflite").write_bytes(_unpadded())
    guide = (ROOT / "docs" / "one-model.md").read_text()
    program = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)[0]
    Path("har_cnn.py").write_text(re.sub(r"EPOCHS = \d+", "EPOCHS = 3", program))
    Path("har.toml").write_text(re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)[0])
    reference = (ROOT / "docs" / "reference" / "targets.md").read_text()
    board = re.findall(r"^    (.*)$", reference, re.MULTILINE)
    Path("my_board.toml").write_text("\n".join(board))
    shutil.copy(ROOT / "search_spaces" / "cnn_timeseries.toml", "mine.toml")
    shutil.copy("studies/gesture/study.toml", "study.toml")
    shutil.copy("studies/gesture/best/architecture.json", "architecture.json")
    settings = ['space = "cnn_timeseries"', "trials = 1", 'tracking_uri = "none"']
    recipe = [f"{name} = {json.dumps(value)}" for name, value in {**QUICK, "winner_epochs": 1}.items()]
    grid = ['data = ["left.npz"]', "budget_kb = [4, 6]"]
    Path("sizes.toml").write_text("\n".join([*settings, "[recipe]", *recipe, "[grid]", *grid]))
    Path("dist").mkdir()
    Path("dist", WHEEL).write_bytes(b"a wheel")
