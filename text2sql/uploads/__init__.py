"""What visitors bring: SQLite files, and files of rows that become tables.

``shelf.Shelf`` keeps each visitor's databases apart; ``importing.import_files`` makes them of files
that nobody here trusts. Nothing is imported here, so that ``convert.py`` starts fast.
"""
