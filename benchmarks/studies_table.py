"""Write the tables of `studies/README.md` from each study's `study.toml` and `results.json`.

python benchmarks/studies_table.py [STUDIES_FOLDER]
"""

import json
import sys
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

Found = dict[str, Any]

STUDIES = Path(__file__).resolve().parents[1] / "studies"
LIMITS = (
    ("budget_kb", "KB of weights"),
    ("ram_kb", "KB of arena"),
    ("flash_kb", "KB of flash"),
    ("macs_k", "k MACs"),
)
# What does not tell one kind of study from another.
OWN = ("name", "seed", "minutes", "jobs", "trials")
HEAD = (
    "study|candidates|int8 test accuracy|95 % interval|float test accuracy|int8 loses, points|"
    "int8 validation|weights, B|arena, B|flash, B|MACs"
)
INTRODUCTION = """\
# Studies

This folder holds the evidence for the results in the [README](../README.md): each study's definition and its result.
To run a study again, get the data that its definition names and run `nas search studies/<name>/study.toml --name
<another> --minutes 4 --jobs 2`. Databases, models and reports are made by the run and are not kept in git.

Another run or another machine trains another number of candidates in the same minutes, and so finds another winner.
With `--trials` and `--jobs 1` in place of `--minutes`, the same machine gives the same records.

`benchmarks/evidence.py` ran the studies, and `benchmarks/studies_table.py` writes the tables. Test rows are those of
groups that took no part in training or selection; they are used once, for the winner. MNIST has no groups: its last
2,000 rows are the test rows.
"""


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else STUDIES
    (folder / "README.md").write_text(page(read(folder)))


def read(folder: Path) -> list[Found]:
    """Return every study that has a winner: `study` its definition, `results` what it found."""
    found = []
    for path in sorted(folder.glob("*/results.json")):
        results = json.loads(path.read_text())
        if results["best"] is not None:
            study = tomllib.loads(path.with_name("study.toml").read_text())
            found.append({"study": study, "results": results})
    return found


def page(found: Sequence[Found]) -> str:
    groups: dict[str, list[Found]] = {}
    for one in found:
        groups.setdefault(kind(one["study"]), []).append(one)
    parts = [INTRODUCTION, *sorted(map(section, groups.values())), losses(found)]
    return "\n".join(parts)


def kind(study: dict[str, Any]) -> str:
    """Return what studies have in common that differ by their seed alone."""
    return json.dumps({key: value for key, value in study.items() if key not in OWN}, sort_keys=True)


def section(group: Sequence[Found]) -> str:
    group = sorted(group, key=lambda one: one["study"]["seed"])
    rows = [row(one) for one in group]
    if len(group) > 1:
        rows.append(medians(group))
    return f"## {title(group[0])}\n\n{about(group[0])}\n\n{table(HEAD.split('|'), rows)}"


def title(one: Found) -> str:
    study = one["study"]
    limits = [f"{study[key]:g} {unit}" for key, unit in LIMITS if study.get(key) is not None]
    return f"{Path(study['data']).stem}: {', '.join(limits) or 'no limit'}"


def about(one: Found) -> str:
    study, best = one["study"], one["results"]["best"]
    length = f"{study['minutes']:g} minutes" if study.get("minutes") else f"{study['trials']} trials"
    cut = f", windows of {study['window']} rows every {study['stride']}" if study.get("window") else ""
    drawn = f" Intervals are over {best['intervals_drawn_from']}." if "intervals_drawn_from" in best else ""
    return (
        f"Space `{study['space']}`, rows {' x '.join(map(str, best['architecture']['input_shape']))}{cut}, target "
        f"`{study['target']}`, objective `{study['objective']}`, metric `{best.get('metric', 'accuracy')}`, "
        f"{length}, `--jobs {study['jobs']}`. The most frequent class alone is right on "
        f"{percent(best['baseline_accuracy'])} of the test rows.{drawn}"
    )


def row(one: Found) -> list[str]:
    best, results = one["results"]["best"], one["results"]
    interval = best.get("test_accuracy_interval")
    judged = results["states"]["complete"] + results["states"]["pruned"]
    return [
        f"`{results['study']}`",
        str(judged),
        percent(best["test_accuracy"]),
        " to ".join(map(percent, interval)) if interval else "",
        percent(best["float_test_accuracy"]),
        f"{loss(one):.2f}",
        percent(best["val_accuracy"]),
        *(f"{best[key]:,}" for key in ("weights_bytes", "arena_min_bytes", "flash_bytes", "macs")),
    ]


def medians(group: Sequence[Found]) -> list[str]:
    def middle(write: Callable[[float], str], *keys: str) -> list[str]:
        return [write(median(one["results"]["best"][key] for one in group)) for key in keys]

    return [
        f"median of {len(group)}",
        "",
        *middle(percent, "test_accuracy"),
        "",
        *middle(percent, "float_test_accuracy"),
        f"{median(map(loss, group)):.2f}",
        *middle(percent, "val_accuracy"),
        *middle(lambda n: f"{n:,.0f}", "weights_bytes", "arena_min_bytes", "flash_bytes", "macs"),
    ]


def loss(one: Found) -> float:
    """Return the points of test accuracy that quantization takes."""
    best = one["results"]["best"]
    return round(100 * (best["float_test_accuracy"] - best["test_accuracy"]), 2) + 0.0


def losses(found: Sequence[Found]) -> str:
    if not found:
        return ""
    points = list(map(loss, found))
    return (
        "## Quantization\n\n"
        f"On the test rows of {len(points)} studies, int8 loses {median(points):.2f} points against float in the "
        f"median, {max(points):.2f} at the most, {min(points):.2f} at the least.\n"
    )


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, rule, *rows]) + "\n"


if __name__ == "__main__":
    main()
