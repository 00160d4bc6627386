"""The bundled model: 30 million parameters that point at tables, columns and values."""

from text2sql.generators.pocket.generator import PocketGenerator

__all__ = ["PocketGenerator"]
