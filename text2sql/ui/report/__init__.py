"""The Report tab: the numbers of a run, a comparison of two runs, and published results."""
