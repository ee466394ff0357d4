"""Samplers, which propose the next candidates."""
