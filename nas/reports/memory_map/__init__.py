"""Memory maps: which tensor lies where in the arena while which operator runs, as SVG, HTML or text.

The arena is drawn as TFLM fills it: the head grows up from its start, with a rectangle for each tensor and scratch
buffer (its bytes upwards, its lifetime to the right), and the tail grows down from its end.
"""
