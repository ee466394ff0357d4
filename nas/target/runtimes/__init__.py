"""The runtimes that can run a network on a target, a file each."""
