"""Tasks on machines that are reached by SSH: the side of the search, and the program that runs on each machine.

A machine has one SSH connection, started by the `ssh` of this machine with all its settings. Nothing listens on a
network, and pickles travel inside the encrypted connection only.
"""
