"""The plain loop: Optuna's TPE around `model.fit`, the converter and LiteRT, as a user would write it.

python plain_loop.py ROWS.npz MODELS_FOLDER BUDGET_BYTES SEED UNTIL, where UNTIL is a `time.time()`.
"""

import sys
import time
from pathlib import Path

import keras
import optuna
from keras_network import ACCURACY_WEIGHT, BATCH_SIZE, EPOCHS, build, convert, int8_accuracy, read_rows, tell


def main() -> None:
    rows, models, budget = read_rows(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    seed, until = int(sys.argv[4]), float(sys.argv[5])
    keras.utils.set_random_seed(seed)

    def objective(trial: optuna.Trial) -> float:
        keras.backend.clear_session()
        model = build(trial.suggest_int, trial.suggest_categorical, rows)
        # A parameter is about a byte of the int8 model.
        if model.count_params() > budget:
            tell(state="over_budget")
            raise optuna.TrialPruned
        validation = rows["x_val"], rows["y_val"]
        model.fit(
            rows["x_train"],
            rows["y_train"],
            batch_size=BATCH_SIZE,
            epochs=EPOCHS,
            validation_data=validation,
            verbose=0,
        )
        tflite = convert(model, rows)
        accuracy = int8_accuracy(tflite, rows)
        path = models / f"{trial.number}.tflite"
        path.write_bytes(tflite)
        tell(state="complete", epochs=EPOCHS, val_accuracy=accuracy, tflite=str(path))
        return ACCURACY_WEIGHT * accuracy + (1 - ACCURACY_WEIGHT) * (1 - model.count_params() / budget)

    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(objective, timeout=until - time.time())


if __name__ == "__main__":
    main()
