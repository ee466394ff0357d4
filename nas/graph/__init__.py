"""Graphs: a network as a list of int8 operators with shapes. Spaces write them, footprints are estimated from them."""
