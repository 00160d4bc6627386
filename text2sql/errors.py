"""The exceptions of this package.

    Text2SQLError
    ├── SchemaError         a schema text or tables.json entry that cannot be read
    ├── DatabaseError       a file that is not a usable SQLite database
    │   └── UnknownDatabase a db_id that is not in the catalog
    ├── QuestionError       a question that is empty or too long
    ├── QueryError          SQL outside Spider's fragment, or with names not in the schema
    ├── ModelError          a model whose files are missing or do not fit
    │   └── NotDownloaded   a model that is not here, and that the hub did not give
    ├── DataError           a question, prediction or training file that cannot be used
    │   ├── SaveError       a file or folder that cannot be written
    │   └── NotNow          a file that may be good, and cannot be read at the moment
    ├── UploadError         a visitor's file that cannot be used
    ├── FullError           too many requests or too much data at once
    ├── DownloadError       a download that failed or did not match its digest
    └── MissingPackage      an optional package that is not installed

Each message is a sentence that names the offending value and says what to do instead. SQL that
fails to run is not an exception but a result: ``QueryResult.failure``.
"""

__all__ = [
    "DataError",
    "DatabaseError",
    "DownloadError",
    "FullError",
    "MissingPackage",
    "ModelError",
    "NotDownloaded",
    "NotNow",
    "QueryError",
    "QuestionError",
    "SaveError",
    "SchemaError",
    "Text2SQLError",
    "UnknownDatabase",
    "UploadError",
]


class Text2SQLError(Exception):
    """The base class of all errors with a message for people."""


class SchemaError(Text2SQLError):
    """A schema text or ``tables.json`` entry that cannot be read."""


class DatabaseError(Text2SQLError):
    """A file that is not a usable SQLite database."""


class UnknownDatabase(DatabaseError):  # noqa: N818 - says what it is
    """A ``db_id`` that is not in the catalog."""


class QuestionError(Text2SQLError):
    """A question that is empty or too long."""


class QueryError(Text2SQLError):
    """SQL outside Spider's fragment, or with names that are not in the schema."""


class ModelError(Text2SQLError):
    """A model whose files are missing or do not fit."""


class NotDownloaded(ModelError):  # noqa: N818 - says what it is
    """A model that is not on this machine and could not be downloaded; ``size`` in words."""

    def __init__(self, message: str, size: str) -> None:
        super().__init__(message)
        self.size = size


class DataError(Text2SQLError):
    """A question, prediction or training file that cannot be used."""


class SaveError(DataError):
    """A file or folder that cannot be written."""


class NotNow(DataError):  # noqa: N818
    """A file that may be good, and cannot be read at the moment."""


class UploadError(Text2SQLError):
    """A visitor's file that cannot be used."""


class DownloadError(Text2SQLError):
    """A download that failed or did not match its digest."""


class MissingPackage(Text2SQLError):  # noqa: N818 - says what it is
    """An optional package is not installed; the message has the command to install it."""


class FullError(Text2SQLError):
    """Too many requests or too much data at once; try again after ``retry_s`` seconds."""

    def __init__(self, what: str, retry_s: int) -> None:
        super().__init__(f"{what}; try again in {retry_s} s.")
        self.retry_s = retry_s
