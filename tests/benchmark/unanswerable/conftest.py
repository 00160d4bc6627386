"""The fixtures of the evaluation's tests that these tests use as well."""

from tests.evaluation.conftest import music_dir

__all__ = ["music_dir"]
