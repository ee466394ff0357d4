"""Tasks on a Dask cluster: the side of the search, and what runs on the workers; the only home of Dask."""
