"""Whose an event is, and whose share of the queues it takes."""

from __future__ import annotations

import asyncio
import json

import gradio as gr
import httpx
from gradio.events import api
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from text2sql.ui.mcp_callers import McpCallers
from text2sql.ui.visitor import current_caller, current_visitor


def _who() -> list[str | None]:
    return [current_visitor(), current_caller()]


async def _asked(session: str | None, headers: dict[str, str] | None = None) -> list[str]:
    with gr.Blocks(analytics_enabled=False) as demo:
        api(_who, api_name="who")
    assert isinstance(demo, gr.Blocks)
    demo.is_running = True
    demo.run_startup_events()
    path = "http://page/gradio_api/call/who"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(demo.app), headers=headers) as http:
        body = {"data": [], "session_hash": session}
        event = (await http.post(path, json=body)).json()["event_id"]
        said = (await http.get(f"{path}/{event}")).text
    demo._queue.close()
    await asyncio.sleep(0.1)
    (found,) = json.loads(said.partition("data: ")[2])
    assert isinstance(found, list)
    return found


def test_a_call_with_a_session_is_that_visitors() -> None:
    assert asyncio.run(_asked("ann")) == ["ann", "ann"]


def test_calls_without_a_session_are_different_visitors_and_one_caller() -> None:
    (one, first), (other, second) = asyncio.run(_asked(None)), asyncio.run(_asked(None))
    assert (one != other, first, second) == (True, "calls from 127.0.0.1", "calls from 127.0.0.1")


async def _passed_on(headers: dict[str, str], address: str, path: str) -> dict[str, str]:
    """Return the headers of a request that passes through the middleware."""
    found: dict[str, str] = {}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.update(Request(scope).headers)
        await Response()(scope, receive, send)

    transport = httpx.ASGITransport(McpCallers(app), client=(address, 1))
    async with httpx.AsyncClient(transport=transport) as http:
        await http.post(f"http://page{path}", headers=headers)
    return found


def test_calls_over_mcp_are_one_visitor_and_a_caller_for_each_address() -> None:
    # as Gradio passes them on: with the headers of the call, and its own session and mark
    mark = {"x-gradio-user": "mcp"}
    for address in ("192.0.2.1", "192.0.2.2"):
        sent = {"x-text2sql-caller": "somebody else"}
        passed = asyncio.run(_passed_on(sent, address, "/gradio_api/mcp/"))
        caller = {"x-text2sql-caller": passed["x-text2sql-caller"]}
        said = asyncio.run(_asked("gradio", caller | mark))
        assert said == ["gradio", f"MCP calls from {address}"]


def test_other_calls_carry_no_address() -> None:
    passed = asyncio.run(_passed_on({}, "192.0.2.1", "/gradio_api/call/ask"))
    assert "x-text2sql-caller" not in passed
    assert asyncio.run(_asked("ann", {"x-text2sql-caller": "192.0.2.1"})) == ["ann", "ann"]


def test_outside_an_event_there_is_neither() -> None:
    assert _who() == [None, None]
