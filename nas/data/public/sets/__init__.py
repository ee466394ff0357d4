"""Public data sets; each file registers one or a few of them."""
