"""Hostile statements of one visitor, and their effect on another visitor."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import cycle, islice
from statistics import median
from typing import Any

from text2sql.benchmark.loading.client import ApiCall, Client
from text2sql.benchmark.loading.page import SLOW_DATABASE

__all__ = ["noticed", "statements"]

_COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
#: Statements that run without an end in SQLite, or fill memory.
_ENDLESS = (
    f"{_COUNT}SELECT max(i) FROM n",
    f"{_COUNT}SELECT count(*) FROM n, n AS m",
    f"{_COUNT}SELECT group_concat(i) FROM n",
    f"{_COUNT}SELECT i, hex(zeroblob(1000000)) FROM n",
    "SELECT length(hex(zeroblob(400000000)))",
    "SELECT length(replace(hex(zeroblob(50000000)), '0', 'xxxxxxxxxx'))",
    "SELECT sum(length(note)) FROM sale",
    "SELECT count(*) FROM sale a, sale b, sale c, sale d",
    "SELECT count(*) FROM sale a JOIN sale b ON a.customer LIKE '%' || b.customer || '%' || b.id",
    f"SELECT '{'a' * 5000}' LIKE '{'%a' * 2000}b'",
    f"SELECT glob('{'*a' * 2000}b', hex(zeroblob(50000)))",
    f"{_COUNT}SELECT json_group_array(i) FROM n",
)
#: Statements that strain the parser: start, repeated part, end, and repetitions within its limits.
_DEEP: tuple[tuple[str, str, str, int], ...] = (
    ("SELECT * FROM sale", " JOIN sale b", "", 300),
    ("SELECT ", "(", "1", 28),
    ("SELECT ", "abs(", "1", 28),
    ("SELECT ", "CASE WHEN 1 THEN ", "1", 28),
    ("SELECT CAST(1 AS ", "int(", "1", 28),
    ("SELECT * FROM ", "(SELECT * FROM ", "sale", 28),
    ("SELECT 1 WHERE ", "NOT ", "1", 28),
    ("SELECT id FROM sale WHERE id=1", " AND id=1 OR id=2", "", 300),
    ("SELECT id", " || id", " FROM sale", 900),
    ("SELECT ", "'", "", 900),
)
#: Statements that the sandbox has to refuse.
_FORBIDDEN = (
    "ATTACH 'loot.db' AS loot", "VACUUM INTO 'loot.db'", "PRAGMA query_only = OFF",
    "SELECT load_extension('x')", "SELECT readfile('/etc/passwd')", "DELETE FROM sale",
    "SELECT writefile('loot', 'x')", "CREATE TABLE x (y)", "BEGIN EXCLUSIVE",
)  # fmt: skip


def statements(how_many: int) -> list[str]:
    """Return ``how_many`` different statements of all kinds."""

    def numbered() -> Iterator[str]:
        for size in cycle((1.0, 0.7, 0.4, 30.0)):  # of the limits; the last one is far beyond
            yield from _ENDLESS
            for before, repeated, after, most in _DEEP:
                yield before + repeated * max(1, int(most * size)) + after
            yield from _FORBIDDEN

    found = islice(numbered(), how_many)
    return [f"{sql} -- {number}"[-90_000:] for number, sql in enumerate(found)]


async def noticed(lone: Client, hostile: Client, how_many: int) -> dict[str, Any]:
    """How long a visitor's calls take alone, and while another sends hostile statements.

    The lone visitor asks and runs with a second between; the other one sends the statements one
    after another, to be run, compared, or answered as a question that is SQL already, and all the
    while asks about a small database whose cells take long to compute.
    """
    alone = await _calls(lone, asyncio.create_task(asyncio.sleep(20)))
    sending = asyncio.create_task(_send(hostile, how_many))
    beside = await _calls(lone, sending)
    times = {
        name: {"alone_s": _median(alone, name), "beside_s": _median(beside, name)}
        for name in ("ask", "run", "databases")
    }
    longest = max((call.seconds for call in hostile.calls), default=0.0)
    return {
        "statements": how_many,
        "longest_s": round(longest, 2),
        "without_a_sentence": sum(c.kind not in ("ok", "full", "error") for c in hostile.calls),
        "failed_beside": sum(call.kind != "ok" for call in beside),
        "times": {
            name: of | {"factor": round(of["beside_s"] / of["alone_s"], 2) if of["alone_s"] else 0}
            for name, of in times.items()
        },
    }


async def _calls(lone: Client, until: asyncio.Task[None]) -> list[ApiCall]:
    before = len(lone.calls)
    while not until.done():
        for what in ("ask", "run", "databases"):
            await lone.act(what)
        await asyncio.sleep(1)
    await until
    return lone.calls[before:]


async def _send(client: Client, how_many: int) -> None:
    doing: tuple[Callable[[str], Awaitable[ApiCall]], ...] = (
        lambda sql: client.call("run", sql, SLOW_DATABASE),
        lambda sql: client.call("compare", sql, "SELECT count(*) FROM sale", SLOW_DATABASE),
        lambda sql: client.ask(sql[:900], SLOW_DATABASE),
    )
    slow = asyncio.create_task(_ask_slowly(client))
    try:
        for number, sql in enumerate(statements(how_many)):
            last = await doing[number % len(doing)](sql)
            await asyncio.sleep(last.retry_s if last.kind == "full" else 0)
    finally:
        slow.cancel()


async def _ask_slowly(client: Client) -> None:
    while True:
        started = time.monotonic()
        last = await client.act("slow ask")
        if last is None or time.monotonic() - started < 1:
            await asyncio.sleep(1)


def _median(calls: list[ApiCall], name: str) -> float:
    return round(median([call.seconds for call in calls if call.name == name] or [0.0]), 3)
