"""Anomaly detection: what a search finds on SKAB's pump loop for a kind of fault that it has not seen.

    python benchmarks/anomalies.py ../shared/data/skab_csv --minutes 10 --folder /tmp/anomalies

searches, and adds a line to `benchmarks/anomalies.jsonl`; `--space forecaster_timeseries` searches for forecasters in
place of auto-encoders, `--space autoencoder_features` for auto-encoders of statistics and spectra too, and `--page`
writes `benchmarks/anomalies.md` from these lines.
Rows to learn from and to choose by are the recordings of `valve1` (a valve at the inlet is closed), the test rows those
of `valve2` (another valve, at the outlet). Each row of the test recordings from the 16th on is judged by the window
that ends with it, so that F1, false-alarm rate and missed-alarm rate are SKAB's own (github.com/waico/SKAB).
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import nas

HERE = Path(__file__).parent
LINES, PAGE = HERE / "anomalies.jsonl", HERE / "anomalies.md"
SPACE = "autoencoder_timeseries"
WINDOW, STRIDE = 16, {"train": 4, "test": 1}
KINDS = {"train": "valve1", "test": "valve2"}
METRICS = ("roc_auc", "partial_auc", "f1", "false_alarm_rate", "missed_alarm_rate")


def windows(file: Path, stride: int) -> tuple[Any, Any]:
    """Return the windows of a recording, and for each whether its last row is anomalous."""
    table = pd.read_csv(file, sep=";")
    values, labels = table.iloc[:, 1:9].to_numpy(np.float32), table["anomaly"].to_numpy()
    ends = np.arange(WINDOW, len(table) + 1, stride)
    return np.stack([values[end - WINDOW : end] for end in ends]), labels[ends - 1].astype(np.int64)


def write(skab: Path, path: Path) -> None:
    """Write the windows of both kinds as an `.npz` file."""
    arrays: dict[str, Any] = {"class_names": ["normal", "anomaly"], "sample_rate_hz": 1.0}
    for part, kind in KINDS.items():
        files = sorted((skab / kind).glob("*.csv"))
        cut = [windows(file, STRIDE[part]) for file in files]
        arrays[f"x_{part}"] = np.concatenate([x for x, _ in cut])
        arrays[f"y_{part}"] = np.concatenate([y for _, y in cut])
        arrays[f"group_{part}"] = np.repeat([f"{kind}/{file.stem}" for file in files], [len(y) for _, y in cut])
        arrays["channel_names"] = list(pd.read_csv(files[0], sep=";", nrows=0).columns[1:9])
    np.savez_compressed(path, **arrays)


def measured(skab: Path, folder: Path, space: str, minutes: float, budget_kb: float, seed: int) -> dict[str, Any]:
    """Search, and return the figures of the winner and of what stands beside it."""
    data = folder / "skab.npz"
    folder.mkdir(parents=True, exist_ok=True)
    write(skab, data)
    study = nas.Study(
        space=space, data=str(data), task="anomaly", budget_kb=budget_kb, minutes=minutes,
        name=f"skab-{space}-{budget_kb:g}kb-{seed}", seed=seed, tracking_uri="none",
    )  # fmt: skip
    found = nas.search(study, root=folder)
    winner = found.winner
    assert winner is not None
    assert winner.tested is not None
    tested = winner.tested
    models = {
        "the winner, int8": {name: tested.metrics[name].value for name in METRICS},
        "the winner, float": {name: tested.float_metrics[name].value for name in METRICS},
        **{title: {name: metrics[name] for name in METRICS} for title, metrics in tested.simple_metrics.items()},
        "distance from the mean of the training rows": {name: tested.baseline_metrics[name] for name in METRICS},
    }
    return {
        "space": space,
        "minutes": minutes,
        "seed": seed,
        "budget_kb": budget_kb,
        "trials": found.trials,
        "weights_bytes": winner.record.measured()["weights_bytes"],
        "arena_bytes": winner.record.measured()["arena_min_bytes"],
        "front_end": winner.record.architecture.get("front_end"),
        "events": nas.evaluate(found).to_json()["events"],
        "models": models,
    }


def page(lines: list[dict[str, Any]]) -> str:
    """Return the page of all lines."""
    parts = [
        "# Anomalies\n",
        "Written by `benchmarks/anomalies.py --page`; the script says how, and on which recordings. All thresholds let "
        "5 % of the normal validation rows have an alarm. The simple detectors have as many bytes as the winner's "
        "weights, their numbers counted as int8 though computed with floats. Two cores, busy with other work: how far "
        "a search comes in its minutes differs, and with three recordings to choose by, so does what it chooses. What "
        "int8 costs is measured in [detector_ranges.md](detector_ranges.md), what front-ends find in "
        "[detector_front_ends.md](detector_front_ends.md).\n",
    ]
    for line in lines:
        delays = [event["delay"] for event in line["events"]]
        late = ", ".join("never" if delay is None else f"{delay} s" for delay in delays) or "not measured"
        parts.append(
            f"## {line.get('space', SPACE)}, {line['budget_kb']:g} KB of weights, seed {line['seed']}\n\n"
            f"{line['minutes']:g} minutes, {line['trials']} trials. The winner {read_by(line)}has "
            f"{line['weights_bytes']:,} B of weights and needs an arena of "
            f"{line['arena_bytes']:,} B. Its first alarm in the anomaly of each test recording comes after: {late}.\n"
        )
        parts.append(
            "| detector | ROC AUC | partial AUC | F1 | false alarms | missed alarms |\n|---|---|---|---|---|---|"
        )
        parts += [
            f"| {title} | {m['roc_auc']:.3f} | {m['partial_auc']:.3f} | {m['f1']:.3f} "
            f"| {100 * m['false_alarm_rate']:.1f} % | {100 * m['missed_alarm_rate']:.1f} % |"
            for title, m in line["models"].items()
        ]
        parts.append("")
    return "\n".join(parts)


def read_by(line: dict[str, Any]) -> str:
    """Return what a winner reads, if that is searched too."""
    if line.get("space") != "autoencoder_features":
        return ""
    front_end = line["front_end"] or {"front_end": "raw"}
    name = front_end["front_end"]
    if name == "raw":
        return "reads raw windows, "
    settings = {key: value for key, value in front_end.items() if key not in ("front_end", "fraction_bits")}
    told = (key if value is True else f"{key} {value}" for key, value in settings.items() if value is not False)
    return f"reads {name} ({', '.join(told)}), "


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("skab", type=Path, nargs="?", default=Path("../shared/data/skab_csv"))
    parser.add_argument("--space", default=SPACE)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--budget-kb", type=float, default=4.0)
    parser.add_argument("--folder", type=Path, default=Path("studies"))
    parser.add_argument("--seeds", nargs="*", type=int, default=[0])
    parser.add_argument("--page", action="store_true")
    asked = parser.parse_args()
    for seed in () if asked.page else asked.seeds:
        line = measured(asked.skab, asked.folder, asked.space, asked.minutes, asked.budget_kb, seed)
        with LINES.open("a") as file:
            file.write(json.dumps(line) + "\n")
        print(json.dumps(line["models"], indent=1))
    PAGE.write_text(page([json.loads(line) for line in LINES.read_text().splitlines()]))


if __name__ == "__main__":
    main()
