"""KerasTuner's Hyperband on float validation accuracy, as a user would write it; models over budget are skipped.

python keras_tuner_hyperband.py ROWS.npz MODELS_FOLDER BUDGET_BYTES SEED UNTIL, where UNTIL is a `time.time()`.

The search itself converts nothing. Those trials that were the best so far are converted when it is over, so that
their scores can stand beside the others'; that time is not counted.
"""

import contextlib
import sys
import time
from pathlib import Path
from typing import Any

import keras
import keras_tuner
from keras_network import BATCH_SIZE, EPOCHS, build, convert, int8_accuracy, read_rows, tell


class TimeIsUp(Exception):  # noqa: N818 - no error: it ends every search
    pass


class Hyperband(keras_tuner.Hyperband):
    """The tuner, with a clock."""

    def __init__(self, until: float, **settings: Any) -> None:
        super().__init__(**settings)
        self.until = until
        self.best: list[Any] = []

    def on_trial_end(self, trial: Any) -> None:
        super().on_trial_end(trial)
        if time.time() > self.until:
            raise TimeIsUp
        if trial.status != "COMPLETED":
            tell(state="over_budget" if "Oversized" in str(trial.message) else "failed")
            return
        hp = trial.hyperparameters.values
        tell(
            state="complete",
            trial=trial.trial_id,
            epochs=hp["tuner/epochs"] - hp["tuner/initial_epoch"],
            promoted="tuner/trial_id" in hp,
        )
        if not self.best or trial.score > self.best[-1].score:
            self.best.append(trial)


def main() -> None:
    rows, models, budget = read_rows(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    seed, until = int(sys.argv[4]), float(sys.argv[5])
    keras.utils.set_random_seed(seed)
    tuner = Hyperband(
        until,
        hypermodel=lambda hp: build(hp.Int, hp.Choice, rows),
        objective="val_accuracy",
        max_epochs=EPOCHS,
        hyperband_iterations=1000,
        max_model_size=budget,
        max_consecutive_failed_trials=10**6,
        seed=seed,
        directory=models,
        project_name="hyperband",
    )
    validation = rows["x_val"], rows["y_val"]
    with contextlib.suppress(TimeIsUp):
        tuner.search(rows["x_train"], rows["y_train"], batch_size=BATCH_SIZE, validation_data=validation, verbose=0)
    for trial in tuner.best:
        path = models / f"{trial.trial_id}.tflite"
        path.write_bytes(convert(tuner.load_model(trial), rows))
        tell(
            state="scored", trial=trial.trial_id, val_accuracy=int8_accuracy(path.read_bytes(), rows), tflite=str(path)
        )


if __name__ == "__main__":
    main()
