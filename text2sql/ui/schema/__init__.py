"""The schema of a database: its tables, their first rows, the diagram and the keys."""
