"""Checks for faults in data, by what they look at; `nas.data.findings` runs them."""
