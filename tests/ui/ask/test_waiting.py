"""A visitor waits for one thing at a time, and can stop."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest

from text2sql.answering.pipeline import Service
from text2sql.databases import Database
from text2sql.schema import Schema
from text2sql.ui.ask import waiting as module
from text2sql.ui.ask.waiting import Waiting
from text2sql.ui.model_thread import ModelThread
from text2sql.ui.ticket import Ticket

DATABASE = Database("d", Schema.from_text("t(a)"))


class Blocked:
    """Stands for ``Text2SQL``: answers when it is told to."""

    loaded = True

    def __init__(self) -> None:
        self.go_on = threading.Event()

    def ask(self, question: str, database: Database, service: Service) -> Any:
        service.turn(lambda: self.go_on.wait(10))
        return question


@pytest.fixture
def blocked(monkeypatch: pytest.MonkeyPatch) -> Blocked:
    monkeypatch.setattr(module, "_FIRST_S", 0.01)
    monkeypatch.setattr(module, "_TICK_S", 0.01)
    return Blocked()


@pytest.fixture
def model(blocked: Blocked) -> ModelThread:
    return ModelThread(blocked)  # type: ignore[arg-type]


def _submit(model: ModelThread, question: str) -> Ticket[Any]:
    ticket = model.submit(question, DATABASE)
    ends = time.monotonic() + 5
    while ticket.inner is None:  # until it is in the model's own line
        assert time.monotonic() < ends
        time.sleep(0.002)
    return ticket


def test_a_wait_tells_the_place_and_the_seconds_until_the_answer_is_there(
    model: ModelThread, blocked: Blocked
) -> None:
    first, second = _submit(model, "a"), _submit(model, "b")

    async def wait() -> list[int]:
        places = []
        async for place, _ in Waiting().wait_for(second):
            places.append(place)
            blocked.go_on.set()
        return places

    assert asyncio.run(wait())[0] == 1
    assert (first.result(5), second.result(5), second.given_up) == ("a", "b", False)


def test_stopping_ends_the_wait_with_a_farewell(model: ModelThread, blocked: Blocked) -> None:
    waiting, ticket = Waiting(), _submit(model, "a")

    async def wait() -> None:
        async for _ in waiting.wait_for(ticket):
            waiting.stop("bye")

    asyncio.run(wait())
    assert (ticket.given_up, waiting.final_message(ticket)) == (True, "bye")
    blocked.go_on.set()


def test_another_question_replaces_the_first_whose_handler_then_says_nothing(
    model: ModelThread, blocked: Blocked
) -> None:
    waiting = Waiting()
    first, second = _submit(model, "a"), _submit(model, "b")

    async def wait() -> list[Any]:
        before, after = waiting.wait_for(first), waiting.wait_for(second)
        await anext(before)
        await anext(after)
        left = [step async for step in before]
        blocked.go_on.set()
        async for _ in after:
            pass
        return left

    assert asyncio.run(wait()) == []
    assert (first.given_up, waiting.final_message(first)) == (True, None)
    assert second.result(5) == "b"


def test_a_visitor_who_has_gone_waits_no_more(model: ModelThread, blocked: Blocked) -> None:
    _submit(model, "a")
    ticket = _submit(model, "b")

    async def leave() -> None:
        steps = Waiting().wait_for(ticket)
        await anext(steps)
        await steps.aclose()

    asyncio.run(leave())
    assert ticket.given_up
    blocked.go_on.set()


def test_stopping_where_nobody_waits_does_nothing() -> None:
    Waiting().stop("bye")
