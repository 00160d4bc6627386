"""A data set of databases and everyday questions; see README.md in this folder."""
