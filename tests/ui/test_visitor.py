"""Whose an event is, and whose share of the queues it takes."""

from __future__ import annotations

import asyncio
import json

import gradio as gr
import httpx
from gradio.events import api

from text2sql.ui.visitor import current_caller, current_visitor


def _who() -> list[str | None]:
    return [current_visitor(), current_caller()]


async def _asked(session: str | None) -> list[str]:
    with gr.Blocks(analytics_enabled=False) as demo:
        api(_who, api_name="who")
    assert isinstance(demo, gr.Blocks)
    demo.is_running = True
    demo.run_startup_events()
    path = "http://page/gradio_api/call/who"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(demo.app)) as http:
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


def test_outside_an_event_there_is_neither() -> None:
    assert _who() == [None, None]
