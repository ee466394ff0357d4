"""Data sources: one file each, found by the registry in `nas.data.dataset`."""
