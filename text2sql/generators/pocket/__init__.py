"""The pocket model: 30 million parameters; its output points at tables, columns and values."""
