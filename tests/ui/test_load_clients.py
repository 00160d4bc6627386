"""The clients of the load benchmark against a real page: their calls are the page's own."""

from __future__ import annotations

import asyncio
import random
import time

import httpx

from text2sql.benchmark.loading.actions import CROWD
from text2sql.benchmark.loading.client import ApiCall, Client, page_events

_TABLE = b"name,town\nAda,Leeds\nBo,York\n"
_ACTIONS = (
    "databases", "schema", "ask", "run", "compare", "open", "ask on the page", "upload",
)  # fmt: skip


async def _calls(url: str) -> list[ApiCall]:
    async with httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as http:
        events = page_events((await http.get("/config")).json())
        client = Client(http, events, _TABLE, random.Random(1), time.monotonic(), CROWD)
        await client.act("databases")
        client.names = client.names[:1]
        for action in _ACTIONS:
            await client.act(action)
    return client.calls


def test_the_page_answers_every_call_that_a_client_makes(url: str) -> None:
    calls = asyncio.run(_calls(url))
    failed = {call.name: call.said for call in calls if call.kind != "ok"}
    assert {call.name for call in calls} == {*_ACTIONS, "ask own"}
    assert failed == {}
