"""Training of a network: epochs, losses, augmentation, checkpoints, teachers."""
