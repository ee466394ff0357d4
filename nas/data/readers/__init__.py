"""Readers of data files and folders, one file a format."""
