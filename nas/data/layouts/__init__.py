"""Layouts of folders: which class, group and part each recording belongs to."""
