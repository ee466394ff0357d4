"""What all projects for TFLM share: the model's sources, a program that checks itself and answers, a README."""
