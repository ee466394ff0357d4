"""Blocks of a space, one file each, found by the registry in `block.py`."""
