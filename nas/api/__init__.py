"""What can be done with nas, one typed function each: the command line calls them, and Python users as `nas.<name>`."""

from pathlib import Path

STUDIES = Path("studies")
"""The folder of studies where a user names none."""
