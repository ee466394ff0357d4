"""From a trained network to an int8 `.tflite` and its answers."""
