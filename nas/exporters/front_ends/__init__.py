"""Front-ends in C before a network, of sound (`mel`) and of windows: their tables, the parts that listen, programs."""
