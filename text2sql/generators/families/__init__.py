"""The model families: one module each, which defines ``FAMILY`` for the registry.

Adding a module adds the family. Modules that are slow to import are imported by its ``load``.
"""
