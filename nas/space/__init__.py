"""Search spaces: dimensions, blocks, the TOML files of spaces, and architectures, their members."""
