"""Slow queries of several visitors: a full queue says so at once, and giving up frees a worker."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from text2sql.databases import Database
from text2sql.errors import FullError
from text2sql.sandbox import QueryResult
from text2sql.schema import Schema
from text2sql.ui import queries as module
from text2sql.ui.fair_queue import QueueLimits
from text2sql.ui.queries import Queries
from text2sql.ui.ticket import Ticket

_FOREVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


class _Visitors:
    """Who is being served, as the test says."""

    def __init__(self) -> None:
        self.name = "ann"


@pytest.fixture
def visitors(monkeypatch: pytest.MonkeyPatch) -> _Visitors:
    visitors = _Visitors()
    monkeypatch.setattr(module, "current_caller", lambda: visitors.name)
    return visitors


@pytest.fixture
def database(tmp_path: Path) -> Database:
    path = tmp_path / "empty.sqlite"
    path.touch()
    return Database("empty", Schema.from_text("t(a)"), path)


@pytest.fixture
def queries(visitors: _Visitors, monkeypatch: pytest.MonkeyPatch) -> Queries:
    monkeypatch.setattr(module, "_AT_ONCE", 2)
    return Queries(QueueLimits(in_all=3, of_each=2, longest_s=100.0))


def _fill(
    queries: Queries, database: Database, visitors: _Visitors, names: str
) -> list[Ticket[QueryResult]]:
    tickets = []
    for name in names:
        visitors.name = name
        tickets.append(queries.submit(database, _FOREVER))
        time.sleep(0.05)  # the first two are taken up
    return tickets


def test_a_full_line_of_queries_is_told_within_a_tenth_of_a_second(
    queries: Queries, database: Database, visitors: _Visitors
) -> None:
    tickets = _fill(queries, database, visitors, "abcde")
    visitors.name = "f"
    started = time.monotonic()
    with pytest.raises(FullError, match=r"The queue for the SQL is full; try again in \d+ s\."):
        queries.submit(database, "SELECT 1")
    assert time.monotonic() - started < 0.1
    for ticket in tickets:
        ticket.give_up()


def test_a_visitor_has_a_share_and_the_others_theirs(
    queries: Queries, database: Database, visitors: _Visitors
) -> None:
    tickets = _fill(queries, database, visitors, "aa")
    with pytest.raises(FullError, match="You already have 2 requests"):
        queries.submit(database, "SELECT 1")
    visitors.name = "b"
    waiting = queries.submit(database, "SELECT 1")
    for ticket in tickets:
        ticket.give_up()
    assert waiting.result(20).rows == ((1,),)


def test_giving_up_ends_a_query_at_once_and_the_next_one_runs(
    queries: Queries, database: Database, visitors: _Visitors
) -> None:
    tickets = _fill(queries, database, visitors, "ab")
    visitors.name = "c"
    waiting = queries.submit(database, "SELECT 1")
    started = time.monotonic()
    for ticket in tickets:
        ticket.give_up()
    assert waiting.result(20).rows == ((1,),)
    assert time.monotonic() - started < 4  # the two would have run for five seconds
