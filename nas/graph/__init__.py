"""A network as a list of int8 operators with shapes: pure data that spaces write and footprints read."""
