"""A model as a page: its graph, memory, work, weights and quantization, in one HTML file that needs no other."""
