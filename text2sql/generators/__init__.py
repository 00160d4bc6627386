"""One way to write SQL per file; all of them are a ``Generator``."""

from text2sql.generators.base import Candidate, Generator, Options

__all__ = ["Candidate", "Generator", "Options"]
