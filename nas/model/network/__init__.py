"""A graph as a TensorFlow network: variables, layers, forward pass."""
