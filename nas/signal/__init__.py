"""Rows of raw data, and the front-ends that turn them into what a network reads."""
