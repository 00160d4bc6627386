"""The page's queue of events costs and keeps the same, however many events there were."""

from __future__ import annotations

import asyncio
from asyncio import Queue as Messages

import gradio as gr
import httpx
import pytest
from fastapi import FastAPI
from gradio import queueing
from gradio.events import api

from text2sql.ui import event_queue
from text2sql.ui.event_queue import EventQueue, use_small_queue


def _hello() -> str:
    return "hello"


async def _slow(number: int, request: gr.Request) -> str:
    await asyncio.sleep(0.3 - 0.05 * number)  # the last one called is the first one done
    return f"{number} of {request.session_hash}"


@pytest.fixture
def demo() -> gr.Blocks:
    async def build() -> gr.Blocks:  # in a loop, because else Gradio opens one and leaves it open
        with gr.Blocks(analytics_enabled=False) as demo:
            api(_hello, api_name="hello")
            api(_slow, api_name="slow")
        assert isinstance(demo, gr.Blocks)
        use_small_queue(demo, 8)
        return demo

    return asyncio.run(build())


async def _call(app: FastAPI) -> str:
    path = "http://page/gradio_api/call/hello"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http:
        event = (await http.post(path, json={"data": []})).json()["event_id"]
        return (await http.get(f"{path}/{event}")).text


async def _five_calls(demo: gr.Blocks) -> set[str]:
    demo.is_running = True
    demo.run_startup_events()
    said = {await _call(demo.app) for _ in range(5)}
    demo._queue.close()
    queue = demo._queue
    async with asyncio.timeout(30):  # an event is forgotten some time after its answer came
        while queue.event_ids_to_events or len(queue.pending_event_ids_session) > 2:
            await asyncio.sleep(0.01)
    return said


def test_an_event_computes_no_statistics_and_leaves_nothing(
    demo: gr.Blocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compute(records: object) -> None:
        raise AssertionError("statistics of events in pandas")

    monkeypatch.setattr(queueing.Queue, "_get_df", staticmethod(compute))
    monkeypatch.setattr(event_queue, "_SWEEP_S", 0.0)
    assert asyncio.run(_five_calls(demo)) == {'event: complete\ndata: ["hello"]\n\n'}
    queue = demo._queue
    assert (queue.event_analytics, queue.event_ids_to_events) == ({}, {})
    assert len(queue.pending_event_ids_session) <= 2  # a session is forgotten at the second sweep
    assert len(queue.pending_messages_per_session) <= 2


def test_calls_of_one_session_at_the_same_time_get_their_own_answers_and_share_its_state(
    demo: gr.Blocks,
) -> None:
    async def called(http: httpx.AsyncClient, path: str, number: int) -> str:
        body = {"data": [number], "session_hash": "mine"}
        event = (await http.post(path, json=body)).json()["event_id"]
        async with asyncio.timeout(30):
            return (await http.get(f"{path}/{event}")).text

    async def all_called() -> list[str]:
        demo.is_running = True
        demo.run_startup_events()
        transport = httpx.ASGITransport(demo.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://page") as http:
            calls = [called(http, "/gradio_api/call/slow", number) for number in range(6)]
            said = await asyncio.gather(*calls)
        demo._queue.close()
        return said

    assert asyncio.run(all_called()) == [
        f'event: complete\ndata: ["{number} of mine"]\n\n' for number in range(6)
    ]


def test_a_sweep_leaves_who_still_waits(demo: gr.Blocks) -> None:
    queue = demo._queue
    assert isinstance(queue, EventQueue)
    for session, events in {"served": set(), "waits": {"event"}, "unread": set()}.items():
        queue.pending_event_ids_session[session] = events
        queue.pending_messages_per_session[session] = Messages()
    queue.pending_messages_per_session["unread"].put_nowait(
        queueing.EstimationMessage(queue_size=0)
    )
    queue.forget_served()
    assert "served" in queue.pending_messages_per_session  # its stream may be opened just now
    queue.forget_served()
    assert list(queue.pending_event_ids_session) == ["waits", "unread"]
    assert list(queue.pending_messages_per_session) == ["waits", "unread"]


def test_a_sweep_leaves_a_stream_that_is_open(demo: gr.Blocks) -> None:
    async def kept() -> list[str]:
        queue, messages = demo._queue, Messages()  # type: ignore[var-annotated]
        assert isinstance(queue, EventQueue)
        queue.pending_event_ids_session["open"] = set()
        queue.pending_messages_per_session["open"] = messages
        stream = asyncio.create_task(messages.get())
        await asyncio.sleep(0)
        queue.forget_served()
        queue.forget_served()
        stream.cancel()
        return list(queue.pending_messages_per_session)

    assert asyncio.run(kept()) == ["open"]
