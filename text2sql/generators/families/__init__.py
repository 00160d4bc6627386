"""The model families, one module each; ``FAMILY`` in it says what the registry needs to know.

Adding a module adds the family. Whatever is slow to import is imported by the family's ``load``.
"""
