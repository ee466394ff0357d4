"""Random changes of sound, by which a network hears more than was recorded."""
