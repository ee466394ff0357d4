"""Data sources that come with the package, one file for those of a kind."""
