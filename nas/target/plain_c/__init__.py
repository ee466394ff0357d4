"""Plain C: a network as functions of its own, without a runtime."""
