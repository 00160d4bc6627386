"""What a database looks like: its tables, their diagram, their first rows."""
