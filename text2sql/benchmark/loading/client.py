"""One client of the page, which speaks to it as a browser or a script does."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from text2sql.benchmark.loading.actions import CROWD, Actions
from text2sql.benchmark.loading.page import SLOW_DATABASE

__all__ = ["ApiCall", "Client", "PageEvent", "PageEvents", "page_events"]

_FOREVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
_LONGEST_S = 120.0
_RETRY = re.compile(r"try again in (\d+) s")


@dataclass(frozen=True)
class ApiCall:
    """What became of one call: ``kind`` is ``ok``, ``full`` or the kind of an error."""

    name: str
    seconds: float
    kind: str
    said: str = ""
    retry_s: int = 0


@dataclass(frozen=True)
class PageEvent:
    """One event of the page: its number, and the values that its inputs have at first.

    ``then`` is the event that a browser sets off after it.
    """

    number: int
    inputs: tuple[Any, ...]
    then: PageEvent | None = None

    def data(self, *first: Any) -> list[Any]:
        """Return what a browser sends that has filled in the ``first`` inputs."""
        return [*first, *self.inputs[len(first) :]]


@dataclass(frozen=True)
class PageEvents:
    """The page's own events that clients set off: sending a file, asking a question."""

    upload: PageEvent
    ask: PageEvent


def page_events(config: dict[str, Any]) -> PageEvents:
    """Find the events in the page's ``/config``.

    Raises:
        KeyError: if the page has no such event.
    """
    by_name = {c["props"].get("elem_id"): c["id"] for c in config["components"]}
    values = {c["id"]: c["props"].get("value") for c in config["components"]}

    def event(element: str, kind: str, *first: str) -> PageEvent:
        for dependency in config["dependencies"]:
            set_off = (by_name[element], kind) in map(tuple, dependency["targets"])
            inputs = dependency["inputs"]
            if set_off and dependency["backend_fn"] and inputs[: len(first)] == ids(first):
                number = dependency["id"]
                return PageEvent(number, tuple(map(values.get, inputs)), after(number))
        raise KeyError(element)

    def after(number: int) -> PageEvent | None:
        for dependency in config["dependencies"]:
            if dependency.get("trigger_after") == number and dependency["backend_fn"]:
                return PageEvent(dependency["id"], tuple(map(values.get, dependency["inputs"])))
        return None

    def ids(names: Iterable[str]) -> list[int]:
        return [by_name[name] for name in names]

    return PageEvents(
        event("upload", "upload", "upload"), event("ask", "click", "question", "database")
    )


@dataclass
class Client:
    """Does one thing after another until ``ends``; what became of each is in ``calls``."""

    http: httpx.AsyncClient
    events: PageEvents
    table: bytes  # a CSV file
    rng: random.Random
    ends: float
    actions: Actions = CROWD
    calls: list[ApiCall] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    tables: dict[str, str] = field(default_factory=dict)  # one of each database
    session: str = field(default_factory=lambda: uuid.uuid4().hex)

    async def live(self) -> None:
        """Come, go on, leave."""
        await asyncio.sleep(self.rng.uniform(0, self.actions.pause_s[1]))
        heart = asyncio.create_task(self._beat()) if self.rng.random() < 0.5 else None
        try:
            await self.act("databases")
            while time.monotonic() < self.ends:
                last = await self.act(self._choice())
                wait_s = last.retry_s if last is not None and last.kind == "full" else 0
                await asyncio.sleep(max(wait_s, self.rng.uniform(*self.actions.pause_s)))
        finally:
            if heart is not None:
                heart.cancel()

    def _choice(self) -> str:
        shares = self.actions.shares
        return self.rng.choices(list(shares), list(shares.values()))[0]

    async def act(self, what: str) -> ApiCall | None:
        """One thing; its last call."""
        doing: dict[str, Callable[[], Awaitable[ApiCall | None]]] = {
            "databases": lambda: self.call("databases"),
            "schema": lambda: self.call("schema", self._database()),
            "ask": lambda: self.ask(self._question(), self._database()),
            "run": lambda: self.call("run", "SELECT count(*) FROM sqlite_master", self._database()),
            "compare": self.compare,
            "slow run": lambda: self.call("run", _FOREVER, self._database(), name="slow run"),
            "slow ask": lambda: self.ask(
                "Show the note of all sales", SLOW_DATABASE, name="slow ask"
            ),
            "upload": self.upload,
            "open": lambda: self._timed("open", self._open),
            "ask on the page": self.ask_on_the_page,
            "vanish": self.vanish,
        }
        return await doing[what]()

    def _database(self) -> str:
        return self.rng.choice(self.names) if self.names else "school"

    def _question(self) -> str:
        return self.rng.choice(self.actions.questions)[0]

    async def _open(self) -> tuple[str, str]:
        found = await self.http.get("/")
        return ("ok" if found.is_success else f"HTTP {found.status_code}"), ""

    async def ask_on_the_page(self) -> ApiCall:
        """Ask as a browser does, a question about the database that it was written for."""
        question, db_id = self.rng.choice(self.actions.questions)
        return await self._ask("ask on the page", question, db_id)

    async def _timed(self, name: str, work: Callable[[], Awaitable[tuple[str, str]]]) -> ApiCall:
        started = time.monotonic()
        try:
            kind, said = await asyncio.wait_for(work(), _LONGEST_S)
        except (TimeoutError, httpx.HTTPError) as error:
            kind, said = type(error).__name__, str(error)
        retry = _RETRY.search(said)
        if kind != "ok" and retry:
            kind = "full"
        seconds = time.monotonic() - started
        call = ApiCall(name, seconds, kind, said[:200], int(retry[1]) if retry else 0)
        self.calls.append(call)
        return call

    async def call(self, endpoint: str, *data: Any, name: str = "") -> ApiCall:
        """One call of the API."""

        async def work() -> tuple[str, str]:
            kind, answer = await self._end_of(endpoint, data)
            if kind == "ok" and endpoint == "databases":
                self.names = [d["db_id"] for d in answer[0] if d["db_id"] != SLOW_DATABASE]
            if kind == "ok" and endpoint == "schema":
                self.tables[str(data[0])] = answer[0]["tables"][0]["name"]
            found = answer[0] if kind == "ok" else {}
            if isinstance(found, dict) and found.get("error_kind") == "busy":
                return "full", str(found["error"])
            return kind, "" if kind == "ok" else str(answer)

        return await self._timed(name or endpoint, work)

    async def _end_of(self, endpoint: str, data: tuple[Any, ...]) -> tuple[str, Any]:
        path = f"/gradio_api/call/{endpoint}"
        body = {"data": list(data), "session_hash": self.session}  # as gradio_client does
        posted = await self.http.post(path, json=body)
        if not posted.is_success:
            return f"HTTP {posted.status_code}", posted.text
        async with self.http.stream("GET", f"{path}/{posted.json()['event_id']}") as stream:
            event = ""
            async for line in stream.aiter_lines():
                if line.startswith("event: "):
                    event = line[7:]
                elif line.startswith("data: ") and event == "complete":
                    return "ok", json.loads(line[6:])
                elif line.startswith("data: ") and event == "error":
                    said = json.loads(line[6:])
                    return "error", said.get("error") if isinstance(said, dict) else str(said)
        return "no answer", ""

    async def ask(self, question: str, db_id: str, name: str = "ask") -> ApiCall:
        """Ask a question that goes on from nothing."""
        return await self.call("ask", question, db_id, None, name=name)

    async def compare(self) -> ApiCall:
        """A query and a gold one, about a table that was seen in a schema."""
        if not self.tables:
            return await self.call("schema", self._database())
        db_id = self.rng.choice(list(self.tables))
        table = self.tables[db_id]
        prediction, gold = f'SELECT * FROM "{table}"', f'SELECT count(*) FROM "{table}"'
        return await self.call("compare", prediction, gold, db_id)

    async def vanish(self) -> None:
        """Ask, and be gone before the answer."""
        path = "/gradio_api/call/ask"
        data = [self._question(), self._database(), None]
        with suppress(httpx.HTTPError, TimeoutError):
            posted = await self.http.post(path, json={"data": data, "session_hash": None})
            if posted.is_success:
                async with asyncio.timeout(0.3):
                    await self.http.get(f"{path}/{posted.json()['event_id']}")

    async def upload(self) -> ApiCall:
        """Send a file to the page, and ask about it."""
        name = f"table{self.rng.randrange(10)}"
        sent = await self._timed("upload", lambda: self._upload(name))
        if sent.kind != "ok":
            return sent
        return await self._ask("ask own", self._question(), name)

    async def _ask(self, call: str, question: str, db_id: str) -> ApiCall:
        asked = self.events.ask
        data = asked.data(question, db_id)
        return await self._timed(call, lambda: self._event(asked.number, data))

    async def _upload(self, name: str) -> tuple[str, str]:
        files = {"files": (f"{name}.csv", self.table, "text/csv")}
        posted = await self.http.post("/gradio_api/upload", files=files)
        if not posted.is_success:
            return f"HTTP {posted.status_code}", posted.text
        data = {"path": posted.json()[0], "meta": {"_type": "gradio.FileData"}}
        sent = [data | {"orig_name": f"{name}.csv"}]
        upload = self.events.upload
        taken = await self._event(upload.number, upload.data(sent))
        if taken[0] == "ok" and upload.then is not None:
            return await self._event(upload.then.number, upload.then.data(name))
        return taken

    async def _event(self, number: int, data: list[Any]) -> tuple[str, str]:
        """One event of the page; what it says in an alert is its error."""
        body = {"data": data, "fn_index": number, "session_hash": self.session}
        posted = await self.http.post("/gradio_api/queue/join", json=body)
        if not posted.is_success:
            return f"HTTP {posted.status_code}", posted.text
        said = ""
        query = {"session_hash": self.session}
        async with self.http.stream("GET", "/gradio_api/queue/data", params=query) as stream:
            async for line in stream.aiter_lines():
                if not line.startswith("data: "):
                    continue
                message = json.loads(line[6:])
                said = _alert(line) or said
                if message.get("msg") == "process_completed":
                    success = message.get("success") and not said
                    return ("ok", "") if success else ("error", said or line[:200])
        return "no answer", ""

    async def _beat(self) -> None:
        """The connection by which a browser shows that its tab is open."""
        with suppress(httpx.HTTPError):
            path = f"/gradio_api/heartbeat/{self.session}"
            async with self.http.stream("GET", path) as stream:
                async for _ in stream.aiter_bytes():
                    if time.monotonic() > self.ends:
                        return


_ALERT = re.compile(r"t2s-alert[^>]*>([^<]*)")


def _alert(line: str) -> str:
    found = _ALERT.search(line)
    return found[1] if found else ""
