"""Databases and questions as people ask them, a data set: see README.md beside this file."""
