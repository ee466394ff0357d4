"""Where a model runs and what it costs there: boards, footprints, budgets, advice."""
