"""Parameters in a `.tflite`: named values beside the graph, such as class names and input scaling."""
