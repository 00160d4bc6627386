"""The file that keeps what a model writes and what queries return."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parrot import Parrot
from text2sql.databases import Catalog
from text2sql.errors import DataError
from text2sql.generators.base import Candidate, Options, Signals
from text2sql.sandbox import Failure, QueryResult
from train.cache import Cache, CachedGenerator

CLINIC = Catalog.open().get("clinic")


def unexpected() -> QueryResult:
    raise AssertionError("the query ran again")


@pytest.mark.parametrize(
    "result",
    [
        QueryResult(("a", "b"), ((1, 2.5), (None, "é"), (b"\x00\xff", float("inf"))), True, 0.5),
        QueryResult((), (), False, 0.0, failure=Failure("timeout", "It took too long.")),
    ],
)
def test_what_a_query_returned_is_known_to_the_next_run(tmp_path: Path, result: object) -> None:
    assert isinstance(result, QueryResult)
    assert Cache(tmp_path / "kept").result("clinic", "SELECT 1", lambda: result) == result
    assert Cache(tmp_path / "kept").result("clinic", "SELECT 1", unexpected) == result


def test_a_query_of_another_database_is_another_one(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "kept")
    one, two = (QueryResult(("a",), ((n,),), False, 0.0) for n in (1, 2))
    assert cache.result("clinic", "SELECT a", lambda: one) == one
    assert cache.result("school", "SELECT a", lambda: two) == two


def test_a_model_is_asked_only_what_the_file_does_not_hold(tmp_path: Path) -> None:
    parrot = Parrot("SELECT 1", "SELECT 2")
    for _ in range(2):
        generator = CachedGenerator(parrot, Cache(tmp_path / "kept"))
        found = generator.generate_all(["one", "two"], CLINIC, Options())
        assert found == [[Candidate("SELECT 1", 0.0), Candidate("SELECT 2", -0.5)]] * 2
        assert generator.generate("two", CLINIC, Options()) == found[1]
        assert generator.generate("two", CLINIC, Options(beams=1)) == found[1][:1]
    assert [question for question, _ in parrot.asked] == ["one", "two", "two"]


def test_signals_and_penalties_are_kept(tmp_path: Path) -> None:
    written = Candidate("SELECT 1", -1.0, Signals(0.1, 0.9, 0.5, -0.2, -0.3), penalty=2.0)
    parrot = Parrot()
    parrot.generate = lambda *_: [written]  # type: ignore[method-assign]
    for asked in (parrot, Parrot()):
        generator = CachedGenerator(asked, Cache(tmp_path / "kept"))
        assert generator.generate("one", CLINIC, Options()) == [written]


def test_a_file_that_is_no_cache_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, but some notes " * 40)
    with pytest.raises(DataError, match=r"notes.txt' is no cache .*; name a file that does not"):
        Cache(tmp_path / "notes.txt")
    with pytest.raises(DataError, match="unable to open"):
        Cache(tmp_path / "missing" / "kept")
