"""What exported files say and do with a model's outputs: a file for each task."""
