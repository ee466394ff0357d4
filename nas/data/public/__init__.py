"""Public data sets by name: what they are, and how they are fetched, checked, unpacked and arranged."""
