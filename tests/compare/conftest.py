from tests.metrics.conftest import database, schema

__all__ = ["database", "schema"]
