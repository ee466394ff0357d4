"""A winner as files: each module of this folder registers a format, or serves those that do."""
