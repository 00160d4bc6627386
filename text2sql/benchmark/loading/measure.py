"""A run of the load benchmark: the page, its clients, and what is measured of both."""

from __future__ import annotations

import asyncio
import os
import platform
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, quantiles
from typing import Any

import httpx

from text2sql.benchmark.loading.actions import CROWD, Actions, visitors
from text2sql.benchmark.loading.client import ApiCall, Client, page_events
from text2sql.benchmark.loading.hostile import noticed
from text2sql.benchmark.loading.leaving import left_behind
from text2sql.benchmark.loading.page import Memory, Pages

__all__ = ["Load", "measured"]

_EVERY_S = 5.0
_LONE_S = 60.0
_SLOW_OTHERS = 19
_ROWS = 20_000  # of a file that is sent; 1.4 MB
_LARGE_ROWS = 100_000  # of a file that a visitor sends who leaves; 7 MB


@dataclass(frozen=True)
class Load:
    """So many clients of so many processes of the page, for so long.

    As a proxy with sessions that stick does it, each client has one process. ``after_s`` is waited
    before memory is read again. Without ``visitors``, clients ask as fast as ``CROWD`` does.
    """

    clients: int
    seconds: float
    after_s: float
    seed: int = 1
    processes: int = 1
    visitors: bool = False
    hostile: int = 0  # statements
    leaving: int = 0  # visitors who send large files and leave

    @property
    def actions(self) -> Actions:
        return visitors() if self.visitors else CROWD


def measured(load: Load) -> dict[str, Any]:
    """The figures of one run."""
    with tempfile.TemporaryDirectory(prefix="text2sql-load-") as name:
        pages = Pages(Path(name), load.processes)
        try:
            figures = asyncio.run(_figures(pages, load))
        finally:
            left = pages.end()
        figures["left"]["processes_after_the_end"] = left
        figures["left"]["files_after_the_end"] = pages.files()
    return figures


def _table(seed: int, rows: int = _ROWS) -> bytes:
    rng = random.Random(seed)
    words = ["".join(rng.choices("abcdefghijklmnop", k=rng.randint(4, 9))) for _ in range(3000)]
    lines = ["id,customer,town,note,total"]
    for n in range(rows):
        text = " ".join(rng.choices(words, k=4))
        lines.append(f"{n},{rng.choice(words)} {n % 977},{rng.choice(words)},{text},{n % 991}")
    return "\n".join(lines).encode()


class _People:
    """Makes clients, which take turns with the pages."""

    def __init__(self, pages: Sequence[httpx.AsyncClient], config: dict[str, Any], seed: int):
        self.pages = pages
        self.events = page_events(config)
        self.table = _table(seed)
        self.seed = seed

    def client(self, number: int, ends: float, actions: Actions = CROWD) -> Client:
        page = self.pages[number % len(self.pages)]
        rng = random.Random(self.seed + number)
        return Client(page, self.events, self.table, rng, ends, actions)


async def _figures(pages: Pages, load: Load) -> dict[str, Any]:
    async with AsyncExitStack() as stack:
        people = await _connected(pages, load, stack)
        before, cpu_s = pages.memory(), pages.cpu_s()
        ends = time.monotonic() + load.seconds
        crowd = [people.client(number, ends, load.actions) for number in range(load.clients)]
        memory = await _watched(pages, crowd, load.seconds)
        cpu_s = pages.cpu_s() - cpu_s
        calls = [call for person in crowd for call in person.calls]
        files_at_the_end, bytes_at_the_end = pages.files(), pages.bytes()
        lone = {} if load.visitors else await _lone(people)
        two = (people.client(0, 0), people.client(load.processes, 0))  # of the same page
        beside = await noticed(*two, load.hostile) if load.hostile else {}
        await asyncio.sleep(load.after_s)
        after = pages.memory()
        left = {
            "files": pages.files(),
            "files_at_the_end": files_at_the_end,
            "mb": round(pages.bytes() / 1e6, 1),
            "mb_at_the_end": round(bytes_at_the_end / 1e6, 1),
            "processes": after.processes,
        }
        held = await _held_after_leaving(pages, people, load) if load.leaving else {}
    return {
        "clients": load.clients,
        "visitors": load.visitors,
        "processes": load.processes,
        "minutes": load.seconds / 60,
        "machine": _machine(),
        "calls": _by_name(calls),
        "rate": _rate(calls, load.seconds, cpu_s),
        "errors": _errors(calls),
        "full": _full(calls),
        "one_among_slow_ones": lone,
        "hostile": beside,
        "leaving": held,
        "memory_mb": _memory(before, memory, after),
        "left": left,
    }


async def _connected(pages: Pages, load: Load, stack: AsyncExitStack) -> _People:
    """Connect to every page and warm it up; ``stack`` closes the connections."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=50)
    https = [
        await stack.enter_async_context(
            httpx.AsyncClient(base_url=url, limits=limits, timeout=150, trust_env=False)
        )
        for url in pages.urls
    ]
    people = _People(https, (await https[0].get("/config")).json(), load.seed)
    for number in range(load.processes):
        await _warm(people.client(number, 0))
    return people


async def _held_after_leaving(pages: Pages, people: _People, load: Load) -> dict[str, Any]:
    leaving = [people.client(number, 0) for number in range(load.leaving)]
    for person in leaving:
        person.table = _table(load.seed, _LARGE_ROWS)
    return await left_behind(pages, leaving, load.after_s)


async def _warm(client: Client) -> None:
    """The model is loaded, and one thing of each kind has been done."""
    for what in ("databases", "ask", "run", "compare", "schema", "upload"):
        await client.act(what)
    for name in client.names:
        await client.ask("How many are there?", name)


async def _watched(pages: Pages, people: Sequence[Client], seconds: float) -> list[Memory]:
    """The memory while the clients live."""
    living = asyncio.gather(*(person.live() for person in people))
    found = []
    started = time.monotonic()
    while not living.done():
        if time.monotonic() - started < seconds:
            found.append(await asyncio.to_thread(pages.memory))
        await asyncio.wait([living], timeout=_EVERY_S)
    await living
    return found


async def _lone(people: _People) -> dict[str, float]:
    """Seconds of a question of somebody who asks now and then, among others' slow ones."""
    ends = time.monotonic() + _LONE_S

    async def slow(person: Client) -> None:
        while time.monotonic() < ends:
            last = await person.act(person.rng.choice(("slow ask", "slow run")))
            await asyncio.sleep(last.retry_s if last else 0)

    others = [people.client(n, ends) for n in range(1, _SLOW_OTHERS + 1)]
    tasks = [asyncio.create_task(slow(person)) for person in others]
    lone = people.client(0, ends)
    await lone.act("databases")
    await asyncio.sleep(3)
    while time.monotonic() < ends:
        await lone.act("ask")
        await asyncio.sleep(2)
    await asyncio.gather(*tasks)
    asked = [call for call in lone.calls if call.name == "ask"]
    return _seconds([call.seconds for call in asked]) | {
        "not_answered": sum(call.kind != "ok" for call in asked)
    }


# figures


def _seconds(values: Sequence[float]) -> dict[str, float]:
    if len(values) < 2:
        return {"calls": len(values), "p50_s": sum(values), "p95_s": sum(values)}
    cuts = quantiles(values, n=20, method="inclusive")
    return {
        "calls": len(values),
        "p50_s": round(cuts[9], 3),
        "p95_s": round(cuts[18], 3),
        "max_s": round(max(values), 3),
    }


def _by_name(calls: Sequence[ApiCall]) -> dict[str, dict[str, float]]:
    """Of those that were served; who is told that a line is full is counted elsewhere."""
    names = sorted({call.name for call in calls})
    return {
        name: _seconds([c.seconds for c in calls if c.name == name and c.kind == "ok"])
        for name in names
    }


def _rate(calls: Sequence[ApiCall], seconds: float, cpu_s: float) -> dict[str, float]:
    """Calls served each second, and what one of them took of a core."""
    served = sum(call.kind == "ok" for call in calls)
    return {
        "served_per_s": round(served / seconds, 2),
        "cpu_s": round(cpu_s, 1),
        "cpu_s_per_served": round(cpu_s / max(served, 1), 3),
    }


def _errors(calls: Sequence[ApiCall]) -> dict[str, int]:
    """How often each was said, those that a full line says left out."""
    return dict(
        Counter(
            f"{call.name}: {call.kind}: {call.said[:120]}"
            for call in calls
            if call.kind not in ("ok", "full")
        )
    )


def _full(calls: Sequence[ApiCall]) -> dict[str, Any]:
    full = [call for call in calls if call.kind == "full"]
    return _seconds([call.seconds for call in full]) | {
        "of_calls": len(calls),
        "by_name": dict(Counter(call.name for call in full)),
        "said": dict(Counter(call.said for call in full).most_common(3)),
    }


def _memory(before: Memory, during: Sequence[Memory], after: Memory) -> dict[str, float]:
    half = len(during) // 2
    tenth = max(1, len(during) // 10)
    middle = mean(m.page for m in during[half : half + tenth]) if during else 0.0
    end = mean(m.page for m in during[-tenth:]) if during else 0.0
    return {
        "before": round(before.page),
        "middle": round(middle),
        "end": round(end),
        "after": round(after.page),
        "highest": round(max((m.page for m in during), default=0.0)),
        "workers_before": round(before.workers),
        "workers_highest": round(max((m.workers for m in during), default=0.0)),
        "workers_after": round(after.workers),
    }


def _machine() -> str:
    load = f", load average {os.getloadavg()[0]:.1f}" if sys.platform != "win32" else ""
    return f"{platform.machine()}, {os.cpu_count()} cores{load}"
