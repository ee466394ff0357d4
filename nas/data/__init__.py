"""Data sets: readers of files, built-in sources, windows, splits, scaling and checks."""
