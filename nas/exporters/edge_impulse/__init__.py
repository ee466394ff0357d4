"""Edge Impulse: recordings uploaded and downloaded, models profiled and deployed there, by their documented API."""
