"""The only home of Optuna: trials, worker processes, and the loop between them."""
