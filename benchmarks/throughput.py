"""Measure candidates an hour, and the best score after so many seconds, beside a plain loop and KerasTuner.

    python benchmarks/throughput.py uci_har_windows.npz

Turns alternate, A B A B, each a process of its own, on a machine that does nothing else; about 40 minutes. All see
the same training and validation rows and score alike. An interrupted run goes on with the same command. Writes
`benchmarks/throughput.md` and, with every candidate, `benchmarks/throughput.json`.
"""

import argparse
import dataclasses
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from throughput_table import counted, judged, page

from nas.data.prepared import prepare
from nas.data.source import load
from nas.data.splits import split
from nas.errors import InputError
from nas.target.profiler import profile

HERE = Path(__file__).resolve().parent
SPACE, TARGET, BUDGET_KB, ACCURACY_WEIGHT = "cnn_timeseries", "cortex-m4", 6, 0.99
# What a process may still take when its time is over: a candidate, conversions, the tracking of what is done.
LATE_SECONDS = 300
# The peers do not turn the axes of their training rows either.
EQUAL_EPOCHS = {"epochs": 10, "batch_size": 64, "min_steps": 0, "first_rung": 0, "patience": 0, "rotation": 0.0}
RANDOM = {"sampler": "random", "starts": False}


@dataclass(frozen=True)
class System:
    """One of those compared: a script of `benchmarks/peers/`, or a study of this package's."""

    name: str
    title: str
    minutes: float
    script: str = "ours.py"
    study: dict[str, Any] = field(default_factory=dict)
    recipe: dict[str, Any] = field(default_factory=dict)


SYSTEMS = [
    System("plain", "plain loop: Optuna TPE, `model.fit`, converter, LiteRT", 5, "plain_loop.py"),
    System("nas", "nas, 2 workers, 10 epochs", 2, study={"jobs": 2}, recipe=EQUAL_EPOCHS),
    System("nas-default", "nas, 2 workers, default fidelity", 2, study={"jobs": 2}),
    System("keras-tuner", "KerasTuner Hyperband, no conversion", 3, "keras_tuner_hyperband.py"),
    System("nas-one", "nas, 1 worker, 10 epochs", 2, study={"jobs": 1}, recipe=EQUAL_EPOCHS),
    System(
        "nas-branches",
        "nas, 2 workers, a space with branches, 10 epochs",
        2,
        study={"jobs": 2, "space": str(HERE / "grown_timeseries.toml")},
        recipe=EQUAL_EPOCHS,
    ),
    System(
        "nas-branches-default",
        "nas, 2 workers, a space with branches, default fidelity",
        2,
        study={"jobs": 2, "space": str(HERE / "grown_timeseries.toml")},
    ),
    System(
        "nas-random", "nas, 2 workers, random search, 10 epochs", 2, study={"jobs": 2, **RANDOM}, recipe=EQUAL_EPOCHS
    ),
]


def main() -> None:
    args = arguments()
    folder = args.folder.resolve()
    turns = []
    for number in range(args.rounds):
        for system in SYSTEMS:
            if system.name in args.only:
                minutes = args.minutes.get(system.name, system.minutes)
                system = dataclasses.replace(system, minutes=minutes)
                place = folder / f"{number}-{system.name}-{minutes:g}min"
                turns.append(turn(system, args.data.resolve(), place, number))
                args.out.with_suffix(".json").write_text(document(turns))
                args.out.with_suffix(".md").write_text(page(turns))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [system.name for system in SYSTEMS]
    parser.add_argument("data", type=Path, help="an .npz with groups, such as uci_har_windows.npz")
    parser.add_argument("--rounds", type=int, default=2, help="turns of each system")
    parser.add_argument("--only", nargs="+", default=names, choices=names, help="systems to run")
    parser.add_argument("--minutes", type=length, nargs="+", default=[], metavar="SYSTEM=MINUTES", help="of a turn")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "nas-throughput", help="scratch")
    parser.add_argument("--out", type=Path, default=HERE / "throughput", help="the page and the JSON, without ending")
    args = parser.parse_args()
    args.minutes = dict(args.minutes)
    if "keras-tuner" in args.only and importlib.util.find_spec("keras_tuner") is None:
        parser.error("KerasTuner is not installed: pip install '.[bench]', or leave it out with --only")
    return args


def length(text: str) -> tuple[str, float]:
    name, minutes = text.split("=")
    if name not in [system.name for system in SYSTEMS]:
        raise argparse.ArgumentTypeError(f"no system is called {name}")
    return name, float(minutes)


def turn(system: System, data: Path, folder: Path, seed: int) -> dict[str, Any]:
    """Let one system search for its minutes, unless it has; return what became of each candidate."""
    file = folder / "turn.json"
    if file.is_file():
        return json.loads(file.read_text())
    models = folder / f"models-{os.getpid()}"
    models.mkdir(parents=True)
    if system.script == "ours.py":
        inputs = [study(system, data, folder, seed), models]
    else:
        inputs = [rows(data, folder, seed), models, BUDGET_KB * 1024, seed]
    busy = busy_share(5)
    started = time.time()
    events = run(system, [*inputs, started + 60 * system.minutes], folder)
    candidates = [candidate for event in merged(events) if (candidate := judge(event, started, system.minutes))]
    kept = {
        "system": system.name,
        "title": system.title,
        "minutes": system.minutes,
        "seed": seed,
        "started": round(started),
        "busy_before": round(busy, 3),
        "candidates": candidates,
    }
    file.write_text(json.dumps(kept))
    count = sum(map(counted, judged(kept)))
    print(f"{folder.name}: {count} candidates, {100 * busy:.0f} % of the cores busy before", flush=True)
    return kept


def run(system: System, inputs: list[object], folder: Path) -> list[dict[str, Any]]:
    """Run a system's script to its end; return what it printed about each candidate."""
    command = [sys.executable, HERE / "peers" / system.script, *inputs]
    paths = {"PYTHONPATH": f"{HERE.parent}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    with (folder / "log.txt").open("w") as log:
        done = subprocess.run(
            list(map(str, command)),
            env=os.environ | paths,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            timeout=60 * system.minutes + LATE_SECONDS,
        )
    if done.returncode:
        raise SystemExit(f"{system.name} ended with {done.returncode}; see {folder / 'log.txt'}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def study(system: System, data: Path, folder: Path, seed: int) -> Path:
    """Write the definition of a search without end; the script ends it."""
    fields = {"space": SPACE, "data": str(data), "target": TARGET, "budget_kb": BUDGET_KB, "seed": seed}
    fields |= {"accuracy_weight": ACCURACY_WEIGHT, "trials": 10**6, **system.study}
    lines = [f"{key} = {json.dumps(value)}" for key, value in fields.items()]
    lines += ["[recipe]", *(f"{key} = {json.dumps(value)}" for key, value in system.recipe.items())]
    path = folder / "study.toml"
    path.write_text("\n".join(lines))
    return path


def rows(data: Path, folder: Path, seed: int) -> Path:
    """Write the very rows that a study with this seed trains and validates on."""
    prepared = prepare(split(load(str(data)), seed))
    path = folder / "rows.npz"
    train, val = prepared.train, prepared.val
    np.savez(path, x_train=train.x, y_train=train.y, x_val=val.x, y_val=val.y)
    return path


def merged(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one event a candidate; what is told later of the same trial is added to it, but for the time."""
    candidates: dict[object, dict[str, Any]] = {}
    for event in events:
        first = candidates.setdefault(event.get("trial", len(candidates)), event)
        first |= {key: value for key, value in event.items() if key not in ("time", "state")}
    return list(candidates.values())


def judge(event: dict[str, Any], started: float, minutes: float) -> dict[str, Any] | None:
    """Return a candidate with its score, the same one for all systems; None for one that ended too late."""
    seconds = event["time"] - started
    if seconds > 60 * minutes:
        return None
    candidate = {"seconds": round(seconds, 2), "state": event["state"], "epochs": event.get("epochs", 0)}
    candidate |= {"again": True} if event.get("again") else {}
    accuracy = event.get("val_accuracy")
    if accuracy is None:
        return candidate
    weights = event.get("weights_bytes") or profiled_weights(event["tflite"])
    score = ACCURACY_WEIGHT * accuracy + (1 - ACCURACY_WEIGHT) * (1 - weights / (BUDGET_KB * 1024))
    fits = weights <= BUDGET_KB * 1024
    return candidate | {
        "val_accuracy": round(accuracy, 5),
        "weights_bytes": weights,
        "score": round(score, 5) if fits else None,
    }


def profiled_weights(tflite: str) -> int:
    try:
        return profile(tflite, TARGET).weights_bytes
    except InputError as error:
        raise SystemExit(f"{tflite}: {error}") from None


def busy_share(seconds: float) -> float:
    """Return the share of all cores' time that something took while this process slept."""

    def jiffies() -> tuple[int, int]:
        numbers = [int(n) for n in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        return sum(numbers), numbers[3] + numbers[4]

    (total, idle), _ = jiffies(), time.sleep(seconds)
    total_after, idle_after = jiffies()
    return 1 - (idle_after - idle) / max(1, total_after - total)


def document(turns: list[dict[str, Any]]) -> str:
    """Return the raw figures, a line a candidate."""
    blocks = []
    for kept in turns:
        facts = {key: value for key, value in kept.items() if key != "candidates"}
        lines = ",\n  ".join(json.dumps(candidate) for candidate in kept["candidates"])
        blocks.append(f'{json.dumps(facts)[:-1]}, "candidates": [\n  {lines}]}}')
    return "[\n" + ",\n".join(blocks) + "\n]\n"


if __name__ == "__main__":
    main()
