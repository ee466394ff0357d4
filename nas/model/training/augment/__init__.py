"""Augmentation: random changes of training rows."""
