"""Where trainings run: worker processes on this machine."""
