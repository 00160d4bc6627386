"""Models that write SQL; each implements ``base.Generator``."""

from text2sql.generators.base import Candidate, Generator, Options

__all__ = ["Candidate", "Generator", "Options"]
