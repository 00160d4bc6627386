"""Visitors who send large files and leave: what the page still holds afterwards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from text2sql.benchmark.loading.client import Client
from text2sql.benchmark.loading.page import Pages

__all__ = ["left_behind"]

_AT_ONCE = 4
_FILES = 2
_GIVE_UP_S = 300.0


async def left_behind(pages: Pages, clients: Sequence[Client], after_s: float) -> dict[str, Any]:
    """Let each client send two files, ask about the second, and leave without a word.

    Args:
        after_s: how long to wait after the last one left.

    Returns:
        Megabytes of memory and of files before, at most, and after the wait; the number of files
        that were read; the errors.
    """
    before = _held(pages)
    highest = dict(before)
    turns = asyncio.Semaphore(_AT_ONCE)

    async def visit(client: Client) -> None:
        async with turns:
            for _ in range(_FILES):
                await _send(client)
                held = await asyncio.to_thread(_held, pages)
                highest.update({name: max(held[name], highest[name]) for name in held})

    await asyncio.gather(*map(visit, clients))
    await asyncio.sleep(after_s)
    calls = [call for client in clients for call in client.calls]
    return {
        "visitors": len(clients),
        "uploads": sum(call.name == "upload" and call.kind == "ok" for call in calls),
        "errors": sorted({c.said[:120] or c.kind for c in calls if c.kind not in ("ok", "full")}),
        "before": before,
        "highest": highest,
        "after": _held(pages),
    }


async def _send(client: Client) -> None:
    ends = time.monotonic() + _GIVE_UP_S
    while time.monotonic() < ends:
        last = await client.upload()
        if last.kind != "full":
            return
        await asyncio.sleep(last.retry_s)


def _held(pages: Pages) -> dict[str, float]:
    return {"memory_mb": round(pages.memory().page), "files_mb": round(pages.bytes() / 1e6, 1)}
