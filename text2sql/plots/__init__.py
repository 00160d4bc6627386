"""Plots as SVG, coloured by the page that they stand in, or by themselves in a file."""
