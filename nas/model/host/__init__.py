"""Models in the interpreters that run on this computer: LiteRT, and TensorFlow Lite Micro."""
