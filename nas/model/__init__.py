"""Everything that needs TensorFlow: from a graph to a trained network, to an int8 `.tflite` and its accuracy.

Importing this package imports nothing else; each of its modules imports TensorFlow, which takes seconds.
"""
