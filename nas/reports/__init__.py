"""A study's report: one HTML file that is read offline; the only home of Matplotlib."""
