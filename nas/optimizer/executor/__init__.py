"""Executors: where the tasks of a search are performed."""
