"""Regression: what a search finds on three data sets, beside linear regression and gradient boosting on the same rows.

    python benchmarks/regression.py ../shared/data --minutes 10 --folder /tmp/regression

searches one data set after the other and adds a line for each to `benchmarks/regression.jsonl`; `--page` writes
`benchmarks/regression.md` from these lines. The test rows are used once for each model. All models learn from training
and validation rows together, as winners do; the baselines have scikit-learn's defaults and no size limit.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import nas
from nas.data.source import load
from nas.data.splits import split

HERE = Path(__file__).parent
LINES, PAGE = HERE / "regression.jsonl", HERE / "regression.md"
SETS = {
    "gas_turbine_nox": ("gas_turbine_nox.npz", "mlp_regression", 4.0),
    "air_quality_co": ("air_quality_co.npz", "cnn_timeseries", 4.0),
    "diabetes": ("diabetes", "mlp_regression", 1.0),
}
BASELINES = {
    "mean of the training targets": DummyRegressor(),
    "linear regression": make_pipeline(StandardScaler(), LinearRegression()),
    "gradient boosting (HistGradientBoosting)": HistGradientBoostingRegressor(random_state=0),
}


def figures(y: Any, answers: Any) -> dict[str, float]:
    return {
        "rmse": root_mean_squared_error(y, answers),
        "mae": mean_absolute_error(y, answers),
        "r2": r2_score(y, answers),
    }


def measured(name: str, folder: Path, data: Path, minutes: float, seed: int) -> dict[str, Any]:
    """Search on one data set, and train the baselines on the same rows."""
    source, space, budget = SETS[name]
    path = str(data / source) if source.endswith(".npz") else source
    study = nas.Study(space=space, data=path, budget_kb=budget, minutes=minutes, name=f"{name}-{seed}", seed=seed)
    found = nas.search(study, root=folder)
    winner = found.winner
    assert winner is not None
    assert winner.tested is not None
    splits = split(load(path, seed=seed), seed)
    rows, test = splits.train.join(splits.val), splits.test
    x, x_test = (part.x.reshape(len(part), -1) for part in (rows, test))
    models = {
        title: figures(test.y[:, 0], model.fit(x, rows.y[:, 0]).predict(x_test)) for title, model in BASELINES.items()
    }
    for title, metrics in (("float", winner.tested.float_metrics), ("int8", winner.tested.metrics)):
        models[title] = {key: one.value for key, one in metrics.items()}
    interval = winner.tested.metrics["rmse"]
    return {
        "data": name,
        "space": space,
        "minutes": minutes,
        "seed": seed,
        "trials": found.trials,
        "rows": [len(rows), len(test)],
        "weights_bytes": winner.record.measured()["weights_bytes"],
        "arena_bytes": winner.record.measured()["arena_min_bytes"],
        "rmse_interval": [interval.low, interval.high],
        "cost": models["int8"]["rmse"] / models["float"]["rmse"] - 1,
        "models": models,
    }


def page(lines: list[dict[str, Any]]) -> str:
    """Return the page of all lines."""
    parts = [
        "# Regression\n",
        "Written by `benchmarks/regression.py --page`; the script says how. RMSE and MAE are in the units of the "
        "target, on test rows of groups that nothing was trained or chosen on; diabetes has no groups, a fifth is held "
        "out at random. Two cores, busy with other work: longer trainings on a quiet machine find better networks.\n",
    ]
    for line in lines:
        cost, interval = line["cost"], "no interval"
        if line["rmse_interval"][0] is not None:
            interval = "95 % interval of the int8 RMSE {:.4g} to {:.4g}".format(*line["rmse_interval"])
        parts.append(
            f"## {line['data']}, seed {line['seed']}\n\n"
            f"{line['rows'][0]:,} rows to learn from, {line['rows'][1]:,} to test. Space `{line['space']}`, "
            f"{line['minutes']:g} minutes, {line['trials']} trials. The winner has {line['weights_bytes']:,} B of "
            f"weights and needs an arena of {line['arena_bytes']:,} B; {interval}. Its int8 RMSE is "
            f"{100 * abs(cost):.2f} % {'above' if cost > 0 else 'below'} that of the float network.\n"
        )
        parts.append("| model | RMSE | MAE | R2 |\n|---|---|---|---|")
        parts += [
            f"| {f'the winner, {title}' if title in ('int8', 'float') else title} | {m['rmse']:.4g} "
            f"| {m['mae']:.4g} | {m['r2']:.3f} |"
            for title, m in line["models"].items()
        ]
        parts.append("")
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, nargs="?", default=Path("../shared/data"))
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--folder", type=Path, default=Path("studies"))
    parser.add_argument("--sets", nargs="*", default=list(SETS))
    parser.add_argument("--seeds", nargs="*", type=int, default=[0])
    parser.add_argument("--page", action="store_true")
    asked = parser.parse_args()
    if not asked.page:
        for name in asked.sets:
            for seed in asked.seeds:
                line = measured(name, asked.folder, asked.data, asked.minutes, seed)
                with LINES.open("a") as file:
                    file.write(json.dumps(line, default=np.ndarray.tolist) + "\n")
                print(json.dumps(line["models"], indent=1), f"cost {100 * line['cost']:.2f} %")
    PAGE.write_text(page([json.loads(line) for line in LINES.read_text().splitlines()]))


if __name__ == "__main__":
    main()
