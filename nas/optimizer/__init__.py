"""The only home of Optuna and joblib: trials, worker processes, and the loop between them."""
