"""Tasks, such as classification: what a network learns, and the metrics that judge it."""
