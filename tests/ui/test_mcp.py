"""The endpoints as tools of an MCP client, where the package mcp is installed."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from tests.ui.server import SLOW_QUESTION

pytest.importorskip("mcp", reason='needs pip install "gradio[mcp]"')

_FULL = (
    "You already have 4 requests in the queue for the model, the most that one visitor may have; "
    "try again in "
)


async def _tools(url: str, calls: list[tuple[str, dict[str, str]]]) -> list[Any]:
    """The results of ``calls``, all made at once, by one MCP client."""
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async with (
        streamable_http_client(f"{url}/gradio_api/mcp/") as (reading, writing, _),
        ClientSession(reading, writing) as session,
    ):
        await session.initialize()
        names = {
            tool.name.rpartition("_")[2]: tool.name for tool in (await session.list_tools()).tools
        }
        made = [session.call_tool(names[name], arguments) for name, arguments in calls]
        return await asyncio.gather(*made)


def test_a_tool_answers(url: str) -> None:
    (found,) = asyncio.run(_tools(url, [("run", {"sql": "SELECT 1", "db_id": "shop"})]))
    assert (found.isError, "1" in found.content[0].text) == (False, True)


def test_a_full_queue_is_told_over_mcp_in_the_words_of_the_api(url: str) -> None:
    question = {"question": SLOW_QUESTION, "db_id": "shop"}
    results = asyncio.run(_tools(url, [("ask", question)] * 6))
    refused = [found.content[0].text for found in results if found.isError]
    assert len(refused) == 2
    assert all(_FULL in text for text in refused)
    client = Client(url, verbose=False)
    with ThreadPoolExecutor(6) as pool:
        made = [pool.submit(client.predict, *question.values(), api_name="/ask") for _ in range(6)]
        errors = [str(one.exception()) for one in made if isinstance(one.exception(), AppError)]
    client.close()
    assert len(errors) == 2
    assert all(text.startswith(_FULL) for text in errors)
