"""Run the studies that are evidence, one after the other, and keep what they found in `studies/`.

    python benchmarks/evidence.py --data ../shared/data

Four minutes each, on two cores that do nothing else. An interrupted run goes on with the same command: studies that
have ended are left alone, and one that was cut off begins anew, so that none has more time than another. Databases
and models stay in `--folder`; `studies/` gets `study.toml`, `results.json` and the tables.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import studies_table
from throughput import busy_share

from nas.study.study import Study

ROOT = Path(__file__).resolve().parents[1]
SEEDS = (0, 1, 2)
# Flash holds the model and the runtime's code, which the reference kernels alone keep below 64 KB.
SMALL_BOARD = {"ram_kb": 20.0, "flash_kb": 64.0, "macs_k": 60.0, "target": "cortex-m4-reference"}


def plan(data: Path, minutes: float, jobs: int) -> Iterator[Study]:
    """Yield the studies, each kind's first seed before any second one."""
    run: dict[str, Any] = {"minutes": minutes, "jobs": jobs}
    har = {"space": "cnn_timeseries", "data": str(data / "uci_har_windows.npz"), **run}
    for seed in SEEDS:
        for kb in (6.0, 4.0, 2.0):
            yield Study(**har, budget_kb=kb, seed=seed)
        name = "cnn_timeseries-uci_har_windows-20kb_arena-64kb_flash-60k_macs" + (f"-seed{seed}" if seed else "")
        yield Study(**har, **SMALL_BOARD, objective="accuracy", name=name, seed=seed)
        if seed == 0:
            for kb in (1.0, 4.0):
                yield Study(space="cnn_image", data=str(data / "mnist_t10k.npz"), budget_kb=kb, **run)
            recordings = {"data": str(data / "uci_hapt_csv"), "window": 128, "stride": 64}
            yield Study(space="cnn_timeseries", **recordings, budget_kb=6.0, **run)


def main() -> None:
    args = arguments()
    chosen = [study for study in plan(args.data, args.minutes, args.jobs) if fnmatch(study.name, args.only)]
    for number, study in enumerate(chosen, start=1):
        place = args.folder / study.name
        if not (place / "results.json").is_file():
            busy = busy_share(5)
            print(f"{number} of {len(chosen)}: {study.name}; {100 * busy:.0f} % of the cores are busy", flush=True)
            run(study, place)
        keep(place, args.studies)
    (args.studies / "README.md").write_text(studies_table.page(studies_table.read(args.studies)))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the real data; goes into the definitions")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "nas-evidence", help="scratch")
    parser.add_argument("--studies", type=Path, default=ROOT / "studies", help="where the evidence goes")
    parser.add_argument("--only", default="*", help="run the studies with such a name, as in *mnist*")
    parser.add_argument("--minutes", type=float, default=4.0, help="of a study")
    parser.add_argument("--jobs", type=int, default=2, help="worker processes")
    return parser.parse_args()


def run(study: Study, place: Path) -> None:
    """Run one study from its beginning to its end."""
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    definition = place.parent / f"{study.name}.toml"
    definition.write_text(study.to_toml())
    command = [sys.executable, "-m", "nas", "search", str(definition), "--studies", str(place.parent)]
    paths = f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": paths}, check=False)
    if done.returncode:
        raise SystemExit(f"{study.name} ended with {done.returncode}; the same command goes on")


def keep(place: Path, folder: Path) -> None:
    """Copy what is evidence."""
    (folder / place.name).mkdir(parents=True, exist_ok=True)
    for name in ("study.toml", "results.json"):
        shutil.copyfile(place / name, folder / place.name / name)


if __name__ == "__main__":
    main()
