"""Databases that visitors upload: SQLite files, and files of rows that become tables.

``store.UploadStore`` keeps the databases of each visitor apart, and ``importing.import_files``
makes them from untrusted files. This module imports nothing, so that ``convert.py`` starts fast.
"""
