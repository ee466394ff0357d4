"""The commands: a file each, which turns flags into a call and its result into text."""
