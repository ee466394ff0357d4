"""Tables of cells, however they were written: text with any delimiter, Excel, Parquet, Edge Impulse's JSON."""
