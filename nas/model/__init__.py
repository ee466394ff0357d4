"""The only home of TensorFlow: from a graph to a trained network to an int8 `.tflite` and its accuracy.

Importing this package imports nothing; each of its modules imports TensorFlow, which takes seconds.
"""
