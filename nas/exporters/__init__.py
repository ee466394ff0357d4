"""Export formats: each module registers one, or helps those that do."""
