"""Training of a user's own Keras model: built, compiled, fitted with exact checkpoints, and quantized."""
