"""What visitors bring: SQLite files, and files of rows that become tables.

``Shelf`` keeps each visitor's databases apart; ``import_files`` makes one from files that nobody
here trusts.
"""

from text2sql.uploads.examples import made_examples
from text2sql.uploads.importing import GROUP, Brought, Imported
from text2sql.uploads.limits import LIMITS, UploadLimits
from text2sql.uploads.shelf import Shelf

__all__ = ["GROUP", "LIMITS", "Brought", "Imported", "Shelf", "UploadLimits", "made_examples"]
