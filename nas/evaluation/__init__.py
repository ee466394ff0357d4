"""Evaluation of models: pure functions from probabilities and true classes to figures, curves and tables."""
