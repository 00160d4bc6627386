"""Models behind an address: a server on loopback that speaks chat completions, and its moods."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from text2sql.answering.pipeline import Service, Text2SQL
from text2sql.databases import Catalog, Database
from text2sql.errors import ModelError
from text2sql.generators.base import Candidate, Options
from text2sql.generators.choice import ModelChoice
from text2sql.generators.create_tables import create_tables
from text2sql.generators.endpoint import EndpointGenerator, ServerUsage
from text2sql.generators.registry import load_generator
from text2sql.schema import Column, ForeignKey, Schema, Table
from text2sql.spider import Example

SQL = "SELECT count(*) FROM patient"


class Server:
    """Answers each request with the next of ``replies``: a status, a body and headers."""

    def __init__(self) -> None:
        self.replies: list[tuple[int, Any, dict[str, str]]] = []
        self.seen: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.delay_s = 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = json.loads(self.rfile.read(length))
                outer.seen.append((self.path, dict(self.headers), body))
                time.sleep(outer.delay_s)
                status, reply, headers = outer.replies.pop(0)
                data = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(data)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: Any) -> None:
                """Quietly."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def says(self, content: Any, status: int = 200, **headers: str) -> None:
        """One more reply, with ``content`` as what the model wrote."""
        usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
        message = {"role": "assistant", "content": content}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        reply = {"object": "chat.completion", "choices": [choice], "usage": usage}
        self.replies.append((status, reply, headers))


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    yield found
    found.http.shutdown()
    found.http.server_close()


@pytest.fixture
def clinic() -> Database:
    return Catalog.open().get("clinic")


def ask(server: Server, clinic: Database, **options: Any) -> list[Candidate]:
    generator = EndpointGenerator("tiny", server.url, **{"wait_s": 0.01, **options})
    return generator.generate("How many patients are there?", clinic, Options())


def test_the_question_arrives_with_the_schema_and_the_query_comes_back(
    server: Server, clinic: Database
) -> None:
    server.says(f"Sure!\n```sql\n{SQL};\n```")
    assert ask(server, clinic, key="secret") == [Candidate(SQL, 0.0)]
    path, headers, body = server.seen[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer secret"
    assert (body["model"], body["temperature"], body["stream"]) == ("tiny", 0, False)
    assert [message["role"] for message in body["messages"]] == [
        "system", "user", "assistant", "user", "assistant", "user",
    ]  # fmt: skip
    last = body["messages"][-1]["content"]
    assert "CREATE TABLE patient (" in last
    assert last.endswith("Question: How many patients are there?")


def test_examples_of_people_come_between_the_usual_ones_and_the_question(
    server: Server, clinic: Database
) -> None:
    server.says(SQL)
    examples = [Example("Who?", "SELECT 1", "clinic"), Example("Where?", "SELECT 2", "clinic")]
    answer = Text2SQL(EndpointGenerator("tiny", server.url)).ask(
        "Who is there, and where?", clinic, Service(examples=examples, evidence="there is a city")
    )
    assert answer.sql == SQL
    said = [message["content"] for message in server.seen[0][2]["messages"]]
    assert said[5].startswith("CREATE TABLE department (")
    assert said[5].endswith("Question: Where?")
    assert said[6:9] == ["SELECT 2", "Question: Who?", "SELECT 1"]
    assert said[9].endswith("Question: Who is there, and where? Hint: there is a city")


def test_an_answer_comes_through_the_pipeline_with_its_rows(
    server: Server, clinic: Database
) -> None:
    server.says(json.dumps({"sql": SQL}))
    choice = ModelChoice("endpoint:tiny", endpoint=f"{server.url}/v1/")
    answer = Text2SQL(choice).ask("How many patients are there?", clinic)
    assert (answer.model, answer.sql) == ("endpoint:tiny", SQL)
    assert answer.result is not None
    assert len(answer.result.rows) == 1


@pytest.mark.parametrize("content", ["I do not know.", "", None])
def test_a_reply_without_a_query_is_no_candidate(
    server: Server, clinic: Database, content: str | None
) -> None:
    server.says(content)
    assert ask(server, clinic) == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_is_busy_is_asked_again(
    server: Server, clinic: Database, status: int
) -> None:
    server.says("", status, **{"Retry-After": "0"})
    server.says(SQL)
    assert ask(server, clinic) == [Candidate(SQL, 0.0)]


def test_what_it_took_is_counted(server: Server, clinic: Database) -> None:
    generator = EndpointGenerator("tiny", server.url, wait_s=0.01)
    server.says("", 500)
    server.says(SQL)
    server.says(SQL)
    for _ in range(2):
        generator.generate("How many?", clinic, Options())
    spent = generator.usage
    assert spent.seconds > 0
    assert spent == ServerUsage(3, 1, spent.seconds, 200, 20)
    assert "3 requests (1 of them retries)" in spent.sentence()


@pytest.mark.parametrize(
    ("status", "reply", "words"),
    [
        (401, {"error": {"message": "bad key"}}, "status 401: .*bad key.*TEXT2SQL_ENDPOINT_KEY"),
        (404, {"error": "no such model"}, "status 404: .*no such model"),
        (302, b"", "status 302"),
        (200, b"<html>", "is not a chat completions API; it replied '<html>'"),
        (200, {"choices": []}, "is not a chat completions API"),
        (200, [1], "is not a chat completions API"),
    ],
)
def test_what_is_wrong_is_said_at_once(
    server: Server, clinic: Database, status: int, reply: Any, words: str
) -> None:
    server.replies.append((status, reply, {"Location": "http://127.0.0.1:1/"}))
    with pytest.raises(ModelError, match=words):
        ask(server, clinic)
    assert len(server.seen) == 1


def test_a_server_that_is_silent_is_given_up(server: Server, clinic: Database) -> None:
    server.delay_s = 0.3
    server.replies = [(200, {}, {})] * 4
    with pytest.raises(ModelError, match=r"it did not answer within 0\.05 s"):
        ask(server, clinic, timeout_s=0.05)


def test_a_reply_that_trickles_is_given_up(server: Server, clinic: Database) -> None:
    class Trickle(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            for _ in range(1000):
                time.sleep(0.02)
                yield b" "

    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Trickle()))
    started = time.monotonic()
    with pytest.raises(ModelError, match=r"it did not answer within 0\.1 s"):
        ask(server, clinic, timeout_s=0.1, transport=transport)
    assert time.monotonic() - started < 10


def test_a_server_that_is_not_there_is_named(clinic: Database) -> None:
    generator = EndpointGenerator("tiny", "http://127.0.0.1:9", wait_s=0.0)
    with pytest.raises(ModelError, match=r"'endpoint:tiny' does not answer at http://127\.0\.0\.1"):
        generator.generate("How many?", clinic, Options())


def test_an_endless_reply_is_cut(server: Server, clinic: Database) -> None:
    server.replies.append((200, b"[" * 3_000_000, {}))
    with pytest.raises(ModelError, match="is not a chat completions API"):
        ask(server, clinic)


@pytest.mark.parametrize("url", ["127.0.0.1:80", "file:///etc/passwd", "http://", ""])
def test_what_is_no_address_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEXT2SQL_ENDPOINT", raising=False)
    with pytest.raises(
        ModelError, match=r"is not an address|The address of 'endpoint:m' is missing"
    ):
        load_generator(ModelChoice("endpoint:m", endpoint=url))


def test_another_model_takes_no_endpoint() -> None:
    with pytest.raises(ModelError, match="'pocket' takes no --endpoint"):
        load_generator(ModelChoice("pocket", endpoint="http://127.0.0.1:9"))


def test_tables_are_written_with_their_keys_and_left_out_whole() -> None:
    schema = Schema.from_text("singer(id, Full Name) | song(id, singer_id)")
    schema = Schema(schema.tables, (ForeignKey(1, 1, 0, 0),))
    text, dropped = create_tables(schema, 1000)
    assert text == (
        'CREATE TABLE singer (\n  id TEXT,\n  "Full Name" TEXT\n);\n'
        "CREATE TABLE song (\n  id TEXT,\n  singer_id TEXT,\n"
        "  FOREIGN KEY (singer_id) REFERENCES singer (id)\n);"
    )
    assert dropped == ()
    assert create_tables(schema, 60)[1] == ("song",)


def test_what_people_say_of_tables_and_columns_stands_below_them_as_comments() -> None:
    column = Column("fee", "number", description="paid\nin euros", synonyms=("price",))
    schema = Schema((Table("visit", (column,), synonyms=("appointment",)),))
    assert create_tables(schema, 1000)[0] == (
        "CREATE TABLE visit (\n  fee NUMBER\n);\n"
        "-- visit: appointment\n-- fee: paid in euros; price"
    )
