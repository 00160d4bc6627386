"""The bundled model: 30 million parameters that point at tables, columns and values."""
