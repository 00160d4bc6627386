"""The Report tab: a run's numbers, two runs against each other, and what others published."""
