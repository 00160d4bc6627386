"""Everything this package raises on purpose.

    Text2SQLError
    ├── SchemaError         a schema text or tables.json entry that cannot be read
    ├── DatabaseError       a file that is not a usable SQLite database
    │   └── UnknownDatabase a db_id that the catalog does not hold
    ├── QuestionError       a question that is empty or too long
    ├── QueryError          SQL outside Spider's fragment, or naming what the schema lacks
    ├── ModelError          a model whose files are missing or do not fit
    ├── DataError           a question, prediction or training file that cannot be used
    │   └── SaveError       a file or folder that cannot be written
    ├── UploadError         a file that a visitor brought and that cannot be used
    ├── FullError           more people or data at once than there is room for
    ├── DownloadError       a download that failed or did not match its digest
    └── MissingPackage      an optional package that is not installed

Each message is one sentence that names the offending value, and says what to do instead.
SQL that fails to run is not an exception: it is ``QueryResult.failure``.
"""

__all__ = [
    "DataError",
    "DatabaseError",
    "DownloadError",
    "FullError",
    "MissingPackage",
    "ModelError",
    "QueryError",
    "QuestionError",
    "SaveError",
    "SchemaError",
    "Text2SQLError",
    "UnknownDatabase",
    "UploadError",
]


class Text2SQLError(Exception):
    """Base of every error that is meant to be read by a person."""


class SchemaError(Text2SQLError):
    """A schema text or ``tables.json`` entry that cannot be read."""


class DatabaseError(Text2SQLError):
    """A file that is not a usable SQLite database."""


class UnknownDatabase(DatabaseError):  # noqa: N818 - says what it is
    """A ``db_id`` that the catalog does not hold."""


class QuestionError(Text2SQLError):
    """A question that is empty or too long."""


class QueryError(Text2SQLError):
    """SQL outside Spider's fragment, or SQL that names what the schema lacks."""


class ModelError(Text2SQLError):
    """A model whose files are missing or do not fit."""


class DataError(Text2SQLError):
    """A question, prediction or training file that cannot be used."""


class SaveError(DataError):
    """A file or folder that cannot be written."""


class UploadError(Text2SQLError):
    """A file that a visitor brought and that cannot be used."""


class DownloadError(Text2SQLError):
    """A download that failed or did not match its digest."""


class MissingPackage(Text2SQLError):  # noqa: N818 - says what it is
    """An optional package that is not installed; the message has the command that installs it."""


class FullError(Text2SQLError):
    """More at once than there is room for; ``retry_s`` is when to try again."""

    def __init__(self, what: str, retry_s: int) -> None:
        super().__init__(f"{what}; try again in {retry_s} s.")
        self.retry_s = retry_s
