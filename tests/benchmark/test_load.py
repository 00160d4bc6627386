"""What the load benchmark makes of the calls of its clients."""

from __future__ import annotations

import asyncio
import json
import random
import time
from argparse import ArgumentParser
from collections import Counter
from typing import Any

import gradio as gr
import httpx
import pytest

from text2sql import Catalog, Text2SQL
from text2sql.benchmark import load
from text2sql.benchmark.loading.actions import CROWD, visitors
from text2sql.benchmark.loading.client import (
    ApiCall,
    Client,
    PageEvent,
    PageEvents,
    page_events,
)
from text2sql.benchmark.loading.hostile import noticed, statements
from text2sql.benchmark.loading.leaving import left_behind
from text2sql.benchmark.loading.measure import (
    Load,
    _by_name,
    _errors,
    _full,
    _memory,
    _People,
    _rate,
)
from text2sql.benchmark.loading.page import Memory, Pages
from text2sql.benchmark.loading.report import lines, table
from text2sql.ui.demo import build_demo

_FULL = "The line for the SQL is full; try again in 4 s."
_CALLS = [
    ApiCall("run", 0.1, "ok"),
    ApiCall("run", 0.3, "ok"),
    ApiCall("run", 0.02, "full", _FULL, 4),
    ApiCall("ask", 2.0, "error", "no such table"),
]

_CONFIG = {
    "components": [
        {"id": 1, "props": {"elem_id": "upload"}},
        {"id": 2, "props": {"elem_id": "ask"}},
        {"id": 3, "props": {"elem_id": "model", "value": "pocket"}},
        {"id": 4, "props": {"elem_id": "question"}},
        {"id": 5, "props": {"elem_id": "database"}},
    ],
    "dependencies": [
        {"id": 6, "targets": [[2, "click"]], "inputs": [4, 5], "backend_fn": False},
        {"id": 7, "targets": [[2, "click"]], "inputs": [3, 4, 5], "backend_fn": True},
        {"id": 8, "targets": [[2, "click"]], "inputs": [4, 5, 3], "backend_fn": True},
        {"id": 9, "targets": [[1, "upload"]], "inputs": [1], "backend_fn": True},
    ],
}
_EVENTS = PageEvents(PageEvent(9, (None,)), PageEvent(8, (None, None, "pocket")))


def _client(answer: httpx.Response) -> Client:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"event_id": "1"}) if request.method == "POST" else answer

    http = httpx.AsyncClient(transport=httpx.MockTransport(handle), base_url="http://page")
    return Client(http, _EVENTS, b"", random.Random(1), time.monotonic())


@pytest.mark.parametrize(
    ("event", "data", "kind", "retry_s"),
    [
        ("complete", [{"rows": []}], "ok", 0),
        ("complete", [{"error_kind": "busy", "error": "Busy; try again in 3 s."}], "full", 3),
        ("error", {"error": _FULL}, "full", 4),
        ("error", {"error": "There is no database 'x'."}, "error", 0),
    ],
)
def test_a_call_is_served_told_that_it_is_full_or_an_error(
    event: str, data: object, kind: str, retry_s: int
) -> None:
    client = _client(httpx.Response(200, text=f"event: {event}\ndata: {json.dumps(data)}\n\n"))
    call = asyncio.run(client.call("run", "SELECT 1", "shop"))
    assert (call.kind, call.retry_s, client.calls) == (kind, retry_s, [call])


def test_a_page_that_does_not_answer_is_an_error() -> None:
    assert asyncio.run(_client(httpx.Response(200, text="")).call("run")).kind == "no answer"


def test_the_pages_own_events_are_found_by_what_sets_them_off() -> None:
    assert page_events(_CONFIG) == _EVENTS


def test_a_client_sends_what_a_browser_does_that_leaves_the_other_inputs_alone() -> None:
    assert _EVENTS.ask.data("How many?", "shop") == ["How many?", "shop", "pocket"]


def test_the_page_that_is_served_has_these_events() -> None:
    async def build() -> gr.Blocks:  # in a loop, because else Gradio opens one and leaves it open
        return build_demo(Text2SQL("pocket"), Catalog.open())

    demo = asyncio.run(build())
    ask = page_events(demo.get_config_file()).ask
    assert demo.fns[ask.number].name == "answer"
    assert ask.data("How many?", "shop")[:3] == ["How many?", "shop", "pocket"]


def test_errors_and_full_lines_are_counted_apart() -> None:
    assert _by_name(_CALLS)["run"] == {"calls": 2, "p50_s": 0.2, "p95_s": 0.29, "max_s": 0.3}
    assert _errors(_CALLS) == {"ask: error: no such table": 1}
    assert _full(_CALLS) == {
        "calls": 1,
        "p50_s": 0.02,
        "p95_s": 0.02,
        "of_calls": 4,
        "by_name": {"run": 1},
        "said": {_FULL: 1},
    }


def test_the_rate_counts_what_was_served_and_what_it_took_of_a_core() -> None:
    assert _rate(_CALLS, 10.0, 4.0) == {"served_per_s": 0.2, "cpu_s": 4.0, "cpu_s_per_served": 2.0}


def test_each_client_stays_with_one_page_and_the_pages_get_equally_many() -> None:
    pages = [httpx.AsyncClient(base_url=f"http://page{n}") for n in range(2)]
    people = _People(pages, _CONFIG, seed=1)
    assert [people.client(n, 0).http.base_url.host for n in range(4)] == ["page0", "page1"] * 2


def test_visitors_ask_the_samples_questions_twice_a_minute_and_nothing_hostile() -> None:
    actions = visitors()
    assert Load(1, 1, 1).actions is CROWD
    assert sum(actions.pause_s) / 2 == 30
    assert set(actions.shares) == {"ask on the page", "run", "open"}
    assert len(actions.questions) == 144
    sent = []

    def handle(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        done = 'data: {"msg": "process_completed", "success": true}\n\n'
        return httpx.Response(200, text=done)

    http = httpx.AsyncClient(transport=httpx.MockTransport(handle), base_url="http://page")
    client = Client(http, _EVENTS, b"", random.Random(1), 0, actions)
    call = asyncio.run(client.act("ask on the page"))
    assert call is not None
    assert (call.name, call.kind) == ("ask on the page", "ok")
    question, database, model = json.loads(sent[0].content)["data"]
    assert ((question, database) in actions.questions, model) == (True, "pocket")


def test_memory_is_compared_at_half_time_and_at_the_end() -> None:
    during = [Memory(600 + n, 50, 4) for n in range(100)]
    found = _memory(Memory(500, 10, 1), during, Memory(550, 0, 0))
    assert (found["before"], found["middle"], found["end"], found["after"]) == (500, 654, 694, 550)


def _figures(hostile: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "clients": 20,
        "visitors": False,
        "processes": 2,
        "minutes": 10,
        "machine": "two cores",
        "calls": _by_name(_CALLS),
        "rate": _rate(_CALLS, 10.0, 4.0),
        "errors": _errors(_CALLS),
        "full": _full(_CALLS),
        "one_among_slow_ones": {"calls": 3, "p50_s": 1.0, "p95_s": 2.0, "not_answered": 0},
        "hostile": hostile or {},
        "leaving": {},
        "memory_mb": _memory(Memory(500, 10, 1), [], Memory(550, 0, 0)),
        "left": Counter(),
    }


def test_the_report_names_everything_that_was_measured() -> None:
    text = "\n".join(lines(_figures()))
    assert "20 clients of 2 pages, 10 minutes (two cores)" in text
    assert "0.20 served each second, 2.000 s of a core for each, 4 s in all" in text
    assert "told that a line is full: 1 of 4 calls" in text
    assert "1 ask: error: no such table" in text
    assert "hostile" not in text


def test_the_report_says_how_much_slower_hostile_statements_made_others() -> None:
    times = {"ask": {"alone_s": 0.5, "beside_s": 0.75, "factor": 1.5}}
    of = {"statements": 300, "longest_s": 5.2, "without_a_sentence": 0, "failed_beside": 0}
    text = "\n".join(lines(_figures({**of, "times": times})))
    assert "300 hostile statements: the longest took 5.2 s" in text
    assert "ask          alone 0.50 s, beside 0.75 s, 1.50 times" in text


class _MeasuredPages(Pages):
    """Pages whose memory is one after another of ``megabytes``."""

    def __init__(self, *megabytes: int) -> None:
        self.megabytes = iter(megabytes)

    def memory(self) -> Memory:
        return Memory(next(self.megabytes), 0, 0)

    def bytes(self) -> int:
        return 14_000_000


def test_who_sends_large_files_and_leaves_is_measured_before_at_most_and_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outcomes = iter([("full", "The line is full."), *[("ok", "")] * 4])

    async def upload(client: Client) -> ApiCall:
        call = ApiCall("upload", 0.1, *next(outcomes))
        client.calls.append(call)
        return call

    monkeypatch.setattr(Client, "upload", upload)
    visitors = [_client(httpx.Response(200)) for _ in range(2)]
    found = asyncio.run(left_behind(_MeasuredPages(500, 600, 900, 700, 650, 510), visitors, 0.0))
    assert (found["visitors"], found["uploads"], found["errors"]) == (2, 4, [])
    assert (
        "2 visitors sent 4 large files and left; memory of the page and files: 500 and 14.0 MB "
        "before, 900 and 14.0 MB at most, 510 and 14.0 MB after; errors: none"
        in "\n".join(lines(_figures() | {"leaving": found}))
    )


def test_the_figures_are_the_table_of_the_page_on_security() -> None:
    assert list(table(_figures())) == [
        "| | 20 clients, 10 minutes |",
        "|---|---|",
        "| calls; served; told that a line is full | 4; 2; 1 |",
        "| other errors | 1 |",
        "| p50 and p95 of `run` | 0.20 and 0.29 s |",
        "| p50 and p95 of `ask` | 0.00 and 0.00 s |",
        "| p50 and p95 of being told that a line is full | 0.02 and 0.02 s |",
        "| a question among 19 visitors' slow ones, p50 and p95 | 1.00 and 2.00 s |",
        "| time of a core for each served | 2000 ms |",
        "| memory of the page before, at half-time, at the end, after | 500, 0, 0, 550 MB |",
        "| files of visitors at the end, after | 0 (0 MB), 0 |",
        "| processes once the page has ended | 0 |",
    ]


def test_hostile_statements_are_all_different_and_within_what_a_call_may_carry() -> None:
    found = statements(300)
    assert len(set(found)) == 300
    assert max(map(len, found)) <= 90_000


def test_a_visitor_is_measured_alone_and_beside_the_hostile_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = _client(httpx.Response(200, text='event: complete\ndata: [{"rows": []}]\n\n'))
    other = _client(httpx.Response(200, text='event: error\ndata: {"error": "No."}\n\n'))

    async def soon(seconds: float) -> None:
        await real_sleep(min(seconds, 0.01))

    real_sleep = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", soon)
    monkeypatch.setattr(Client, "act", lambda self, what: self.call("run", name=what))
    found = asyncio.run(noticed(client, other, 9))
    assert (found["statements"], found["without_a_sentence"], found["failed_beside"]) == (9, 0, 0)
    assert list(found["times"]) == ["ask", "run", "databases"]
    assert {call.name for call in other.calls} >= {"run", "compare", "ask"}


@pytest.mark.parametrize("clients", ["0", "201", "many"])
def test_the_number_of_clients_is_bounded(clients: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = ArgumentParser()
    load.add_arguments(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["--clients", clients])
    assert "write a number from 1 to 200" in capsys.readouterr().err
