"""What may be built: dimensions, blocks, the TOML file of a space, and its members, architectures."""
