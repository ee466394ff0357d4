"""What is asked of the data, and how good the answers are."""
